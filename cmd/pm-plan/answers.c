/*
 * What stands for a requirement of an advisory on a host: needs that have to be
 * done before, what is installed, or nothing.
 */
#include <stdlib.h>

#include "chains.h"
#include "version.h"

/* ---- what is installed */

/* The first row of a package in the sorted set, or count. */
static size_t
first_row(const struct installed_set *set, struct span name)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct span row = set->rows[middle];
		struct span field = installed_field(row, INSTALLED_NAME);

		/* a tab sorts before what names have */
		if (span_compare(field, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Is it there, in this version or a later one?  Sets what is there. */
static bool
is_installed(const struct installed_set *set, enum version_scheme scheme,
    struct span name, struct span least, struct span *found)
{
	for (size_t i = first_row(set, name);
	     i < set->count &&
	     span_equal(installed_field(set->rows[i], INSTALLED_NAME), name);
	     i++) {
		*found = installed_field(set->rows[i], INSTALLED_VERSION);
		if (least.n == 0 || (version_compare(scheme, *found, least) &
					(VERSION_EQUAL | VERSION_GREATER)) != 0)
			return true;
	}
	return false;
}

/* Is one of the names installed?  If not, why nothing can be planned. */
static bool
is_there(struct fleet *fleet, struct installed *installed,
    const struct host *host, const struct requirement *wanted,
    const struct names *names, struct answer *answer)
{
	enum version_scheme scheme = version_scheme_of(host->os);
	const struct installed_set *set;
	struct span found = SPAN("");
	uint32_t number;

	if (installed == NULL ||
	    !installed_of(installed, host->name, &number)) {
		answer->missing = SPAN(
		    "whether that is installed is not known without pkg "
		    "records; pipe with pm-match -k");
		return false;
	}
	set = installed_set(installed, number);
	for (size_t i = 0; i < names->count; i++)
		if (is_installed(set, scheme, names->items[i],
			i == 0 ? wanted->version : SPAN(""), &found))
			return true;
	if (found.n > 0)
		answer->missing = fleet_text(fleet,
		    "%.*s is installed, and nothing new enough on offer",
		    SPAN_ARG(found));
	else
		answer->missing = SPAN("neither installed nor on offer");
	return false;
}

/* ---- who provides a requirement */

static bool
provides(enum version_scheme scheme, const struct need *need,
    const struct requirement *wanted, const struct names *names)
{
	if (need->harden || need->prerequisite)
		return false;
	if (wanted->version.n == 0)
		return names_has(names, need->package) ||
		       names_has_one(names, need->adv);
	return span_equal(need->package, wanted->name) &&
	       (version_compare(scheme, need->fixed, wanted->version) &
		   (VERSION_EQUAL | VERSION_GREATER)) != 0;
}

/* The needs that must be done first, or why it is satisfied, or is not. */
void
answer_find(struct fleet *fleet, struct installed *installed, uint32_t at,
    const struct requirement *wanted, struct answer *answer)
{
	const struct need *need = &fleet->needs[at];
	const struct host *host = &fleet->hosts[need->host];
	enum version_scheme scheme = version_scheme_of(host->os);
	struct names names = {0};
	bool itself = false;

	answer->count = 0;
	answer->staged = false;
	answer->missing = SPAN("");
	requires_stand_ins(host, wanted->name, &names);
	if (wanted->version.n > 0)
		names.count = 1; /* a package: nothing stands in for it */
	for (uint32_t i = 0; i < host->need_count; i++) {
		uint32_t other = host->first_need + i;

		if (!provides(scheme, &fleet->needs[other], wanted, &names))
			continue;
		if (span_equal(fleet->needs[other].package, need->package)) {
			itself = true;
			continue;
		}
		answer->needs = memory_grow(answer->needs, &answer->capacity,
		    answer->count + 1, sizeof(*answer->needs));
		answer->needs[answer->count++] = other;
	}
	if (itself && wanted->version.n > 0)
		answer->staged = !need->reboot &&
				 (version_compare(scheme, need->installed,
				      wanted->version) &
				     (VERSION_EQUAL | VERSION_GREATER)) == 0 &&
				 version_compare(scheme, need->fixed,
				     wanted->version) == VERSION_GREATER;
	else if (!itself && answer->count == 0 &&
		 !(wanted->version.n == 0 &&
		     requires_known(host, wanted->name)))
		is_there(fleet, installed, host, wanted, &names, answer);
	names_release(&names);
}
