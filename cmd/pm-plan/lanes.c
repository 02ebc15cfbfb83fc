/*
 * Who waits for whom.  A group of which k may be worked on at once has k lanes.
 * The visits of a lane follow each other, by wave and in time, so at most k are
 * under way.
 */
#include "plan.h"

static struct link *
link_in(const struct fleet *fleet, uint32_t at, uint32_t group)
{
	const struct visit *visit = &fleet->visits[at];
	const struct host *host = &fleet->hosts[visit->host];
	uint32_t k = 0;

	while (fleet->memberships[host->first_group + k] != group)
		k++;
	return &fleet->links[visit->first_link + k];
}

/* Put the visit into a lane, ahead of another one or as the last. */
static void
lane_enter(struct fleet *fleet, uint32_t number, uint32_t lane_number,
    uint32_t at, uint32_t behind)
{
	struct group *group = &fleet->groups[number];
	struct link *link = link_in(fleet, at, number);
	struct lane *lane;

	if (lane_number == group->lane_count) {
		group->lanes = memory_grow(group->lanes, &group->lane_capacity,
		    group->lane_count + 1, sizeof(*group->lanes));
		group->lanes[group->lane_count++] = (struct lane){at, at};
		return;
	}
	lane = &group->lanes[lane_number];
	link->behind = behind;
	link->before = behind == NONE ? lane->last
				      : link_in(fleet, behind, number)->before;
	if (link->before == NONE)
		lane->first = at;
	else
		link_in(fleet, link->before, number)->behind = at;
	if (behind == NONE)
		lane->last = at;
	else
		link_in(fleet, behind, number)->before = at;
}

void
lanes_chain(struct fleet *fleet)
{
	size_t count = 0;

	for (size_t i = 0; i < fleet->visit_count; i++) {
		struct visit *visit = &fleet->visits[i];

		visit->first_link = (uint32_t)count;
		count += fleet->hosts[visit->host].group_count;
	}
	fleet->links = memory_array(NULL, count + 1, sizeof(*fleet->links));
	for (size_t i = 0; i < count; i++)
		fleet->links[i] = (struct link){NONE, NONE};
	for (size_t i = 0; i < fleet->visit_count; i++) {
		const struct visit *visit = &fleet->visits[i];
		const struct host *host = &fleet->hosts[visit->host];

		for (uint32_t k = 0; k < host->group_count && !visit->yields;
		     k++) {
			uint32_t number =
			    fleet->memberships[host->first_group + k];
			struct group *group = &fleet->groups[number];

			lane_enter(fleet, number,
			    group->next_lane++ % group->limit, (uint32_t)i,
			    NONE);
		}
	}
}

/* So many visits are looked at for one, so that large groups cost no more. */
enum { LOOK_MOST = 1000 };

/*
 * May the visit be in the lane?  Sets the one that is then behind it, or NONE.
 * Those of later rings may be in the lane already, but have no time yet.
 */
static bool
lane_admits(const struct fleet *fleet, uint32_t number, const struct lane *lane,
    const struct visit *visit, uint32_t *behind, unsigned *looked)
{
	uint32_t at = lane->first;

	for (; at != NONE; at = link_in(fleet, at, number)->behind) {
		const struct visit *other = &fleet->visits[at];

		if (++*looked > LOOK_MOST)
			return false;
		if (other->cancelled)
			continue;
		*behind = at;
		if (other->position > visit->position)
			return other->end == 0 || visit->end <= other->begin;
		if (other->position == visit->position ||
		    other->end > visit->begin)
			return false;
	}
	*behind = NONE;
	return true;
}

/* The number of a lane that admits the visit; a new one is next to the last. */
static uint32_t
find_lane(const struct fleet *fleet, uint32_t number, const struct visit *visit,
    uint32_t *behind)
{
	const struct group *group = &fleet->groups[number];
	unsigned looked = 0;

	*behind = NONE;
	if (group->lane_count < group->limit)
		return group->lane_count;
	for (uint32_t i = 0; i < group->lane_count && looked < LOOK_MOST; i++)
		if (lane_admits(fleet, number, &group->lanes[i], visit, behind,
			&looked))
			return i;
	return NONE;
}

bool
lanes_admit(const struct fleet *fleet, const struct visit *visit)
{
	const struct host *host = &fleet->hosts[visit->host];
	uint32_t behind;

	for (uint32_t k = 0; k < host->group_count; k++) {
		uint32_t number = fleet->memberships[host->first_group + k];

		if (find_lane(fleet, number, visit, &behind) == NONE)
			return false;
	}
	return true;
}

void
lanes_enter(struct fleet *fleet, uint32_t at)
{
	const struct visit *visit = &fleet->visits[at];
	const struct host *host = &fleet->hosts[visit->host];

	for (uint32_t k = 0; k < host->group_count; k++) {
		uint32_t number = fleet->memberships[host->first_group + k];
		uint32_t lane, behind;

		lane = find_lane(fleet, number, visit, &behind);
		lane_enter(fleet, number, lane, at, behind);
	}
}

/* The last visit of the lane that has its time, or NULL. */
static const struct visit *
lane_end(const struct fleet *fleet, uint32_t number, const struct lane *lane)
{
	uint32_t at = lane->last;

	while (at != NONE &&
	       (fleet->visits[at].cancelled || fleet->visits[at].end == 0))
		at = link_in(fleet, at, number)->before;
	return at == NONE ? NULL : &fleet->visits[at];
}

void
lanes_bound(
    const struct fleet *fleet, const struct visit *visit, struct gap *gap)
{
	const struct host *host = &fleet->hosts[visit->host];

	for (uint32_t k = 0; k < host->group_count; k++) {
		uint32_t number = fleet->memberships[host->first_group + k];
		const struct group *group = &fleet->groups[number];
		const struct visit *first = NULL;

		if (group->lane_count < group->limit)
			continue;
		for (uint32_t i = 0; i < group->lane_count; i++) {
			const struct visit *end = lane_end(
			    fleet, number, &group->lanes[i]);

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
lanes_before(const struct fleet *fleet, const struct visit *visit, uint32_t i)
{
	const struct host *host = &fleet->hosts[visit->host];
	uint32_t group = fleet->memberships[host->first_group + i];
	uint32_t at = fleet->links[visit->first_link + i].before;

	while (at != NONE && fleet->visits[at].cancelled)
		at = link_in(fleet, at, group)->before;
	return at;
}
