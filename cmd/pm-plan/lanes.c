/*
 * Who waits for whom.  A group of which k may be worked on at once has k lanes.
 * The visits of a lane follow each other, by wave and in time, so at most k are
 * under way.
 */
#include "plan.h"

static struct group *
group_of(const struct fleet *fleet, const struct visit *visit, uint32_t k)
{
	const struct host *host = &fleet->hosts[visit->host];

	return &fleet->groups[fleet->memberships[host->first_group + k]];
}

/* The number of the first place in the lane that is not before the wave. */
static size_t
lane_search(const struct lane *lane, wave_position wave)
{
	size_t low = 0, high = lane->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (lane->places[middle].wave < wave)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Lay a visit into the lane of its k-th group with that number, or a new one. */
static void
lane_enter(struct fleet *fleet, struct group *group, uint32_t number,
    uint32_t at, uint32_t k)
{
	const struct visit *visit = &fleet->visits[at];
	struct lane *lane;
	size_t place;

	if (number == group->lane_count) {
		group->lanes = memory_grow(group->lanes, &group->lane_capacity,
		    group->lane_count + 1, sizeof(*group->lanes));
		group->lanes[group->lane_count++] = (struct lane){0};
	}
	lane = &group->lanes[number];
	place = lane_search(lane, visit->position);
	lane->places = memory_grow(lane->places, &lane->capacity,
	    lane->count + 1, sizeof(*lane->places));
	memmove(&lane->places[place + 1], &lane->places[place],
	    (lane->count++ - place) * sizeof(*lane->places));
	lane->places[place] = (struct lane_place){visit->position, at};
	fleet->lane_of[visit->first_lane + k] = number;
}

void
lanes_chain(struct fleet *fleet)
{
	size_t count = 0;

	for (size_t i = 0; i < fleet->visit_count; i++) {
		struct visit *visit = &fleet->visits[i];

		visit->first_lane = (uint32_t)count;
		count += fleet->hosts[visit->host].group_count;
	}
	fleet->lane_of = memory_array(NULL, count + 1, sizeof(*fleet->lane_of));
	for (size_t i = 0; i < count; i++)
		fleet->lane_of[i] = NONE;
	for (size_t i = 0; i < fleet->visit_count; i++) {
		const struct visit *visit = &fleet->visits[i];
		uint32_t groups = fleet->hosts[visit->host].group_count;

		for (uint32_t k = 0; k < groups && !visit->yields; k++) {
			struct group *group = group_of(fleet, visit, k);

			lane_enter(fleet, group,
			    group->next_lane++ % group->limit, (uint32_t)i, k);
		}
	}
}

void
lanes_moved(struct fleet *fleet, const uint32_t *moved)
{
	for (size_t i = 0; i < fleet->group_count; i++) {
		const struct group *group = &fleet->groups[i];

		for (uint32_t k = 0; k < group->lane_count; k++)
			for (size_t j = 0; j < group->lanes[k].count; j++) {
				struct lane_place *place =
				    &group->lanes[k].places[j];

				place->visit = moved[place->visit];
			}
	}
}

/* Is the time free of those before and behind it, which follow by wave? */
static bool
lane_admits(const struct fleet *fleet, const struct lane *lane,
    const struct visit *visit)
{
	size_t at = lane_search(lane, visit->position);

	for (size_t i = at; i < lane->count; i++) {
		const struct lane_place *place = &lane->places[i];
		const struct visit *other = &fleet->visits[place->visit];

		if (other->cancelled)
			continue;
		if (place->wave == visit->position ||
		    (other->end != 0 && visit->end > other->begin))
			return false;
		break; /* of a later ring, without a time yet, or behind it */
	}
	for (size_t i = at; i-- > 0;) {
		const struct visit *other =
		    &fleet->visits[lane->places[i].visit];

		if (!other->cancelled && other->end != 0)
			return other->end <= visit->begin;
	}
	return true;
}

/* So many lanes are looked at for one visit, so that large groups cost no more. */
enum { LOOK_MOST = 1000 };

/*
 * The number of a lane that admits the visit; a new one is next to the last.
 * The lane that was found last is the first to be asked: those before it are
 * taken for about as long.
 */
static uint32_t
find_lane(
    const struct fleet *fleet, struct group *group, const struct visit *visit)
{
	uint32_t at;

	if (group->lane_count < group->limit)
		return group->lane_count;
	at = group->next_lane % group->limit;
	for (uint32_t i = 0; i < group->lane_count && i < LOOK_MOST; i++) {
		if (lane_admits(fleet, &group->lanes[at], visit)) {
			group->next_lane = at;
			return at;
		}
		if (++at == group->lane_count)
			at = 0;
	}
	return NONE;
}

bool
lanes_admit(
    const struct fleet *fleet, const struct visit *visit, group_set *groups)
{
	uint32_t count = fleet->hosts[visit->host].group_count;
	group_set refusing = 0;
	bool admitted = true;

	for (uint32_t k = 0; k < count; k++) {
		if (!admitted && (*groups & group_bit(k)) == 0)
			continue;
		if (find_lane(fleet, group_of(fleet, visit, k), visit) != NONE)
			continue;
		admitted = false;
		refusing |= group_bit(k);
	}
	if (!admitted)
		*groups &= refusing;
	return admitted;
}

void
lanes_enter(struct fleet *fleet, uint32_t at)
{
	const struct visit *visit = &fleet->visits[at];
	uint32_t count = fleet->hosts[visit->host].group_count;

	for (uint32_t k = 0; k < count; k++) {
		struct group *group = group_of(fleet, visit, k);

		lane_enter(fleet, group, find_lane(fleet, group, visit), at, k);
	}
}

/* The last visit of the lane that has its time, or NULL. */
static const struct visit *
lane_end(const struct fleet *fleet, const struct lane *lane)
{
	for (size_t i = lane->count; i-- > 0;) {
		const struct visit *visit =
		    &fleet->visits[lane->places[i].visit];

		if (!visit->cancelled && visit->end != 0)
			return visit;
	}
	return NULL;
}

void
lanes_bound(
    const struct fleet *fleet, const struct visit *visit, struct gap *gap)
{
	uint32_t count = fleet->hosts[visit->host].group_count;

	for (uint32_t k = 0; k < count; k++) {
		const struct group *group = group_of(fleet, visit, k);
		const struct visit *first = NULL;

		if (group->lane_count < group->limit)
			continue;
		for (uint32_t i = 0; i < group->lane_count; i++) {
			const struct visit *end = lane_end(
			    fleet, &group->lanes[i]);

			if (end == NULL) {
				first = NULL;
				break;
			}
			if (first == NULL || end->end < first->end)
				first = end;
		}
		if (first == NULL)
			continue;
		if (gap->from < first->end)
			gap->from = first->end;
		if (gap->after < first->position)
			gap->after = first->position;
	}
}

uint32_t
lanes_before(const struct fleet *fleet, const struct visit *visit, uint32_t k)
{
	uint32_t number = fleet->lane_of[visit->first_lane + k];
	const struct lane *lane;

	if (number == NONE)
		return NONE;
	lane = &group_of(fleet, visit, k)->lanes[number];
	for (size_t i = lane_search(lane, visit->position); i-- > 0;)
		if (!fleet->visits[lane->places[i].visit].cancelled)
			return lane->places[i].visit;
	return NONE;
}
