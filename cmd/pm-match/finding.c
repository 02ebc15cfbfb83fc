#include "finding.h"

/* NULL: it counts for nothing. */
static struct list *
list_of(struct finding *finding, const struct advisory *advisory, bool offered)
{
	/* an offer that is not to be taken for this installed version */
	bool kept = advisory->offer && !offered;

	switch ((enum advisory_state)advisory->state) {
	case ADVISORY_INVALID:
		return &finding->invalid;
	case ADVISORY_AFFECTED:
		return &finding->unfixed;
	case ADVISORY_MANUAL:
		if (kept)
			return NULL;
		break;
	case ADVISORY_FIXED:
		if (!kept)
			break;
		/* FALLTHROUGH */
	case ADVISORY_OUTRANKED:
	case ADVISORY_PINNED:
		if (offered)
			break;
		/* other releases are pinned away for good reason */
		finding->pinned = true;
		return advisory->kind == KIND_SECURITY ? &finding->fixed : NULL;
	case ADVISORY_NONE:
	case ADVISORY_UPDATE:
		break;
	}
	return offered ? &finding->offered : &finding->fixed;
}

/*
 * An advisory for a module stream is for packages of that stream alone, one for
 * no stream for packages of none.  Where one of both does not name its stream,
 * being the same is assumed.
 */
static bool
stream_fits(const struct catalogue *catalogue, const struct advisory *advisory,
    const struct installed *installed, bool *assumed)
{
	struct span streams = catalogue_text(catalogue, advisory->streams);

	if (advisory->modular != installed->modular)
		return false;
	if (!advisory->modular)
		return true;
	if (advisory->streams == 0 || span_absent(installed->module)) {
		*assumed = true;
		return true;
	}
	while (streams.p != NULL) {
		struct span stream = span_cut(&streams, ',');

		if (span_starts(stream, SPAN("module:")) &&
		    span_equal(span_skip(stream, 7), installed->module))
			return true;
	}
	return false;
}

/*
 * Is what decides about a version the same in both?  Advisories with equal
 * ranges stand side by side.
 */
static bool
same_range(const struct catalogue *catalogue, const struct advisory *a,
    const struct advisory *b)
{
	return a->state == b->state &&
	       span_equal(catalogue_text(catalogue, a->introduced),
		   catalogue_text(catalogue, b->introduced)) &&
	       span_equal(catalogue_text(catalogue, a->fixed),
		   catalogue_text(catalogue, b->fixed)) &&
	       span_equal(catalogue_text(catalogue, a->last),
		   catalogue_text(catalogue, b->last));
}

static void
add_finding(
    struct finding *finding, const struct advisory *advisory, bool offered)
{
	struct list *list = list_of(finding, advisory, offered);

	if (list != NULL)
		list_add(list, advisory);
}

static void
collect(const struct catalogue *catalogue, enum version_scheme scheme,
    struct key *key, struct span version, const struct installed *installed,
    struct finding *finding)
{
	const struct advisory *run;
	uint32_t standing, lacks;
	bool applies = true;

	if (key == NULL)
		return;
	run = catalogue->advisories + key->first;
	standing = standing_of(catalogue, key, scheme, version);
	lacks = standing & STANDING_LACKS;
	for (uint32_t i = 0; i < key->count; i++) {
		if (standing == STANDING_INVALID) {
			if (run[i].state != ADVISORY_MANUAL &&
			    run[i].state != ADVISORY_OUTRANKED &&
			    run[i].state != ADVISORY_PINNED)
				list_add(&finding->invalid, &run[i]);
			continue;
		}
		if (i < key->plain && i >= lacks) {
			i = key->plain - 1;
			continue;
		}
		if (i >= key->plain &&
		    (i == key->plain ||
			!same_range(catalogue, &run[i], &run[i - 1])))
			applies = standing_applies(
			    catalogue, scheme, key, &run[i], version);
		if ((applies || standing_subscribed(catalogue, scheme, &run[i],
				    installed->channels, version)) &&
		    standing_arch_fits(catalogue, &run[i], installed->arch) &&
		    stream_fits(catalogue, &run[i], installed,
			&finding->stream_assumed))
			add_finding(finding, &run[i],
			    standing_offered(
				catalogue, scheme, key, &run[i], version));
	}
}

void
finding_exclude(const struct catalogue *catalogue, struct list *list,
    struct exclusions *exclusions)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (!standing_all_excluded(
			catalogue, list->items[i], exclusions))
			list->items[kept++] = list->items[i];
	list->count = kept;
}

void
finding_collect(const struct catalogue *catalogue, enum version_scheme scheme,
    const struct installed *installed, struct keys keys,
    struct finding *finding)
{
	finding->offered.count = finding->fixed.count = 0;
	finding->unfixed.count = finding->invalid.count = 0;
	finding->exclusions.count = 0;
	finding->stream_assumed = finding->pinned = false;
	collect(catalogue, scheme, keys.source, installed->source_version,
	    installed, finding);
	collect(catalogue, scheme, keys.binary, installed->version, installed,
	    finding);
	standing_exclude(catalogue, keys.source, scheme,
	    installed->source_version, installed->arch, &finding->exclusions);
	standing_exclude(catalogue, keys.binary, scheme, installed->version,
	    installed->arch, &finding->exclusions);
}

static bool
list_has(const struct list *list, const struct advisory *advisory)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i] == advisory)
			return true;
	return false;
}

/* The advisory of the key with a fix that supersedes the given one, or NULL. */
static const struct advisory *
successor(const struct catalogue *catalogue, const struct key *key,
    const struct advisory *old)
{
	struct span name = catalogue_text(catalogue, old->name);

	for (uint32_t i = 0; key != NULL && i < key->count; i++) {
		const struct advisory *advisory =
		    &catalogue->advisories[key->first + i];

		if (advisory->supersedes != 0 &&
		    advisory->state == ADVISORY_FIXED &&
		    span_list_has(
			catalogue_text(catalogue, advisory->supersedes), name))
			return advisory;
	}
	return NULL;
}

void
finding_follow(const struct catalogue *catalogue, struct keys keys,
    struct finding *finding)
{
	size_t kept = 0;

	for (size_t i = 0; i < finding->unfixed.count; i++) {
		const struct advisory *advisory = finding->unfixed.items[i];
		const struct advisory *next = successor(
		    catalogue, keys.source, advisory);

		if (next == NULL)
			next = successor(catalogue, keys.binary, advisory);
		if (next == NULL)
			finding->unfixed.items[kept++] = advisory;
		else if (list_has(&finding->offered, next))
			list_add(&finding->offered, advisory);
		else if (list_has(&finding->fixed, next))
			list_add(&finding->fixed, advisory);
	}
	finding->unfixed.count = kept;
}
