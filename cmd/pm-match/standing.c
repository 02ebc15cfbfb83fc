#include "standing.h"

#include <stdlib.h>

#include "pins.h"

void
list_add(struct list *list, const struct advisory *advisory)
{
	list->items = memory_grow(list->items, &list->capacity, list->count + 1,
	    sizeof(*list->items));
	list->items[list->count++] = advisory;
}

bool
standing_arch_fits(const struct catalogue *catalogue,
    const struct advisory *advisory, struct span arch)
{
	return advisory->arch == 0 || arch_is_all(arch) ||
	       span_equal(intern_span(&catalogue->words, advisory->arch), arch);
}

/* How many of the plain advisories, at least one, are above the version. */
static uint32_t
search_plain(const struct catalogue *catalogue, const struct key *key,
    enum version_scheme scheme, struct span version)
{
	const struct advisory *run = catalogue->advisories + key->first;
	uint32_t low = 1, high = key->plain;
	enum version_order order;

	/* Most packages are patched, or lack only the newest. */
	order = version_compare(
	    scheme, version, catalogue_text(catalogue, run[0].fixed));
	if (order != VERSION_LESS)
		return order == VERSION_INVALID ? STANDING_INVALID : 0;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		order = version_compare(scheme, version,
		    catalogue_text(catalogue, run[middle].fixed));
		if (order == VERSION_LESS)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
in_range(const struct catalogue *catalogue, enum version_scheme scheme,
    const struct advisory *advisory, struct span version)
{
	struct span introduced = catalogue_text(
	    catalogue, advisory->introduced);
	struct span fixed = catalogue_text(catalogue, advisory->fixed);

	if (!span_absent(introduced) &&
	    version_compare(scheme, version, introduced) == VERSION_LESS)
		return false;
	if (span_absent(fixed) && advisory->last != 0)
		return version_compare(scheme, version,
			   catalogue_text(catalogue, advisory->last)) !=
		       VERSION_GREATER;
	return span_absent(fixed) ||
	       version_compare(scheme, version, fixed) == VERSION_LESS;
}

static bool
below_fix(const struct catalogue *catalogue, enum version_scheme scheme,
    const struct advisory *advisory, struct span version)
{
	return version_compare(scheme, version,
		   catalogue_text(catalogue, advisory->fixed)) == VERSION_LESS;
}

/*
 * What is offered on request only counts for a package that was taken from
 * there: one that is newer than everything that is offered without a request.
 */
static bool
manual_applies(const struct catalogue *catalogue, enum version_scheme scheme,
    const struct key *key, const struct advisory *advisory, struct span version)
{
	const struct advisory *run = catalogue->advisories + key->first;

	struct span above = catalogue_text(catalogue, advisory->introduced);

	if (!in_range(catalogue, scheme, advisory, version))
		return false;
	/* who knows all offers and priorities has said what it is */
	if (!span_absent(above))
		return version_compare(scheme, version, above) ==
		       VERSION_GREATER;
	return key->plain == 0 ||
	       version_compare(scheme, version,
		   catalogue_text(catalogue, run[0].fixed)) == VERSION_GREATER;
}

/* Feeds are few, and few hosts subscribe. */
static bool
is_of_channel(
    const struct catalogue *catalogue, uint32_t name, struct span channels)
{
	struct span parts = intern_span(&catalogue->words, name);

	for (size_t i = 0; i < catalogue->feed_count; i++) {
		const struct feed *feed = &catalogue->feeds[i];

		if (feed->name == name && feed->suite != 0 &&
		    span_list_has(
			channels, intern_span(&catalogue->words, feed->suite)))
			return true;
	}
	while (parts.p != NULL)
		if (span_list_has(channels, span_cut(&parts, '/')))
			return true;
	return false;
}

bool
standing_subscribed(const struct catalogue *catalogue,
    enum version_scheme scheme, const struct advisory *advisory,
    struct span channels, struct span version)
{
	return advisory->state == ADVISORY_MANUAL && !span_absent(channels) &&
	       below_fix(catalogue, scheme, advisory, version) &&
	       is_of_channel(catalogue, advisory->feed, channels);
}

bool
standing_applies(const struct catalogue *catalogue, enum version_scheme scheme,
    const struct key *key, const struct advisory *advisory, struct span version)
{
	switch ((enum advisory_state)advisory->state) {
	case ADVISORY_INVALID:
		return true;
	case ADVISORY_MANUAL:
		return manual_applies(
		    catalogue, scheme, key, advisory, version);
	case ADVISORY_OUTRANKED:
	case ADVISORY_PINNED:
		return below_fix(catalogue, scheme, advisory, version);
	case ADVISORY_FIXED:
	case ADVISORY_AFFECTED:
		return in_range(catalogue, scheme, advisory, version);
	case ADVISORY_NONE:
	case ADVISORY_UPDATE:
		break;
	}
	return false;
}

bool
standing_offered(const struct catalogue *catalogue, enum version_scheme scheme,
    const struct key *key, const struct advisory *advisory, struct span version)
{
	struct span above = catalogue_text(catalogue, advisory->introduced);
	enum pins_word pins = advisory->pins == 0
				  ? PINS_SILENT
				  : pins_of(catalogue_text(
						catalogue, advisory->pins),
					version);

	if (pins == PINS_KEEP)
		return false;
	if (advisory->state == ADVISORY_PINNED)
		return pins == PINS_LEAVE &&
		       (span_absent(above) || version_compare(scheme, version,
						  above) == VERSION_GREATER);
	if (advisory->state == ADVISORY_OUTRANKED)
		return manual_applies(
		    catalogue, scheme, key, advisory, version);
	return advisory->offer;
}

uint32_t
standing_search(const struct catalogue *catalogue, const struct key *key,
    enum version_scheme scheme, struct span version)
{
	uint32_t standing = 0;

	if (key->count == 0)
		return 0;
	if (key->plain > 0)
		standing = search_plain(catalogue, key, scheme, version);
	else if (!version_valid(scheme, version))
		standing = STANDING_INVALID;
	if (standing == STANDING_INVALID || key->plain == key->count)
		return standing;
	return standing | STANDING_OTHER;
}

/* One version is a range whose ends are the same. */
static bool
is_point(const struct catalogue *catalogue, const struct advisory *statement)
{
	return statement->introduced != 0 &&
	       span_equal(catalogue_text(catalogue, statement->introduced),
		   catalogue_text(catalogue, statement->fixed));
}

static void
exclude_all(const struct catalogue *catalogue, const struct advisory *statement,
    bool shown, struct exclusions *exclusions)
{
	struct span rest = catalogue_text(catalogue, statement->cves);

	while (rest.p != NULL) {
		struct span cve = span_cut(&rest, ',');

		if (cve.n == 0 || span_absent(cve))
			continue;
		exclusions->items = memory_grow(exclusions->items,
		    &exclusions->capacity, exclusions->count + 1,
		    sizeof(*exclusions->items));
		exclusions->items[exclusions->count++] = (struct exclusion){cve,
		    intern_span(&catalogue->words, statement->feed), shown};
	}
	exclusions->sorted = false;
}

void
standing_exclude(const struct catalogue *catalogue, const struct key *key,
    enum version_scheme scheme, struct span version, struct span arch,
    struct exclusions *exclusions)
{
	const struct advisory *statement;

	if (key == NULL || key->statements == 0 ||
	    !version_valid(scheme, version))
		return;
	statement = catalogue->advisories + key->first + key->count;
	for (uint32_t i = 0; i < key->statements; i++, statement++) {
		bool point = is_point(catalogue, statement);

		if (!standing_arch_fits(catalogue, statement, arch))
			continue;
		if (point ? version_compare(scheme, version,
				catalogue_text(catalogue, statement->fixed)) ==
				VERSION_EQUAL
			  : in_range(catalogue, scheme, statement, version))
			exclude_all(catalogue, statement, !point, exclusions);
	}
}

static int
order_exclusions(const void *left, const void *right)
{
	const struct exclusion *a = left;
	const struct exclusion *b = right;
	int order = span_compare(a->cve, b->cve);

	/* One that need not be shown hides the others. */
	if (order != 0 || a->shown != b->shown)
		return order != 0 ? order : a->shown - b->shown;
	return span_compare(a->feed, b->feed);
}

static void
sort_exclusions(struct exclusions *exclusions)
{
	size_t kept = 0;

	qsort(exclusions->items, exclusions->count, sizeof(*exclusions->items),
	    order_exclusions);
	for (size_t i = 0; i < exclusions->count; i++)
		if (kept == 0 || !span_equal(exclusions->items[i].cve,
				     exclusions->items[kept - 1].cve))
			exclusions->items[kept++] = exclusions->items[i];
	exclusions->count = kept;
	exclusions->sorted = true;
}

struct exclusion *
standing_excluded(struct exclusions *exclusions, struct span cve)
{
	size_t low = 0, high;

	if (exclusions->count == 0)
		return NULL;
	if (!exclusions->sorted)
		sort_exclusions(exclusions);
	high = exclusions->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = span_compare(exclusions->items[middle].cve, cve);

		if (order == 0)
			return &exclusions->items[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool
standing_all_excluded(const struct catalogue *catalogue,
    const struct advisory *advisory, struct exclusions *exclusions)
{
	struct span rest = catalogue_text(catalogue, advisory->cves);

	if (exclusions->count == 0 || span_absent(rest))
		return false;
	while (rest.p != NULL)
		if (standing_excluded(exclusions, span_cut(&rest, ',')) == NULL)
			return false;
	return true;
}
