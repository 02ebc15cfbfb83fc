/* Hosts, and what the inventory and the policy say of them. */
#include <stdarg.h>

#include "plan.h"
#include "timestamp.h"

const char *const tier_names[TIERS] = {
    "operational", "business", "mission", "unknown"};
const char *const ring_names[RINGS] = {"test", "pilot", "broad"};

/* Policy's columns: those of a host, and behind them pm-plan's own. */
enum {
	RULE_MODE = HOST_POLICY_COLUMNS,
	RULE_SOAK,
	RULE_WAVE_SIZE,
	RULE_FREEZE,
	RULE_RESTART,
	RULE_ALLOW_REMOVE,
	RULE_BACKOUT,
	RULE_COLUMNS
};

static const unsigned choice_columns[CHOICES] = {
    [CHOICE_WINDOW] = HOST_WINDOW,
    [CHOICE_RING] = HOST_RING,
    [CHOICE_MODE] = RULE_MODE,
    [CHOICE_SOAK] = RULE_SOAK,
    [CHOICE_WAVE_SIZE] = RULE_WAVE_SIZE,
    [CHOICE_FREEZE] = RULE_FREEZE,
    [CHOICE_RESTART] = RULE_RESTART,
    [CHOICE_ALLOW_REMOVE] = RULE_ALLOW_REMOVE,
    [CHOICE_BACKOUT] = RULE_BACKOUT,
};

const struct rule_columns *
fleet_columns(void)
{
	static const char *names[RULE_COLUMNS] = {
	    [RULE_MODE] = "mode",
	    [RULE_SOAK] = "soak",
	    [RULE_WAVE_SIZE] = "wave_size",
	    [RULE_FREEZE] = "freeze",
	    [RULE_RESTART] = "restart",
	    [RULE_ALLOW_REMOVE] = "allow_remove",
	    [RULE_BACKOUT] = "backout",
	};
	static bool settable[RULE_COLUMNS];
	static const struct rule_columns columns = {
	    names, settable, RULE_COLUMNS};

	for (unsigned i = 0; i < HOST_POLICY_COLUMNS; i++)
		names[i] = rule_host_columns[i];
	for (unsigned i = 0; i < CHOICES; i++)
		settable[choice_columns[i]] = true;
	return &columns;
}

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
	    .tier = TIER_UNKNOWN,
	    .ring = RING_BROAD,
	    .pair = NONE,
	    .visit = {NONE, NONE},
	};
	for (unsigned i = 0; i < CHOICES; i++)
		host->choice[i] = SPAN("-");
	return host;
}

static struct span
keep(struct fleet *fleet, struct span value)
{
	return intern_span(&fleet->names, intern_add(&fleet->names, value));
}

/* The inventory's values, amended by the policy's. */
static void
decide(struct fleet *fleet, struct host *host, const struct record *record)
{
	struct span values[RULE_COLUMNS];
	struct rule_origin origins[RULE_COLUMNS] = {{0}};
	uint64_t wanted = 0;

	for (unsigned i = 0; i < RULE_COLUMNS; i++)
		values[i] = i < HOST_POLICY_COLUMNS ? record_get(record, i)
						    : SPAN("-");
	for (unsigned i = 0; i < CHOICES; i++)
		wanted |= UINT64_C(1) << choice_columns[i];
	rules_decide(fleet->rules, wanted, values, origins);
	for (unsigned i = 0; i < CHOICES; i++) {
		host->choice[i] = keep(fleet, values[choice_columns[i]]);
		host->origin[i] = origins[choice_columns[i]];
	}
}

/* test, pilot or broad; without one a test system goes first, others last */
static enum ring
ring_of(const struct host *host)
{
	struct span name = host->choice[CHOICE_RING];

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
	host->env = keep(fleet, record_get(record, HOST_ENV));
	host->owner = keep(fleet, record_get(record, HOST_OWNER));
	host->tier = tier_of(record_get(record, HOST_TIER));
	decide(fleet, host, record);
	host->ring = ring_of(host);
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

/*
 * Number the pairs of role and site.  Without a role nothing is known to be
 * redundant; without a site all hosts of the role are taken to be at one.
 */
static void
number_pairs(struct fleet *fleet)
{
	struct hash_table index = {0};
	uint32_t *first = memory_array(
	    NULL, fleet->host_count + 1, sizeof(*first));
	uint32_t pairs = 0;

	for (uint32_t i = 0; i < fleet->host_count; i++) {
		struct host *host = &fleet->hosts[i];
		uint64_t hash = hash_mix(host->role, host->site);
		struct hash_probe probe = hash_first(&index, hash);
		struct host *other = NULL;

		if (host->role == 0)
			continue;
		for (; hash_found(&index, &probe); hash_next(&index, &probe)) {
			other = &fleet->hosts[first[probe.index]];
			if (other->role == host->role &&
			    other->site == host->site)
				break;
			other = NULL;
		}
		host->alone = other == NULL;
		if (other != NULL) {
			other->alone = false;
			host->pair = other->pair;
			continue;
		}
		first[pairs] = i;
		hash_insert(&index, hash, pairs);
		host->pair = pairs++;
	}
	hash_release(&index);
	free(first);
}

void
fleet_sort(struct fleet *fleet)
{
	sort_hosts(fleet);
	fleet_sort_needs(fleet);
	number_pairs(fleet);
}

/* ---- rings */

/* A number of hosts, or a share of them. */
static uint32_t
wave_size(struct span text, uint32_t hosts)
{
	bool share = span_ends(text, SPAN("%"));
	uint64_t number;

	if (share)
		text.n--;
	if (!span_number(text, &number) || number == 0)
		die(PM_EXIT_POLICY,
		    "wave_size=%.*s: not a number or a share in %%",
		    SPAN_ARG(text));
	if (share)
		number = number * hosts / 100;
	if (number == 0)
		return 1;
	return number < hosts ? (uint32_t)number : hosts;
}

static void
ring_wave_size(struct ring_state *ring, const struct host *host)
{
	struct span text = host->choice[CHOICE_WAVE_SIZE];
	uint32_t *smallest = &ring->wave_size[host->tier];
	uint32_t size;

	if (span_absent(text))
		return;
	size = wave_size(text, ring->hosts[host->tier]);
	if (*smallest == 0 || size < *smallest)
		*smallest = size;
}

static void
ring_soak(struct ring_state *ring, const struct host *host)
{
	struct span text = host->choice[CHOICE_SOAK];
	int64_t seconds;

	if (span_absent(text))
		return;
	if (!duration_parse(text, &seconds))
		die(PM_EXIT_POLICY, "soak=%.*s: not a duration",
		    SPAN_ARG(text));
	if (seconds > ring->soak)
		ring->soak = seconds;
}

void
fleet_rings(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->host_count; i++) {
		const struct host *host = &fleet->hosts[i];

		if (host->ring != RING_WRONG)
			fleet->rings[host->ring].hosts[host->tier]++;
	}
	for (size_t i = 0; i < fleet->host_count; i++) {
		const struct host *host = &fleet->hosts[i];

		if (host->ring == RING_WRONG)
			continue;
		ring_wave_size(&fleet->rings[host->ring], host);
		ring_soak(&fleet->rings[host->ring], host);
	}
}
