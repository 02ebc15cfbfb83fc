/*
 * When: each visit gets the first opening of its host's window that holds it,
 * the time to restore the host included, beside what else is under way then.
 * Rings follow each other in time.  Waves of one ring may share a night: in one
 * opening each wave begins when the one before it has ended, as pm-apply works.
 *
 * Chains of roles come first in each ring.  What yields to them takes the first
 * opening with room between their waves or beside them, and its wave from that.
 */
#include <inttypes.h>

#include "plan.h"

/* ---- those for which there is no time */

/* Every need of a visit that finds no slot is blocked. */
static void
cancel(struct fleet *fleet, struct visit *visit, struct span reason)
{
	const struct host *host = &fleet->hosts[visit->host];

	visit->cancelled = true;
	for (uint32_t i = 0; i < host->need_count; i++) {
		struct need *need = &fleet->needs[host->first_need + i];

		if (need->disposition != PLANNED || need->kind != visit->kind)
			continue;
		need->disposition = BLOCKED;
		need->reason = reason;
	}
}

static int64_t
in_minutes(int64_t seconds)
{
	return (seconds + 59) / 60;
}

static struct span
why_not(struct fleet *fleet, const struct visit *visit,
    const struct calendar *calendar, int64_t longest)
{
	int64_t needed = visit->seconds + visit->restore;

	if (longest == 0)
		return fleet_text(fleet,
		    "window %.*s does not open within %d days (freeze %.*s)",
		    SPAN_ARG(calendar->text), WINDOW_SEARCH_DAYS,
		    SPAN_ARG(calendar->freezes));
	if (longest < needed)
		return fleet_text(fleet,
		    "window %.*s is open for %" PRId64
		    " minutes at most and the visit takes %" PRId64 ": %" PRId64
		    " to patch and check, %" PRId64 " to restore",
		    SPAN_ARG(calendar->text), longest / 60, in_minutes(needed),
		    in_minutes(visit->seconds), in_minutes(visit->restore));
	return fleet_text(fleet,
	    "window %.*s has no %" PRId64 " minutes left within %d days for "
	    "%" PRIu64 " visits at a time",
	    SPAN_ARG(calendar->text), in_minutes(needed), WINDOW_SEARCH_DAYS,
	    fleet->jobs);
}

/* ---- finding a slot */

/* Not before what the host, its groups and its role must wait for. */
static int64_t
earliest(const struct fleet *fleet, const struct visit *visit)
{
	const struct host *host = &fleet->hosts[visit->host];
	int64_t from = fleet->rings[host->ring].from[visit->kind];
	int64_t end = order_end(fleet, visit);

	if (end > from)
		from = end;
	for (uint32_t i = 0; i < host->group_count; i++) {
		uint32_t before = lanes_before(fleet, visit, i);

		if (before != NONE && fleet->visits[before].end > from)
			from = fleet->visits[before].end;
	}
	for (unsigned kind = 0; kind < visit->kind; kind++) {
		const struct visit *other;

		if (host->visit[kind] == NONE)
			continue;
		other = &fleet->visits[host->visit[kind]];
		if (!other->cancelled && other->end > from)
			from = other->end;
	}
	return from;
}

static bool
pulls(const struct fleet *fleet, const struct visit *visit)
{
	return span_starts(
	    host_choice(fleet, &fleet->hosts[visit->host], CHOICE_MODE),
	    SPAN("pull"));
}

/* The first time in the gap, from `from` on, when there is room for it. */
static bool
find_time(const struct fleet *fleet, struct capacity *capacity,
    const struct gap *gap, struct visit *visit, int64_t from)
{
	int64_t begin = gap->from > from ? gap->from : from;

	if (!pulls(fleet, visit))
		begin = capacity_find(
		    capacity, begin, visit->seconds, gap->until);
	if (begin == INT64_MAX || begin > gap->until - visit->seconds)
		return false;
	visit->begin = begin;
	visit->end = begin + visit->seconds;
	return true;
}

static void
take(struct fleet *fleet, struct capacity *capacity, struct opening *opening,
    struct visit *visit)
{
	if (!pulls(fleet, visit))
		capacity_take(capacity, visit->begin, visit->seconds);
	opening_take(opening, visit);
}

/* Put the visit into the opening; false when it has no room any more. */
static bool
fit(struct fleet *fleet, struct capacity *capacity, struct opening *opening,
    struct visit *visit, int64_t from)
{
	int64_t needed = visit->seconds + visit->restore;
	struct gap gap = opening_gap(opening, visit);
	bool counts = !pulls(fleet, visit);

	if (counts && needed >= opening->refused)
		return false;
	if (!find_time(fleet, capacity, &gap, visit, from)) {
		if (counts && from <= gap.from)
			opening->refused = needed;
		return false;
	}
	take(fleet, capacity, opening, visit);
	return true;
}

/*
 * A time and a wave in the gap, in which the groups of the host have room.  Those
 * that would have had it are taken out of the set.
 */
static bool
find_place(struct fleet *fleet, struct capacity *capacity,
    const struct gap *given, struct visit *visit, int64_t from,
    group_set *groups)
{
	struct gap gap = *given;

	for (unsigned tries = 0; tries < 2; tries++) {
		if (!find_time(fleet, capacity, &gap, visit, from))
			break;
		visit->position = waves_find(
		    fleet, visit, gap.after, gap.before, groups);
		if (visit->position == 0)
			break;
		if (lanes_admit(fleet, visit, groups))
			return true;
		lanes_bound(fleet, visit, &gap);
	}
	visit->position = 0;
	visit->begin = visit->end = 0;
	return false;
}

/* Until when some group has no room for such a visit, as far as is known. */
static int64_t
refused_until(const struct fleet *fleet, const struct opening *opening,
    const struct visit *visit, int64_t from)
{
	const struct host *host = &fleet->hosts[visit->host];
	int64_t until = from;

	for (uint32_t k = 0; k < host->group_count; k++) {
		int64_t known = opening_refuses(opening,
		    fleet->memberships[host->first_group + k], visit,
		    host_label(host), from);

		if (known > until)
			until = known;
	}
	return until;
}

/* These groups had no room for it until then. */
static void
note_refusals(const struct fleet *fleet, struct opening *opening,
    const struct visit *visit, int64_t from, group_set groups, int64_t until)
{
	const struct host *host = &fleet->hosts[visit->host];

	for (uint32_t k = 0; k < host->group_count; k++)
		if ((groups & group_bit(k)) != 0)
			opening_refuse(opening,
			    fleet->memberships[host->first_group + k], visit,
			    host_label(host), from, until);
}

/*
 * The same for one that yields: where it has room, its wave is as well.  What
 * had no room is remembered, but of pulls, for which jobs do not count.
 */
static bool
fill(struct fleet *fleet, struct capacity *capacity, struct opening *opening,
    struct visit *visit, int64_t from)
{
	unsigned label = host_label(&fleet->hosts[visit->host]);
	int64_t needed = visit->seconds + visit->restore, known = from;
	group_set groups = ~(group_set)0; /* that had room in no gap */
	bool counts = !pulls(fleet, visit), full;
	struct gap gap;
	size_t i;

	if (counts && needed >= opening->full[label])
		return false;
	if (counts)
		known = refused_until(fleet, opening, visit, from);
	if (known == INT64_MAX)
		return false;
	i = opening_gap_after(opening, known);
	full = i == 0;
	for (; i <= 2 * opening->shelf_count + 1; i++) {
		if (!opening_gap_at(opening, visit, i, label, &gap))
			continue;
		if (!find_time(fleet, capacity, &gap, visit, from)) {
			full = full && from <= gap.from;
			continue;
		}
		full = false;
		if (!find_place(fleet, capacity, &gap, visit, from, &groups))
			continue;
		if (counts && gap.from > known)
			note_refusals(
			    fleet, opening, visit, from, groups, gap.from);
		take(fleet, capacity, opening, visit);
		return true;
	}
	if (counts && full)
		opening->full[label] = needed;
	else if (counts)
		note_refusals(fleet, opening, visit, from, groups, INT64_MAX);
	return false;
}

static struct calendar *
calendar_for(const struct fleet *fleet, const struct visit *visit)
{
	const struct setting *setting = host_setting(
	    fleet, &fleet->hosts[visit->host]);

	return visit->kind == VISIT_CRITICAL ? setting->off_hours
					     : setting->window;
}

/* The number of the first opening that ends after a time. */
static size_t
first_after(struct calendar *calendar, int64_t from)
{
	size_t low = 0, high = calendar->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (calendar->openings[middle].slot.end <= from)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
slots_first(struct fleet *fleet, const struct visit *visit, int64_t from,
    struct slot *slot)
{
	struct calendar *calendar = calendar_for(fleet, visit);
	int64_t last = from + (int64_t)WINDOW_SEARCH_DAYS * 24 * 60 * 60;
	int64_t needed = visit->seconds + visit->restore;
	const struct opening *opening;

	for (size_t i = first_after(calendar, from);
	     (opening = calendar_opening(calendar, i)) != NULL &&
	     opening->slot.start <= last;
	     i++) {
		*slot = opening->slot;
		if (slot->start < from)
			slot->start = from;
		if (slot->end - slot->start >= needed)
			return true;
	}
	return false;
}

/* A visit that brings what this one requires finds no slot. */
static bool
is_forsaken(const struct fleet *fleet, const struct visit *visit)
{
	const struct host *host = &fleet->hosts[visit->host];

	for (unsigned kind = 0; kind < visit->kind; kind++)
		if ((visit->follows & 1U << kind) != 0 &&
		    host->visit[kind] != NONE &&
		    fleet->visits[host->visit[kind]].cancelled)
			return true;
	return false;
}

/* Openings are looked at for as long as window_next() would look. */
static void
find_slot(struct fleet *fleet, struct capacity *capacity, struct visit *visit)
{
	const struct host *host = &fleet->hosts[visit->host];
	struct calendar *calendar = calendar_for(fleet, visit);
	int64_t gate = fleet->rings[host->ring].from[visit->kind];
	int64_t ready = fleet->now + visit->download;
	int64_t from = earliest(fleet, visit), longest = 0;
	int64_t last = from + (int64_t)WINDOW_SEARCH_DAYS * 24 * 60 * 60;
	struct opening *opening;

	if (gate < ready)
		gate = ready;
	if (from < ready)
		from = ready;
	for (size_t i = first_after(calendar, from);
	     (opening = calendar_opening(calendar, i)) != NULL; i++) {
		int64_t start = opening->slot.start;

		if (opening->slot.end <= from)
			continue;
		if (start > last)
			break;
		if (opening->slot.end - start > longest)
			longest = opening->slot.end - start;
		if (!(visit->yields ? fill : fit)(
			fleet, capacity, opening, visit, from)) {
			visit->passed++;
			continue;
		}
		visit->slot = opening->slot;
		if (visit->slot.start < gate)
			visit->slot.start = gate;
		return;
	}
	cancel(fleet, visit, why_not(fleet, visit, calendar, longest));
}

/* Emergencies begin at once, as many at a time as there are jobs. */
static void
find_now(struct fleet *fleet, struct capacity *capacity,
    struct opening *opening, struct visit *visit)
{
	visit->slot = (struct slot){fleet->now, SLOT_FOREVER};
	if (!fit(fleet, capacity, opening, visit, earliest(fleet, visit)))
		cancel(fleet, visit,
		    SPAN("more emergencies than can be done in years"));
}

static const struct visit *sorting; /* qsort has no context */

static int
turn_compare(const void *a, const void *b)
{
	const uint32_t *p = a, *q = b;
	const struct visit *x = &sorting[*p], *y = &sorting[*q];
	enum ring ring_x = order_ring(x), ring_y = order_ring(y);

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (ring_x != ring_y)
		return ring_x < ring_y ? -1 : 1;
	if (x->yields != y->yields)
		return x->yields ? 1 : -1;
	if (x->position != y->position)
		return x->position < y->position ? -1 : 1;
	return (x->rank > y->rank) - (x->rank < y->rank);
}

/* Ring by ring and wave by wave; in a wave those with most risk choose first. */
static uint32_t *
turns(const struct fleet *fleet)
{
	uint32_t *order = memory_array(
	    NULL, fleet->visit_count + 1, sizeof(*order));

	for (uint32_t i = 0; i < fleet->visit_count; i++)
		order[i] = i;
	sorting = fleet->visits;
	qsort(order, fleet->visit_count, sizeof(*order), turn_compare);
	return order;
}

void
slots_assign(struct fleet *fleet)
{
	uint32_t *order = turns(fleet);
	struct capacity *capacity = capacity_new(fleet->now, fleet->jobs);
	struct opening now = opening_new(
	    (struct slot){fleet->now, SLOT_FOREVER});

	for (uint32_t i = 0; i < fleet->visit_count; i++) {
		struct visit *visit = &fleet->visits[order[i]];

		if (is_forsaken(fleet, visit))
			cancel(fleet, visit,
			    SPAN("requires what an earlier visit brings, "
				 "for which there is no slot"));
		else if (visit->kind == VISIT_EMERGENCY)
			find_now(fleet, capacity, &now, visit);
		else
			find_slot(fleet, capacity, visit);
		if (visit->cancelled)
			continue;
		if (visit->yields) {
			waves_enter(fleet, visit);
			lanes_enter(fleet, order[i]);
		}
		rings_push(fleet, visit);
		order_timed(fleet, order[i]);
	}
	free(now.shelves);
	capacity_free(capacity);
	free(order);
}
