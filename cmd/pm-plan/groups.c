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

/* ---- telling pm-apply */

/* As a list in a field holds it: what parts the list is %XX. */
static void
add_name(struct buffer *text, struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (strchr(",=%/", name.p[i]) != NULL)
			buffer_printf(text, "%%%02X", (unsigned char)name.p[i]);
		else
			buffer_add_byte(text, name.p[i]);
}

struct span
groups_limits(struct fleet *fleet, const struct host *host)
{
	static const char *const kinds[GROUP_KINDS] = {
	    [GROUP_SITE] = "site",
	    [GROUP_LINK] = "link",
	    [GROUP_HYPERVISOR] = "hypervisor",
	};
	struct buffer text = {0};
	struct span list;

	for (uint32_t k = 0; k < host->group_count; k++) {
		const struct group *group =
		    &fleet->groups[fleet->memberships[host->first_group + k]];

		if (group_waits(group))
			continue;
		buffer_printf(
		    &text, "%s%s:", text.n > 0 ? "," : "", kinds[group->kind]);
		add_name(&text, intern_span(&fleet->names, group->name));
		if (group->kind == GROUP_LINK)
			buffer_printf(&text, "/%" PRIu64, group->link);
		buffer_printf(&text, "=%" PRIu32, group->limit);
	}
	list = text.n == 0 ? SPAN("-")
			   : arena_copy(&fleet->text, buffer_span(&text));
	buffer_release(&text);
	return list;
}
