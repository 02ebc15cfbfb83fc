/* Hosts and needs: reading, order, and which belong together. */
#include <stdarg.h>

#include "plan.h"

const char *const tier_names[TIERS] = {
    "operational", "business", "mission", "unknown"};
const char *const ring_names[RINGS] = {"test", "pilot", "broad"};

struct span
fleet_text(struct fleet *fleet, const char *format, ...)
{
	char text[1024];
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (n < 0 || (size_t)n >= sizeof(text)) {
		char *longer = arena_allocate(&fleet->text, (size_t)n + 1);

		va_start(arguments, format);
		vsnprintf(longer, (size_t)n + 1, format, arguments);
		va_end(arguments);
		return (struct span){longer, (size_t)n};
	}
	return arena_copy(&fleet->text, (struct span){text, (size_t)n});
}

/* ---- reading */

static struct host *
find(const struct fleet *fleet, struct span name, uint64_t hash)
{
	struct hash_probe probe = hash_first(&fleet->host_index, hash);

	for (; hash_found(&fleet->host_index, &probe);
	     hash_next(&fleet->host_index, &probe))
		if (span_equal(fleet->hosts[probe.index].name, name))
			return &fleet->hosts[probe.index];
	return NULL;
}

const struct host *
fleet_find(const struct fleet *fleet, struct span name)
{
	return find(fleet, name, hash_span(name));
}

struct host *
fleet_host(struct fleet *fleet, struct span name)
{
	uint64_t hash = hash_span(name);
	struct host *host = find(fleet, name, hash);

	if (host != NULL)
		return host;
	hash_insert(&fleet->host_index, hash, (uint32_t)fleet->host_count);
	fleet->hosts = memory_grow(fleet->hosts, &fleet->host_capacity,
	    fleet->host_count + 1, sizeof(*fleet->hosts));
	host = &fleet->hosts[fleet->host_count++];
	*host = (struct host){
	    .name = arena_copy(&fleet->text, name),
	    .env = SPAN("-"),
	    .owner = SPAN("-"),
	    .app_owner = SPAN("-"),
	    .groups = SPAN("-"),
	    .tier = TIER_UNKNOWN,
	    .ring = RING_BROAD,
	    .visit = {NONE, NONE, NONE},
	};
	setting_decide(fleet, host, NULL);
	return host;
}

static struct span
keep(struct fleet *fleet, struct span value)
{
	return intern_span(&fleet->names, intern_add(&fleet->names, value));
}

/* test, pilot or broad; without one a test system goes first, others last */
static enum ring
ring_of(const struct fleet *fleet, const struct host *host)
{
	struct span name = host_choice(fleet, host, CHOICE_RING);

	if (span_absent(name))
		return span_is(host->env, "test") || span_is(host->env, "dev")
			   ? RING_TEST
			   : RING_BROAD;
	for (unsigned ring = 0; ring < RINGS; ring++)
		if (span_is(name, ring_names[ring]))
			return (enum ring)ring;
	return RING_WRONG;
}

static enum tier
tier_of(struct span name)
{
	for (unsigned tier = 0; tier < TIER_UNKNOWN; tier++)
		if (span_is(name, tier_names[tier]))
			return (enum tier)tier;
	return TIER_UNKNOWN;
}

/* Nobody owns it: who leads the work answers for it, or nobody may touch it. */
static void
find_lead(struct fleet *fleet, struct host *host)
{
	struct span lead = host_choice(fleet, host, CHOICE_LEAD);

	if (!span_absent(host->owner))
		return;
	if (!span_absent(lead)) {
		host->owner = lead;
		host->led = true;
	} else if (host_setting(fleet, host)->owner_required) {
		host->blocked = SPAN(
		    "no owner: neither the inventory nor a rule names "
		    "one, and no rule a lead");
	}
}

void
fleet_read_host(struct fleet *fleet, const struct record *record)
{
	struct host *host = fleet_host(fleet, record_get(record, HOST_HOST));

	if (host->known)
		die(PM_EXIT_DATA,
		    "%s: a second record of host %.*s; "
		    "pm-collect merge makes one of them",
		    record_where(record), SPAN_ARG(host->name));
	host->known = true;
	host->role = intern_add(&fleet->names, record_get(record, HOST_ROLE));
	host->site = intern_add(&fleet->names, record_get(record, HOST_SITE));
	host->os = keep(fleet, record_get(record, HOST_OS));
	host->release = keep(fleet, record_get(record, HOST_RELEASE));
	host->arch = keep(fleet, record_get(record, HOST_ARCH));
	host->env = keep(fleet, record_get(record, HOST_ENV));
	host->owner = keep(fleet, record_get(record, HOST_OWNER));
	host->app_owner = keep(fleet, record_get(record, HOST_APP_OWNER));
	host->groups = keep(fleet, record_get(record, HOST_GROUP));
	host->tier = tier_of(record_get(record, HOST_TIER));
	setting_decide(fleet, host, record);
	host->ring = ring_of(fleet, host);
	find_lead(fleet, host);
}

/* ---- putting in order */

static int
host_compare(const void *a, const void *b)
{
	const struct host *x = a, *y = b;

	return span_compare(x->name, y->name);
}

static int
need_compare(const void *a, const void *b)
{
	const struct need *x = a, *y = b;
	int order = (x->host > y->host) - (x->host < y->host);

	if (order == 0) /* changes of hardening behind all packages */
		order = (x->harden > y->harden) - (x->harden < y->harden);
	if (order == 0)
		order = x->removal - y->removal;
	if (order == 0)
		order = span_compare(x->package, y->package);
	return order != 0 ? order : span_compare(x->state, y->state);
}

/* Hosts by name; needs get the new numbers of their hosts. */
static void
sort_hosts(struct fleet *fleet)
{
	uint32_t *moved = memory_array(
	    NULL, fleet->host_count + 1, sizeof(*moved));

	for (size_t i = 0; i < fleet->host_count; i++)
		fleet->hosts[i].first_need = (uint32_t)i; /* the old number */
	qsort(fleet->hosts, fleet->host_count, sizeof(*fleet->hosts),
	    host_compare);
	for (size_t i = 0; i < fleet->host_count; i++)
		moved[fleet->hosts[i].first_need] = (uint32_t)i;
	for (size_t i = 0; i < fleet->need_count; i++)
		fleet->needs[i].host = moved[fleet->needs[i].host];
	free(moved);
	hash_release(&fleet->host_index);
	for (size_t i = 0; i < fleet->host_count; i++)
		hash_insert(&fleet->host_index, hash_span(fleet->hosts[i].name),
		    (uint32_t)i);
}

void
fleet_sort_needs(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->host_count; i++)
		fleet->hosts[i].first_need = fleet->hosts[i].need_count = 0;
	if (fleet->need_count > 0)
		qsort(fleet->needs, fleet->need_count, sizeof(*fleet->needs),
		    need_compare);
	for (size_t i = 0; i < fleet->need_count; i++) {
		const struct need *need = &fleet->needs[i];
		struct host *host = &fleet->hosts[need->host];

		if (i > 0 && need_compare(need - 1, need) == 0)
			die(PM_EXIT_DATA,
			    "host %.*s needs %.*s (%.*s) twice; "
			    "plan from one run of pm-match",
			    SPAN_ARG(host->name), SPAN_ARG(need->package),
			    SPAN_ARG(need->state));
		if (host->need_count++ == 0)
			host->first_need = (uint32_t)i;
	}
}

void
fleet_sort(struct fleet *fleet)
{
	sort_hosts(fleet);
	fleet_sort_needs(fleet);
}
