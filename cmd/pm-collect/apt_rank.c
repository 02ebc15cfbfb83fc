#include "apt_rank.h"

#include <stdlib.h>

#include "version.h"

/* Priorities with a meaning of their own. */
enum {
	INSTALLED = 100, /* what the installed version has */
	DOWNGRADE = 1000 /* from here on age does not count */
};

struct ranked {
	struct span version, arch;
	struct apt_priority priority; /* the highest of its archives */
	bool pinned;		      /* a pin decided about one of them */
	uint32_t next;		      /* of the package, plus 1 */
};

/* Versions of a package compete when they fit one architecture. */
static bool
compete(struct span a, struct span b)
{
	return span_is(a, "all") || span_is(b, "all") || span_equal(a, b);
}

static uint32_t
first_of(const struct apt_rank *rank, struct span name)
{
	uint32_t number;

	if (!intern_find(&rank->packages, name, &number) ||
	    number >= rank->first_capacity)
		return 0;
	return rank->first[number];
}

static struct ranked *
find(const struct apt_rank *rank, const struct apt_package *package)
{
	uint32_t at = first_of(rank, package->name);

	for (; at != 0; at = rank->offers[at - 1].next) {
		struct ranked *offer = &rank->offers[at - 1];

		if (span_equal(offer->version, package->version) &&
		    span_equal(offer->arch, package->arch))
			return offer;
	}
	return NULL;
}

void
apt_rank_add(struct apt_rank *rank, const struct apt_package *package,
    const struct apt_priority *priority)
{
	struct ranked *offer = find(rank, package);
	size_t had = rank->first_capacity;
	uint32_t number;

	if (offer != NULL) {
		offer->pinned = offer->pinned || priority->pinned;
		if (priority->record < offer->priority.record ||
		    (priority->record == offer->priority.record &&
			priority->value > offer->priority.value))
			offer->priority = *priority;
		return;
	}
	number = intern_add(&rank->packages, package->name);
	rank->first = memory_grow(rank->first, &rank->first_capacity,
	    (size_t)number + 1, sizeof(*rank->first));
	for (size_t i = had; i < rank->first_capacity; i++)
		rank->first[i] = 0;
	rank->offers = memory_grow(rank->offers, &rank->capacity,
	    rank->count + 1, sizeof(*rank->offers));
	rank->offers[rank->count++] = (struct ranked){
	    .version = arena_copy(&rank->arena, package->version),
	    .arch = arena_copy(&rank->arena, package->arch),
	    .priority = *priority,
	    .pinned = priority->pinned,
	    .next = rank->first[number],
	};
	rank->first[number] = (uint32_t)rank->count;
}

/* What keeps an offer from being taken. */
struct obstacle {
	struct span version; /* the newest of those that go before */
	bool pinned;	     /* by a pin */
	bool absolute;	     /* apt would even go back to it */
};

/* The older versions with a higher priority. */
static struct obstacle
obstacle_of(
    const struct apt_rank *rank, struct span name, const struct ranked *offer)
{
	struct obstacle found = {.pinned = offer->priority.pinned};
	uint32_t at = first_of(rank, name);

	for (; at != 0; at = rank->offers[at - 1].next) {
		const struct ranked *other = &rank->offers[at - 1];

		if (other->priority.value <= offer->priority.value ||
		    !compete(other->arch, offer->arch) ||
		    version_compare(VERSION_DEB, other->version,
			offer->version) != VERSION_LESS)
			continue;
		found.pinned = found.pinned || other->priority.pinned;
		found.absolute = found.absolute ||
				 other->priority.value >= DOWNGRADE;
		if (found.version.p == NULL ||
		    version_compare(VERSION_DEB, other->version,
			found.version) == VERSION_GREATER)
			found.version = other->version;
	}
	return found;
}

/*
 * What pins say of an installed version matters where they keep it, and where
 * the offer goes behind other installed versions.
 */
static bool
pins_matter(struct span installed, bool usually_behind)
{
	while (installed.p != NULL && installed.n > 0)
		if (span_starts(span_cut(&installed, '|'),
			usually_behind ? SPAN("leave=") : SPAN("keep=")))
			return true;
	return false;
}

void
apt_rank_judge(const struct apt_rank *rank, const struct apt_pins *pins,
    const struct apt_package *package, struct apt_verdict *verdict)
{
	const struct ranked *offer = find(rank, package);
	const struct apt_priority *priority = &offer->priority;
	struct obstacle obstacle = obstacle_of(rank, package->name, offer);
	bool behind = priority->value < INSTALLED;

	verdict->priority = priority->value;
	verdict->above = SPAN("-");
	verdict->state = SPAN("pinned");
	buffer_reset(&verdict->installed);
	if (obstacle.absolute)
		return;
	if (priority->value > 0)
		apt_pins_installed(
		    pins, package, priority->value, &verdict->installed);
	if (!pins_matter(buffer_span(&verdict->installed), behind)) {
		buffer_reset(&verdict->installed);
		/* else an archive would offer it, were it not for a pin */
		if (behind && !offer->pinned)
			verdict->state = SPAN("request");
		if (behind)
			return;
	}
	if (obstacle.version.p != NULL)
		verdict->above = obstacle.version;
	if (!behind)
		verdict->state = obstacle.version.p == NULL ? SPAN("fixed")
				 : obstacle.pinned	    ? SPAN("outranked")
							    : SPAN("manual");
}

void
apt_rank_release(struct apt_rank *rank)
{
	intern_release(&rank->packages);
	arena_release(&rank->arena);
	free(rank->offers);
	free(rank->first);
	*rank = (struct apt_rank){0};
}
