/*
 * pm-collect leases FILE: what a DHCP server has handed out, as ISC dhcpd's
 * dhcpd.leases(5) or as dnsmasq's lease file (time, hardware address, address,
 * name, client identifier).
 */
#include "discovery.h"
#include "intern.h"
#include "lines.h"
#include "source.h"

static const struct option_row options[] = {
    DISCOVERY_OPTION_INVENTORY,
    {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "leases [options] FILE ...",
    .summary = "read the lease file of dhcpd or dnsmasq; - is standard input",
    .examples = "pm-collect leases --inventory inventory.tsv "
		"/var/lib/dhcp/dhcpd.leases\n"
		"pm-collect leases dnsmasq.leases | grep -c '^host'",
    .options = options,
};

/* The last word on an address; dhcpd appends, so later ones count. */
struct lease {
	struct span address, mac, name;
	bool active;
};

struct leases {
	struct lines lines;
	struct intern addresses;
	struct lease *items; /* by number of the address; 0 is unused */
	size_t capacity;
	struct lease open; /* a lease { ... } that is being read */
	bool within;
	struct arena arena;
};

static struct leases state; /* of one file at a time */

static struct span
next_word(struct span *rest)
{
	struct span word = {NULL, 0};

	while (rest->p != NULL && word.n == 0)
		word = span_trim(span_cut(rest, ' '));
	return word;
}

static void
put(struct leases *leases, const struct lease *lease)
{
	uint32_t number = intern_add(&leases->addresses, lease->address);

	leases->items = memory_grow(leases->items, &leases->capacity,
	    (size_t)number + 1, sizeof(*leases->items));
	leases->items[number] = *lease;
}

/* A statement without ";" and the quotes around its last word. */
static struct span
plain(struct leases *leases, struct span word)
{
	if (span_ends(word, SPAN(";")))
		word.n--;
	if (word.n >= 2 && word.p[0] == '"' && word.p[word.n - 1] == '"')
		word = (struct span){word.p + 1, word.n - 2};
	return arena_copy(&leases->arena, word);
}

/* A line within lease ADDRESS { ... } */
static void
take_statement(struct leases *leases, struct span line)
{
	struct span rest = line;
	struct span first = next_word(&rest);
	struct span second = next_word(&rest);
	struct lease *lease = &leases->open;

	if (span_is(first, "}")) {
		put(leases, lease);
		leases->within = false;
	} else if (span_is(first, "hardware")) {
		lease->mac = plain(leases, next_word(&rest));
	} else if (span_is(first, "client-hostname")) {
		lease->name = plain(leases, second);
	} else if (span_is(first, "binding") && span_is(second, "state")) {
		lease->active = span_is(
		    plain(leases, next_word(&rest)), "active");
	}
}

/* "1700000000 aa:bb:cc:dd:ee:ff 192.0.2.7 name id"; false when it is none. */
static bool
take_dnsmasq(struct leases *leases, struct span line)
{
	struct span rest = line;
	struct lease lease = {.active = true};
	uint64_t expiry;

	if (!span_number(next_word(&rest), &expiry))
		return false;
	lease.mac = plain(leases, next_word(&rest));
	lease.address = plain(leases, next_word(&rest));
	lease.name = plain(leases, next_word(&rest));
	if (span_is(lease.name, "*"))
		lease.name.n = 0;
	put(leases, &lease);
	return lease.address.n > 0;
}

/* False when the line belongs to no lease file. */
static bool
take_line(struct leases *leases, struct span line)
{
	static const char *const others[] = {"#", "server-duid",
	    "authoring-byte-order", "failover", "my ", "peer ", "mclt", "}",
	    "duid "};
	struct span rest = line;

	if (leases->within) {
		take_statement(leases, line);
		return true;
	}
	if (line.n == 0)
		return true;
	if (span_starts(line, SPAN("lease "))) {
		next_word(&rest);
		leases->open = (struct lease){
		    .address = plain(leases, next_word(&rest))};
		leases->within = true;
		return span_is(next_word(&rest), "{");
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (span_starts(line, span_of(others[i])))
			return true;
	return take_dnsmasq(leases, line);
}

static void
notice_all(
    struct discovery *discovery, const struct leases *leases, const char *file)
{
	for (size_t i = 1; i < leases->addresses.count; i++) {
		const struct lease *lease = &leases->items[i];
		struct noticed noticed = {.name = lease->name};

		if (!lease->active)
			continue;
		if (!discovery_address(&noticed.addresses, lease->address))
			die(PM_EXIT_DATA,
			    "%s: '%.*s' is no address; this is no lease file",
			    file, SPAN_ARG(lease->address));
		discovery_mac(&noticed.macs, lease->mac);
		discovery_notice(discovery, &noticed);
	}
}

static void
release(void)
{
	lines_release(&state.lines);
	intern_release(&state.addresses);
	arena_release(&state.arena);
	free(state.items);
	state = (struct leases){.within = false};
}

static void
read_leases(struct discovery *discovery, struct bytes *bytes)
{
	struct leases *leases = &state;
	struct lines *lines = &leases->lines;
	enum lines_status status;

	lines_open(lines, bytes);
	while ((status = lines_next(lines)) == LINES_LINE)
		if (!take_line(leases, span_trim(lines->line)))
			die(PM_EXIT_DATA,
			    "%s:%llu: neither dhcpd nor dnsmasq writes such a "
			    "line",
			    bytes->file, (unsigned long long)lines->number);
	if (status != LINES_END || leases->within)
		die(PM_EXIT_DATA, "%s:%llu: the file ends within a lease",
		    bytes->file, (unsigned long long)lines->number + 1);
	notice_all(discovery, leases, bytes->file);
	release();
}

const struct discovery_source leases_source = {
    .program = &program,
    .name = "leases",
    .what = "a lease file",
    .read = read_leases,
    .release = release,
};

enum pm_exit
collect_leases(int argc, char **argv)
{
	return discovery_collect(&leases_source, argc, argv);
}
