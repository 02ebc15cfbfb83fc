/*
 * Groups of hosts of which only some are worked on at once: those of one role at
 * one site, those of a quorum record, and those that share a site, a link or a
 * hypervisor whose load is limited.
 */
#include <inttypes.h>

#include "plan.h"

/* ---- making them */

static uint64_t
group_hash(const struct group *key)
{
	return hash_mix(
	    hash_mix(hash_mix(key->kind + 1, key->name), key->site), key->link);
}

static uint32_t
group_find(const struct fleet *fleet, const struct group *key)
{
	struct hash_probe probe = hash_first(
	    &fleet->group_index, group_hash(key));

	for (; hash_found(&fleet->group_index, &probe);
	     hash_next(&fleet->group_index, &probe)) {
		const struct group *group = &fleet->groups[probe.index];

		if (group->kind == key->kind && group->name == key->name &&
		    group->site == key->site && group->link == key->link)
			return probe.index;
	}
	return NONE;
}

static uint32_t
group_make(struct fleet *fleet, const struct group *key)
{
	uint32_t found = group_find(fleet, key);

	if (found != NONE)
		return found;
	fleet->groups = memory_grow(fleet->groups, &fleet->group_capacity,
	    fleet->group_count + 1, sizeof(*fleet->groups));
	hash_insert(
	    &fleet->group_index, group_hash(key), (uint32_t)fleet->group_count);
	fleet->groups[fleet->group_count] = *key;
	return (uint32_t)fleet->group_count++;
}

void
groups_read(struct fleet *fleet, const struct record *record)
{
	struct span name = record_get(record, QUORUM_GROUP);
	struct span text = record_get(record, QUORUM_LIMIT);
	struct group key = {.kind = GROUP_QUORUM};
	struct group *group;
	uint32_t number;
	uint64_t limit;

	if (span_absent(name))
		die(PM_EXIT_DATA, "%s: a quorum without a group",
		    record_where(record));
	if (!span_number(text, &limit) || limit == 0 || limit > UINT32_MAX)
		die(PM_EXIT_DATA,
		    "%s: limit '%.*s' is no number of hosts from 1 on",
		    record_where(record), SPAN_ARG(text));
	key.name = intern_add(&fleet->names, name);
	number = group_make(fleet, &key); /* moves the groups */
	group = &fleet->groups[number];
	if (group->limit == 0 || limit < group->limit)
		group->limit = (uint32_t)limit;
}

/* The host is one of the group; a limit is the smallest of its hosts. */
static void
join(struct fleet *fleet, struct host *host, const struct group *key)
{
	uint32_t at = group_make(fleet, key);
	struct group *group = &fleet->groups[at];

	if (group->limit == 0 || (key->limit != 0 && key->limit < group->limit))
		group->limit = key->limit;
	group->hosts++;
	fleet->memberships = memory_grow(fleet->memberships,
	    &fleet->membership_capacity, fleet->membership_count + 1,
	    sizeof(*fleet->memberships));
	fleet->memberships[fleet->membership_count++] = at;
	host->group_count++;
}

static void
join_quorums(struct fleet *fleet, struct host *host)
{
	struct span list = host->groups;
	struct group key = {.kind = GROUP_QUORUM};

	while (!span_absent(host->groups) && list.p != NULL)
		if (intern_find(
			&fleet->names, span_cut(&list, ','), &key.name) &&
		    group_find(fleet, &key) != NONE)
			join(fleet, host, &key);
}

/* A share is one of the hosts of the site. */
static void
join_limited(struct fleet *fleet, struct host *host, const uint32_t *sites)
{
	const struct setting *setting = host_setting(fleet, host);
	uint32_t hosts = sites[host->site];
	struct group key = {.name = host->site};

	key.kind = GROUP_SITE;
	key.limit = setting_limit(setting->choice[CHOICE_SITE_LIMIT], hosts);
	if (key.limit != 0 && host->site != 0)
		join(fleet, host, &key);
	key.kind = GROUP_LINK;
	key.link = setting->link;
	key.limit = setting_limit(setting->choice[CHOICE_LINK_LIMIT], hosts);
	if (key.limit != 0 && setting->link != 0)
		join(fleet, host, &key);
	key = (struct group){.kind = GROUP_HYPERVISOR,
	    .name = intern_add(&fleet->names, host->hypervisor)};
	key.limit = setting_limit(
	    setting->choice[CHOICE_HYPERVISOR_LIMIT], hosts);
	if (key.limit != 0 && key.name != 0)
		join(fleet, host, &key);
}

void
groups_make(struct fleet *fleet)
{
	uint32_t *sites = memory_zeroed(fleet->names.count + 1, sizeof(*sites));

	for (size_t i = 0; i < fleet->host_count; i++)
		sites[fleet->hosts[i].site]++;
	for (size_t i = 0; i < fleet->host_count; i++) {
		struct host *host = &fleet->hosts[i];

		host->first_group = (uint32_t)fleet->membership_count;
		/* Without a role nothing is known to be redundant; without a
		 * site all hosts of the role are taken to be at one. */
		if (host->role != 0)
			join(fleet, host,
			    &(struct group){.kind = GROUP_REDUNDANT,
				.name = host->role,
				.site = host->site,
				.limit = 1});
		join_quorums(fleet, host);
		join_limited(fleet, host, sites);
	}
	for (size_t i = 0; i < fleet->host_count; i++) {
		struct host *host = &fleet->hosts[i];

		host->alone =
		    host->role != 0 &&
		    fleet->groups[fleet->memberships[host->first_group]]
			    .hosts == 1;
	}
	free(sites);
}

/* ---- who waits for whom */

/*
 * A group of which k may be worked on at once has k lanes.  The visits of a
 * lane follow each other, by wave and in time, so at most k are under way.
 */

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
groups_chain(struct fleet *fleet)
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
groups_admit(const struct fleet *fleet, const struct visit *visit)
{
	const struct host *host = &fleet->hosts[visit->host];
	uint32_t behind;

	for (uint32_t k = 0; k < host->group_count; k++) {
		uint32_t number = fleet->memberships[host->first_group + k];

		if (group_waits(&fleet->groups[number]) &&
		    find_lane(fleet, number, visit, &behind) == NONE)
			return false;
	}
	return true;
}

void
groups_enter(struct fleet *fleet, uint32_t at)
{
	const struct visit *visit = &fleet->visits[at];
	const struct host *host = &fleet->hosts[visit->host];

	for (uint32_t k = 0; k < host->group_count; k++) {
		uint32_t number = fleet->memberships[host->first_group + k];
		uint32_t lane, behind;

		if (!group_waits(&fleet->groups[number]))
			continue;
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
groups_bound(
    const struct fleet *fleet, const struct visit *visit, struct gap *gap)
{
	const struct host *host = &fleet->hosts[visit->host];

	for (uint32_t k = 0; k < host->group_count; k++) {
		uint32_t number = fleet->memberships[host->first_group + k];
		const struct group *group = &fleet->groups[number];
		const struct visit *first = NULL;

		if (!group_waits(group) || group->lane_count < group->limit)
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
groups_before(const struct fleet *fleet, const struct visit *visit, uint32_t i)
{
	const struct host *host = &fleet->hosts[visit->host];
	uint32_t group = fleet->memberships[host->first_group + i];
	uint32_t at = fleet->links[visit->first_link + i].before;

	while (at != NONE && fleet->visits[at].cancelled)
		at = link_in(fleet, at, group)->before;
	return at;
}
