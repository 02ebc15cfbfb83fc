/*
 * Who waits for whom.  A group of which k may be worked on at once has k lanes.
 * The visits of a lane follow each other, by wave and in time, so at most k are
 * under way.
 */
#include "plan.h"

/* Put a visit's link into a lane, ahead of another one or as the last. */
static void
lane_enter(struct fleet *fleet, struct group *group, uint32_t lane_number,
    uint32_t at, uint32_t behind)
{
	struct link *links = fleet->links;
	struct lane *lane;

	if (lane_number == group->lane_count) {
		group->lanes = memory_grow(group->lanes, &group->lane_capacity,
		    group->lane_count + 1, sizeof(*group->lanes));
		group->lanes[group->lane_count++] = (struct lane){at, at};
		return;
	}
	lane = &group->lanes[lane_number];
	links[at].behind = behind;
	links[at].before = behind == NONE ? lane->last : links[behind].before;
	if (links[at].before == NONE)
		lane->first = at;
	else
		links[links[at].before].behind = at;
	if (behind == NONE)
		lane->last = at;
	else
		links[behind].before = at;
}

static struct group *
group_of(const struct fleet *fleet, const struct visit *visit, uint32_t k)
{
	const struct host *host = &fleet->hosts[visit->host];

	return &fleet->groups[fleet->memberships[host->first_group + k]];
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
	for (size_t i = 0; i < fleet->visit_count; i++) {
		const struct visit *visit = &fleet->visits[i];
		uint32_t groups = fleet->hosts[visit->host].group_count;

		for (uint32_t k = 0; k < groups; k++) {
			struct group *group = group_of(fleet, visit, k);
			uint32_t at = visit->first_link + k;

			fleet->links[at] = (struct link){
			    (uint32_t)i, NONE, NONE};
			if (!visit->yields)
				lane_enter(fleet, group,
				    group->next_lane++ % group->limit, at,
				    NONE);
		}
	}
}

/* So many visits are looked at for one, so that large groups cost no more. */
enum { LOOK_MOST = 1000 };

/*
 * May the visit be in the lane?  Sets the link that is then behind it, or NONE.
 * Those of later rings may be in the lane already, but have no time yet.
 */
static bool
lane_admits(const struct fleet *fleet, const struct lane *lane,
    const struct visit *visit, uint32_t *behind, unsigned *looked)
{
	const struct link *links = fleet->links;

	for (uint32_t at = lane->first; at != NONE; at = links[at].behind) {
		const struct visit *other = &fleet->visits[links[at].visit];

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
find_lane(const struct fleet *fleet, const struct group *group,
    const struct visit *visit, uint32_t *behind)
{
	unsigned looked = 0;

	*behind = NONE;
	if (group->lane_count < group->limit)
		return group->lane_count;
	for (uint32_t i = 0; i < group->lane_count && looked < LOOK_MOST; i++)
		if (lane_admits(
			fleet, &group->lanes[i], visit, behind, &looked))
			return i;
	return NONE;
}

bool
lanes_admit(const struct fleet *fleet, const struct visit *visit)
{
	uint32_t count = fleet->hosts[visit->host].group_count, behind;

	for (uint32_t k = 0; k < count; k++)
		if (find_lane(fleet, group_of(fleet, visit, k), visit,
			&behind) == NONE)
			return false;
	return true;
}

void
lanes_enter(struct fleet *fleet, const struct visit *visit)
{
	uint32_t count = fleet->hosts[visit->host].group_count;

	for (uint32_t k = 0; k < count; k++) {
		struct group *group = group_of(fleet, visit, k);
		uint32_t behind;
		uint32_t lane = find_lane(fleet, group, visit, &behind);

		lane_enter(fleet, group, lane, visit->first_link + k, behind);
	}
}

/* The last visit of the lane that has its time, or NULL. */
static const struct visit *
lane_end(const struct fleet *fleet, const struct lane *lane)
{
	const struct link *links = fleet->links;

	for (uint32_t at = lane->last; at != NONE; at = links[at].before) {
		const struct visit *visit = &fleet->visits[links[at].visit];

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
lanes_before(const struct fleet *fleet, const struct visit *visit, uint32_t i)
{
	const struct link *links = fleet->links;
	uint32_t at = links[visit->first_link + i].before;

	while (at != NONE && fleet->visits[links[at].visit].cancelled)
		at = links[at].before;
	return at == NONE ? NONE : links[at].visit;
}
