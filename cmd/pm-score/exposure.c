#include "exposure.h"

#include <stdlib.h>

#include "passage.h"

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
		own = own || passage_guards(&standing, &firewalls->chains[i]);
		others = others || passage_stands_before(&standing,
				       firewalls->chains[i].firewall);
	}
	judgement.reach = REACH_UNKNOWN;
	if (!own && !others)
		return judgement;
	judgement.reach = REACH_INTERNET;
	if (passage_open(&standing, target, v4 ? PUBLIC_V4 : PUBLIC_V6, true,
		&judgement.pass))
		return judgement;
	/* Neighbours need not come through a firewall before the host. */
	judgement.reach = REACH_INTERNAL;
	if (passage_open(&standing, target, v4 ? INTERNAL_V4 : INTERNAL_V6,
		false, &judgement.pass))
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
	firewalls_sort(firewalls);
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
sockets_release(struct sockets *sockets)
{
	arena_release(&sockets->arena);
	free(sockets->items);
}
