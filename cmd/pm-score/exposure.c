#include "exposure.h"

#include <stdlib.h>

struct firewall_rule {
	uint64_t number;
	struct address_set *source, *destination; /* NULL: any */
	struct span proto, port;		  /* p NULL: any */
	bool accept, conditional;
};

/* The rules of one chain, in the order in which they are tried. */
struct firewall_chain {
	uint32_t firewall, path, name; /* texts */
	struct firewall_rule *rules;
	size_t count, capacity;
};

struct socket {
	struct span proto, address, port, process;
	uint16_t number;
};

/* Nearer is smaller. */
enum reach {
	REACH_NONE,
	REACH_LOCAL,
	REACH_INTERNAL,
	REACH_UNKNOWN,
	REACH_INTERNET
};

static const char *const words[] = {
    "none", "local", "internal", "-", "internet"};

/* Networks that are not part of the internet: RFC 6890 and RFC 4291. */
#define INTERNAL_V4                                              \
	"10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10," \
	"169.254.0.0/16"
#define INTERNAL_V6 "fc00::/7,fe80::/10"
#define PUBLIC_V4                                                \
	"1.0.0.0-9.255.255.255,11.0.0.0-100.63.255.255,"         \
	"100.128.0.0-126.255.255.255,128.0.0.0-169.253.255.255," \
	"169.255.0.0-172.15.255.255,172.32.0.0-192.167.255.255," \
	"192.169.0.0-223.255.255.255"
#define PUBLIC_V6 "2000::/3"

/* ---- reading */

static _Noreturn void
refuse(const struct record *record, unsigned column, struct span value)
{
	die(PM_EXIT_DATA,
	    "%s: %s of this allow record is '%.*s', see "
	    "pm-stream(5)",
	    record_where(record), schema_of(RECORD_ALLOW)->columns[column],
	    (int)(value.n < 80 ? value.n : 80), value.p);
}

static struct address_set *
addresses(
    struct firewalls *firewalls, const struct record *record, unsigned column)
{
	struct span list = record_get(record, column), bad;
	struct address_set *set;

	if (span_absent(list))
		return NULL;
	set = arena_allocate(&firewalls->arena, sizeof(*set));
	if (!address_set_parse(set, list, &bad))
		refuse(record, column, bad);
	return set;
}

static struct span
optional(struct firewalls *firewalls, struct span value)
{
	return span_absent(value) ? (struct span){NULL, 0}
				  : arena_copy(&firewalls->arena, value);
}

static struct firewall_chain *
find_chain(struct firewalls *firewalls, const struct record *record)
{
	struct firewall_chain key = {.firewall = intern_add(&firewalls->texts,
					 record_get(record, ALLOW_FIREWALL)),
	    .path = intern_add(
		&firewalls->texts, record_get(record, ALLOW_PATH)),
	    .name = intern_add(
		&firewalls->texts, record_get(record, ALLOW_CHAIN))};

	for (size_t i = firewalls->count; i-- > 0;) {
		struct firewall_chain *chain = &firewalls->chains[i];

		if (chain->firewall == key.firewall &&
		    chain->path == key.path && chain->name == key.name)
			return chain;
	}
	firewalls->chains = memory_grow(firewalls->chains, &firewalls->capacity,
	    firewalls->count + 1, sizeof(*firewalls->chains));
	firewalls->chains[firewalls->count] = key;
	return &firewalls->chains[firewalls->count++];
}

void
firewalls_add(struct firewalls *firewalls, const struct record *record)
{
	struct span path = record_get(record, ALLOW_PATH);
	struct span action = record_get(record, ALLOW_ACTION);
	struct firewall_chain *chain;
	struct firewall_rule rule = {
	    .source = addresses(firewalls, record, ALLOW_SOURCE),
	    .destination = addresses(firewalls, record, ALLOW_DESTINATION),
	    .proto = optional(firewalls, record_get(record, ALLOW_PROTO)),
	    .port = optional(firewalls, record_get(record, ALLOW_PORT)),
	    .accept = span_is(action, "accept"),
	    .conditional = !span_absent(record_get(record, ALLOW_CONDITION))};

	if (!span_number(record_get(record, ALLOW_RULE), &rule.number))
		refuse(record, ALLOW_RULE, record_get(record, ALLOW_RULE));
	if (!span_is(path, "input") && !span_is(path, "forward"))
		refuse(record, ALLOW_PATH, path);
	if (!rule.accept && !span_is(action, "drop"))
		refuse(record, ALLOW_ACTION, action);
	if (rule.port.p != NULL && !ports_valid(rule.port))
		refuse(record, ALLOW_PORT, rule.port);
	if (span_absent(record_get(record, ALLOW_FIREWALL)))
		refuse(record, ALLOW_FIREWALL, SPAN("-"));
	chain = find_chain(firewalls, record);
	chain->rules = memory_grow(chain->rules, &chain->capacity,
	    chain->count + 1, sizeof(*chain->rules));
	chain->rules[chain->count++] = rule;
	firewalls->sorted = false;
}

static int
by_number(const void *a, const void *b)
{
	const struct firewall_rule *left = a, *right = b;

	return (left->number > right->number) - (left->number < right->number);
}

/* The order of the records decides nothing. */
static void
sort(struct firewalls *firewalls)
{
	if (firewalls->sorted)
		return;
	for (size_t i = 0; i < firewalls->count; i++)
		qsort(firewalls->chains[i].rules, firewalls->chains[i].count,
		    sizeof(struct firewall_rule), by_number);
	firewalls->sorted = true;
}

void
sockets_add(struct sockets *sockets, const struct record *record)
{
	struct arena *arena = &sockets->arena;
	struct span port = record_get(record, SVC_PORT);
	uint64_t number;
	struct socket socket;

	sockets->known = true;
	if (span_absent(port))
		return; /* it runs, but does not listen */
	if (!span_number(port, &number) || number > UINT16_MAX)
		die(PM_EXIT_DATA, "%s: port of this service is '%.*s'",
		    record_where(record), (int)(port.n < 80 ? port.n : 80),
		    port.p);
	socket = (struct socket){
	    .proto = arena_copy(arena, record_get(record, SVC_PROTO)),
	    .address = arena_copy(arena, record_get(record, SVC_ADDR)),
	    .process = arena_copy(arena, record_get(record, SVC_PROCESS)),
	    .port = arena_copy(arena, port),
	    .number = (uint16_t)number};
	sockets->items = memory_grow(sockets->items, &sockets->capacity,
	    sockets->count + 1, sizeof(*sockets->items));
	sockets->items[sockets->count++] = socket;
}

void
sockets_clear(struct sockets *sockets)
{
	arena_release(&sockets->arena);
	sockets->count = 0;
	sockets->known = false;
}

/* ---- what passes */

struct target {
	struct address address;
	struct span proto;
	uint16_t port;
};

/* The first rule that lets some of the traffic pass, for the reason. */
struct pass {
	uint32_t firewall;
	uint64_t rule;
	bool set;
};

static bool
fits(const struct firewall_rule *rule, const struct target *target)
{
	return (rule->proto.p == NULL ||
		   span_list_has(rule->proto, target->proto)) &&
	       (rule->port.p == NULL || ports_have(rule->port, target->port)) &&
	       (rule->destination == NULL ||
		   address_set_has(rule->destination, &target->address));
}

/* Leave of the sources those that the chain lets through to the target. */
static void
filter(const struct firewall_chain *chain, const struct target *target,
    struct address_set *sources, struct pass *pass)
{
	struct address_set passed = {0};

	for (size_t i = 0; i < chain->count && sources->count > 0; i++) {
		const struct firewall_rule *rule = &chain->rules[i];
		size_t before = passed.count;

		if (!fits(rule, target))
			continue;
		if (!rule->accept) {
			if (!rule->conditional)
				address_set_subtract(sources, rule->source);
			continue;
		}
		address_set_move(sources, rule->source, &passed);
		if (passed.count > before && !pass->set)
			*pass = (struct pass){
			    chain->firewall, rule->number, true};
	}
	address_set_release(sources);
	*sources = passed;
}

/* Does the chain see traffic of the address's family at all? */
static bool
speaks(const struct firewall_chain *chain, const struct address *address)
{
	struct address_set family = {0};
	struct span bad;
	bool found = false;

	/* Addresses in use: ::/3 would take in those of IPv4. */
	address_set_parse(&family,
	    address_is_v4(address) ? SPAN("0.0.0.0/0")
				   : SPAN("2000::/3,fc00::/7,fe80::/10"),
	    &bad);
	for (size_t i = 0; i < chain->count && !found; i++) {
		const struct firewall_rule *rule = &chain->rules[i];

		found = (rule->source == NULL ||
			    address_set_meets(rule->source, &family)) &&
			(rule->destination == NULL ||
			    address_set_meets(rule->destination, &family));
	}
	address_set_release(&family);
	return found;
}

/* Does some rule of the chain name the address as a destination? */
static bool
names(const struct firewall_chain *chain, const struct address *address)
{
	for (size_t i = 0; i < chain->count; i++)
		if (chain->rules[i].destination != NULL &&
		    address_set_has(chain->rules[i].destination, address))
			return true;
	return false;
}

/* The chains that stand before an address. */
struct standing {
	const struct firewalls *firewalls;
	uint32_t host; /* text; 0 when no record names it */
	const struct address *address;
};

static bool
is_path(const struct firewalls *firewalls, const struct firewall_chain *chain,
    const char *path)
{
	return span_is(intern_span(&firewalls->texts, chain->path), path);
}

static bool
guards_itself(
    const struct standing *standing, const struct firewall_chain *chain)
{
	return standing->host != 0 && chain->firewall == standing->host &&
	       is_path(standing->firewalls, chain, "input") &&
	       speaks(chain, standing->address);
}

/*
 * A firewall stands before a host when one of its rules names the host's
 * address; which one stands before the others nobody told.
 */
static bool
stands_before(const struct standing *standing, uint32_t firewall)
{
	const struct firewalls *firewalls = standing->firewalls;

	if (firewall == standing->host)
		return false;
	for (size_t i = 0; i < firewalls->count; i++)
		if (firewalls->chains[i].firewall == firewall &&
		    is_path(firewalls, &firewalls->chains[i], "forward") &&
		    names(&firewalls->chains[i], standing->address))
			return true;
	return false;
}

/* Through all chains of one firewall. */
static void
through(const struct standing *standing, uint32_t firewall,
    const struct target *target, struct address_set *sources, struct pass *pass)
{
	const struct firewalls *firewalls = standing->firewalls;

	for (size_t i = 0; i < firewalls->count; i++) {
		const struct firewall_chain *chain = &firewalls->chains[i];

		if (chain->firewall == firewall &&
		    is_path(firewalls, chain, "forward") &&
		    speaks(chain, standing->address))
			filter(chain, target, sources, pass);
	}
}

/* Is this the first chain of its firewall? */
static bool
is_first(const struct firewalls *firewalls, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (firewalls->chains[i].firewall ==
		    firewalls->chains[at].firewall)
			return false;
	return true;
}

/*
 * Can some of the sources reach the target?  before: through the firewalls
 * before the host, any of which may be the way in; then past its own.
 */
static bool
passes(const struct standing *standing, const struct target *target,
    const char *from, bool before, struct pass *pass)
{
	const struct firewalls *firewalls = standing->firewalls;
	struct address_set sources = {0}, some = {0};
	struct span bad;
	bool any = false, result;

	*pass = (struct pass){.set = false};
	address_set_parse(&sources, span_of(from), &bad);
	for (size_t i = 0; before && i < firewalls->count; i++) {
		uint32_t firewall = firewalls->chains[i].firewall;
		struct address_set part = {0};

		if (!is_first(firewalls, i) ||
		    !stands_before(standing, firewall))
			continue;
		any = true;
		address_set_copy(&part, &sources);
		through(standing, firewall, target, &part, pass);
		address_set_move(&part, NULL, &some);
		address_set_release(&part);
	}
	if (any) {
		address_set_release(&sources);
		sources = some;
	}
	for (size_t i = 0; i < firewalls->count; i++)
		if (guards_itself(standing, &firewalls->chains[i]))
			filter(&firewalls->chains[i], target, &sources, pass);
	result = sources.count > 0;
	address_set_release(&sources);
	return result;
}

/* ---- sockets */

struct judgement {
	enum reach reach;
	struct pass pass;
	const struct socket *socket;
};

static bool
is_loopback(const struct address *address)
{
	struct address_set set = {0};
	struct span bad;
	bool found;

	address_set_parse(&set, SPAN("127.0.0.0/8,::1"), &bad);
	found = address_set_has(&set, address);
	address_set_release(&set);
	return found;
}

/* How far the target can be reached. */
static struct judgement
judge_target(const struct firewalls *firewalls, uint32_t host,
    const struct target *target)
{
	const struct standing standing = {firewalls, host, &target->address};
	bool v4 = address_is_v4(&target->address);
	bool own = false, others = false;
	struct judgement judgement = {.reach = REACH_LOCAL};

	if (is_loopback(&target->address))
		return judgement;
	for (size_t i = 0; i < firewalls->count; i++) {
		own = own || guards_itself(&standing, &firewalls->chains[i]);
		others = others || stands_before(&standing,
				       firewalls->chains[i].firewall);
	}
	judgement.reach = REACH_UNKNOWN;
	if (!own && !others)
		return judgement;
	judgement.reach = REACH_INTERNET;
	if (passes(&standing, target, v4 ? PUBLIC_V4 : PUBLIC_V6, true,
		&judgement.pass))
		return judgement;
	/* Neighbours need not come through a firewall before the host. */
	judgement.reach = REACH_INTERNAL;
	if (passes(&standing, target, v4 ? INTERNAL_V4 : INTERNAL_V6, false,
		&judgement.pass))
		return judgement;
	judgement.reach = REACH_LOCAL;
	return judgement;
}

/* Does a socket on `bound` listen on this address of the host? */
static bool
listens_on(struct span bound, const struct address *address)
{
	if (span_is(bound, "0.0.0.0"))
		return address_is_v4(address);
	return span_is(bound, "::") || span_is(bound, "*") ||
	       span_absent(bound);
}

static bool
is_internal(const struct address *address)
{
	struct address_set set = {0};
	struct span bad;
	bool found;

	address_set_parse(&set, SPAN(INTERNAL_V4 "," INTERNAL_V6), &bad);
	found = address_set_has(&set, address);
	address_set_release(&set);
	return found;
}

/*
 * A socket on all addresses counts on each of the host.  An address of an
 * internal network that no firewall names (a bridge for containers) does not
 * make the host unknown when another address is known.
 */
static struct judgement
judge_socket(const struct firewalls *firewalls, uint32_t host,
    const struct socket *socket, struct span addresses)
{
	struct target target = {.proto = socket->proto, .port = socket->number};
	struct judgement worst = {.reach = REACH_NONE};

	if (address_parse(socket->address, &target.address) &&
	    !span_is(socket->address, "0.0.0.0") &&
	    !span_is(socket->address, "::")) {
		worst = judge_target(firewalls, host, &target);
		worst.socket = socket;
		return worst;
	}
	while (addresses.p != NULL) {
		struct judgement one;

		if (!address_parse(
			span_cut(&addresses, ','), &target.address) ||
		    !listens_on(socket->address, &target.address) ||
		    is_loopback(&target.address))
			continue;
		one = judge_target(firewalls, host, &target);
		if (one.reach > worst.reach &&
		    (one.reach != REACH_UNKNOWN ||
			!is_internal(&target.address)))
			worst = one;
	}
	if (worst.reach == REACH_NONE)
		worst.reach = REACH_UNKNOWN;
	worst.socket = socket;
	return worst;
}

static int
compare_sockets(const void *a, const void *b)
{
	const struct socket *left = a, *right = b;
	int order = span_compare(left->proto, right->proto);

	if (order == 0)
		order = left->number - right->number;
	if (order == 0)
		order = span_compare(left->address, right->address);
	return order != 0 ? order : span_compare(left->process, right->process);
}

static void
explain(const struct firewalls *firewalls, const struct judgement *judgement,
    struct buffer *why)
{
	const struct socket *socket = judgement->socket;

	buffer_add_span(why, span_of(words[judgement->reach]));
	if (judgement->pass.set && judgement->reach != REACH_LOCAL) {
		buffer_printf(why, " by %.*s:%llu",
		    SPAN_ARG(intern_span(
			&firewalls->texts, judgement->pass.firewall)),
		    (unsigned long long)judgement->pass.rule);
	}
	if (socket == NULL)
		return;
	buffer_printf(
	    why, " %.*s/%.*s", SPAN_ARG(socket->proto), SPAN_ARG(socket->port));
	if (!span_absent(socket->process))
		buffer_printf(why, " %.*s", SPAN_ARG(socket->process));
}

struct span
exposure_of(struct firewalls *firewalls, struct sockets *sockets,
    struct span host, struct span addresses, struct buffer *why)
{
	struct judgement worst = {.reach = REACH_NONE};
	uint32_t number = 0;

	buffer_reset(why);
	if (!sockets->known) {
		buffer_add_span(why, SPAN("nobody looked what it listens on"));
		return SPAN("-");
	}
	sort(firewalls);
	if (!intern_find(&firewalls->texts, host, &number))
		number = 0;
	if (sockets->count > 0)
		qsort(sockets->items, sockets->count, sizeof(*sockets->items),
		    compare_sockets);
	for (size_t i = 0; i < sockets->count; i++) {
		struct judgement one = judge_socket(
		    firewalls, number, &sockets->items[i], addresses);

		if (one.reach > worst.reach)
			worst = one;
	}
	if (worst.reach == REACH_UNKNOWN) {
		buffer_printf(why, "no firewall record is about %.*s/%.*s",
		    SPAN_ARG(worst.socket->proto),
		    SPAN_ARG(worst.socket->port));
	} else {
		explain(firewalls, &worst, why);
	}
	return span_of(words[worst.reach]);
}

void
firewalls_release(struct firewalls *firewalls)
{
	for (size_t i = 0; i < firewalls->count; i++) {
		struct firewall_chain *chain = &firewalls->chains[i];

		for (size_t k = 0; k < chain->count; k++) {
			if (chain->rules[k].source != NULL)
				address_set_release(chain->rules[k].source);
			if (chain->rules[k].destination != NULL)
				address_set_release(
				    chain->rules[k].destination);
		}
		free(chain->rules);
	}
	free(firewalls->chains);
	intern_release(&firewalls->texts);
	arena_release(&firewalls->arena);
}

void
sockets_release(struct sockets *sockets)
{
	arena_release(&sockets->arena);
	free(sockets->items);
}
