/*
 * pm-collect arp FILE: the addresses that a machine has lately exchanged frames
 * with, as ip neigh, arp -an, /proc/net/arp and Windows' arp -a print them.
 * These agree in that a line has an address and a hardware address.
 */
#include "discovery.h"
#include "lines.h"
#include "source.h"

static const struct option_row options[] = {
    DISCOVERY_OPTION_INVENTORY,
    {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "arp [options] FILE ...",
    .summary = "read what ip neigh or arp -an printed; - is standard input",
    .examples = "ip neigh | pm-collect arp -\n"
		"ssh router ip neigh | pm-collect arp --inventory "
		"inventory.tsv - | grep unknown_address",
    .options = options,
};

/* How lines begin that have no address. */
static const char *const headings[] = {
    "IP address", "Address ", "Interface:", "Internet Address", "Entries:"};

static bool
is_heading(struct span line)
{
	for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++)
		if (span_starts(line, span_of(headings[i])))
			return true;
	return line.n == 0;
}

/* A word without the parentheses around it. */
static struct span
bare(struct span word)
{
	if (span_starts(word, SPAN("(")) && span_ends(word, SPAN(")")))
		return (struct span){word.p + 1, word.n - 2};
	return word;
}

static struct lines lines; /* of one table at a time */

/* False when there is no address in the line. */
static bool
take_line(struct discovery *discovery, struct span line)
{
	struct noticed noticed = {.seen = 0};
	struct span rest = line;
	bool address = false, mac = false;

	while (rest.p != NULL) {
		struct span word = bare(span_trim(span_cut(&rest, ' ')));

		if (!address)
			address = discovery_address(&noticed.addresses, word);
		else if (!mac)
			mac = discovery_mac(&noticed.macs, word);
	}
	if (noticed.macs.count > 0)
		discovery_notice(discovery, &noticed);
	else if (address && !mac)
		discovery_silent(discovery); /* FAILED, incomplete */
	noticed_release(&noticed);
	return address;
}

static void
read_table(struct discovery *discovery, struct bytes *bytes)
{
	enum lines_status status;

	lines_open(&lines, bytes);
	while ((status = lines_next(&lines)) == LINES_LINE) {
		struct span line = lines.line;

		if (span_ends(line, SPAN("\r")))
			line.n--;
		line = span_trim(line);
		if (!is_heading(line) && !take_line(discovery, line))
			die(PM_EXIT_DATA,
			    "%s:%llu: no address stands here; this is no table "
			    "of ip neigh or arp -an",
			    bytes->file, (unsigned long long)lines.number);
	}
	if (status != LINES_END)
		die(PM_EXIT_DATA,
		    "%s:%llu: the last line has no newline, or is endless",
		    bytes->file, (unsigned long long)lines.number + 1);
}

static void
release(void)
{
	lines_release(&lines);
}

const struct discovery_source arp_source = {
    .program = &program,
    .name = "arp",
    .what = "a table of neighbours",
    .read = read_table,
    .release = release,
};

enum pm_exit
collect_arp(int argc, char **argv)
{
	return discovery_collect(&arp_source, argc, argv);
}
