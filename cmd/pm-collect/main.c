/* pm-collect: what there is and what is offered, as records.  pm-collect(1) */
#include "feed.h"
#include "memory.h"
#include "options.h"
#include "source.h"

static const struct source sources[] = {
    {"local", "", "this machine", collect_local, NULL},
    {"ssh", "HOST ...", "hosts over ssh", collect_ssh, NULL},
    {"reply", "[FILE]", "what the probe printed on a host", collect_reply,
	NULL},
    {"root", "DIR", "the image of a system under DIR", collect_root, NULL},
    {"dpkg", "FILE", "a dpkg status file alone", collect_dpkg, NULL},
    {"dpkg-list", "FILE ...", "what dpkg-query -W printed", collect_dpkg_list,
	NULL},
    {"rpm-list", "FILE ...", "what rpm -qa printed", collect_rpm_list, NULL},
    {"apk", "FILE ...", "apk's database of installed packages", collect_apk,
	NULL},
    {"pacman", "FILE ...", "pacman's local database, or pacman -Q",
	collect_pacman, NULL},
    {"cyclonedx", "FILE ...", "a bill of materials, CycloneDX JSON or XML",
	collect_cyclonedx, NULL},
    {"spdx", "FILE ...", "a bill of materials, SPDX 2 JSON", collect_spdx,
	NULL},
    {"snmpwalk", "FILE ...", "what snmpwalk printed of a device",
	collect_snmpwalk, NULL},
    {"nmap", "FILE ...", "hosts and services that nmap -oX found", collect_nmap,
	NULL},
    {"arp", "FILE ...", "neighbours by ip neigh or arp -an", collect_arp, NULL},
    {"leases", "FILE ...", "what a DHCP server has handed out", collect_leases,
	NULL},
    {"systeminfo", "FILE ...", "what Windows' systeminfo printed",
	collect_systeminfo, NULL},
    {"apt", "[LISTS-DIR]", "what the enabled repositories offer", collect_apt,
	NULL},
    {"csv", "FILE", "hosts from a hand-kept list", collect_csv, NULL},
    {"nft", "FILE", "what nftables lets through, from its JSON", collect_nft,
	NULL},
    {"iptables", "FILE", "the same, from iptables-save", collect_iptables,
	NULL},
    {"firewall-csv", "FILE", "the same, from a plain table",
	collect_firewall_csv, NULL},
    {"merge", "[FILE ...]", "several inventories as one", collect_merge, NULL},
    {"debsecan", .feed = &feed_debsecan},
    {"debian-list", .feed = &feed_debian_list},
    {"debian-advisories", .feed = &feed_debian_advisories},
    {"updateinfo", .feed = &feed_updateinfo},
    {"oval", .feed = &feed_oval},
    {"cvrf", .feed = &feed_cvrf},
    {"wesng", .feed = &feed_wesng},
    {"kev", .feed = &feed_kev},
    {"debian-tracker", .feed = &feed_debian_tracker},
    {"ubuntu", .feed = &feed_ubuntu},
    {"alpine", .feed = &feed_alpine},
    {"arch", .feed = &feed_arch},
    {"osv", .feed = &feed_osv},
    {"csaf", .feed = &feed_csaf},
    {"nvd", .feed = &feed_nvd},
    {"cve5", .feed = &feed_cve5},
    {"epss", .feed = &feed_epss},
    {"metasploit", .feed = &feed_metasploit},
    {"exploitdb", .feed = &feed_exploitdb},
};

enum { SOURCES = sizeof(sources) / sizeof(sources[0]) };

static const struct option_row options[] = {{0}};

static struct program program = {
    .name = "pm-collect",
    .summary = "Take stock: hosts, packages, services, offered patches",
    .synopsis = "SOURCE [options] [argument ...]",
    .examples = "pm-collect local | grep '^svc'\n"
		"{ pm-collect local; pm-collect apt; } | pm-match",
    .options = options,
};

static const struct source *
source_find(const char *name)
{
	for (size_t i = 0; name != NULL && i < SOURCES; i++)
		if (strcmp(sources[i].name, name) == 0)
			return &sources[i];
	return NULL;
}

/* Feeds are many and all take files: their names alone keep to one screen. */
static void
describe_feeds(struct buffer *text)
{
	enum { WIDTH = 76 };
	size_t used = WIDTH;

	buffer_printf(text, "\nPublished feeds, each with [FILE ...]:");
	for (size_t i = 0; i < SOURCES; i++) {
		size_t length = strlen(sources[i].name);

		if (sources[i].feed == NULL)
			continue;
		if (used + 1 + length > WIDTH) {
			buffer_printf(text, "\n ");
			used = 1;
		}
		buffer_printf(text, " %s", sources[i].name);
		used += 1 + length;
	}
	buffer_add_byte(text, '\n');
}

/* The table of sources, for the help. */
static void
describe(struct buffer *text)
{
	buffer_printf(text, "Sources (pm-collect SOURCE --help tells more):\n");
	for (size_t i = 0; i < SOURCES; i++) {
		const struct source *source = &sources[i];

		if (source->feed == NULL)
			buffer_printf(text, "  %-17s %-12s %s\n", source->name,
			    source->arguments, source->summary);
	}
	describe_feeds(text);
	buffer_add_byte(text, '\0');
	program.details = text->p;
}

/* The first argument is no source: help, or what is wrong with it. */
static _Noreturn void
no_source(int argc, char **argv)
{
	struct buffer text = {0};
	int first;

	if (argc > 1 && argv[1][0] != '-')
		die(PM_EXIT_USAGE,
		    "%s: no such source; pm-collect --help lists them",
		    argv[1]);
	describe(&text);
	first = options_parse(&program, argc, argv);
	if (first == argc)
		die(PM_EXIT_USAGE,
		    "name a source; pm-collect --help lists them");
	die(PM_EXIT_USAGE, "the source comes first: pm-collect %s ...",
	    source_find(argv[first]) != NULL ? argv[first] : "SOURCE");
}

int
main(int argc, char **argv)
{
	const struct source *source;
	char name[64];

	diag_start(argv[0]);
	source = source_find(argc > 1 ? argv[1] : NULL);
	if (source != NULL) {
		snprintf(name, sizeof(name), "%s %s", diag_program(), argv[1]);
		argv[1] = name;
		if (source->run == NULL)
			return (int)feed_collect(
			    source->feed, argc - 1, argv + 1);
		return (int)source->run(argc - 1, argv + 1);
	}
	no_source(argc, argv);
}
