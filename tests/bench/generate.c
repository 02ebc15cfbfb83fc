/*
 * Write a fleet or a catalogue of any size, the same for the same arguments.
 *
 *	generate advisories NAMES COUNT [heavy|linux]
 *						feed and adv records
 *	generate fleet NAMES HOSTS PACKAGES [distinct|wide|long]
 *	generate threats NAMES COUNT		cve records
 *	generate needs NAMES HOSTS NEEDS [mixed]
 *				hosts, each with its needs; mixed: hosts first,
 *				then needs of any host
 *	generate scored NAMES HOSTS NEEDS
 *				hosts with decided needs in 50 windows, 20 order
 *				rules and 40 quorums
 *
 * NAMES has real packages, one a line: package, version, arch, source, source
 * version.  An advisory fixes the version that NAMES has; one installed package
 * in seven is a little older than that.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RELEASES = 5, NAMES_MAX = 200000, HOT = 400, THREATS = 60000 };

struct name {
	char *package, *version, *arch, *source, *source_version;
};

static struct name names[NAMES_MAX];
static size_t name_count;
static unsigned long long state = 88172645463325252ULL;

/* xorshift64 (Marsaglia 2003): good enough to choose packages with. */
static unsigned
choose(unsigned below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)((state >> 11) % below);
}

static void
read_names(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[4096];

	if (file == NULL) {
		perror(path);
		exit(66);
	}
	while (name_count < NAMES_MAX && fgets(line, sizeof(line), file)) {
		char *rest = line;
		struct name *name = &names[name_count];

		line[strcspn(line, "\n")] = '\0';
		name->package = strdup(strsep(&rest, "\t"));
		name->version = strdup(strsep(&rest, "\t"));
		name->arch = strdup(strsep(&rest, "\t"));
		name->source = strdup(strsep(&rest, "\t"));
		name->source_version = strdup(strsep(&rest, "\t"));
		name_count++;
	}
	fclose(file);
	if (name_count < HOT) {
		fprintf(stderr, "%s: too few packages\n", path);
		exit(65);
	}
}

/* Half of the time one of the packages that every host has. */
static const struct name *
pick(void)
{
	return &names[choose(2) ? choose(HOT) : choose((unsigned)name_count)];
}

static void
write_advisories(long count, const char *variant)
{
	puts("#feed\tfeed\tos\trelease\trecords\tdate\tsha256\tkind");
	for (int release = 0; release < RELEASES; release++)
		printf("feed\tbench-%d\tdebian\t%d\t%ld\t"
		       "2026-11-23T00:00:00Z\t-\tadvisories\n",
		    release + 9, release + 9, count / RELEASES);
	puts("#adv\tadv\tos\trelease\tarch\tby\tpackage\tintroduced\tfixed\t"
	     "state\tseverity\tpublished\tcves\tfeed\tkind");
	for (long i = 0; i < count; i++) {
		const struct name *name =
		    strcmp(variant, "heavy") == 0
			? pick()
			: &names[choose((unsigned)name_count)];
		unsigned release = choose(RELEASES) + 9;

		if (strcmp(variant, "linux") == 0 && i < 50000)
			printf("adv\tL-%ld\tdebian\t12\t-\tsource\tbash\t-\t"
			       "%u.%u.%u-%u\tfixed\thigh\t-\tCVE-2024-%05ld\t"
			       "bench-12\tsecurity\n",
			    i, choose(20) ? 4U : 6U, choose(19), choose(300),
			    choose(9), i);
		else
			printf("adv\tA-%ld\tdebian\t%u\t-\tsource\t%s\t-\t%s\t"
			       "fixed\t%s\t-\tCVE-2025-%05u\tbench-%u\t"
			       "security\n",
			    i, release, name->source, name->source_version,
			    choose(3) ? "medium" : "high", choose(THREATS),
			    release);
	}
}

static void
write_package(
    const char *host, const struct name *name, long serial, const char *variant)
{
	const char *older = choose(7) == 0 ? "~1" : "";
	char distinct[32] = "";

	if (strcmp(variant, "distinct") == 0)
		snprintf(distinct, sizeof(distinct), "+r%ld", serial);
	printf("pkg\t%s\t%s\t%s%s%s\t%s\t%s\t%s%s%s\t-\tno\tinstalled", host,
	    name->package, name->version, older, distinct, name->arch,
	    name->source, name->source_version, older, distinct);
	if (strcmp(variant, "wide") == 0)
		for (int i = 0; i < 200; i++)
			fputs("\tx", stdout);
	if (strcmp(variant, "long") == 0 && serial % 5000 == 0) {
		putchar('\t');
		for (int i = 0; i < 1000000; i++)
			putchar('y');
	} else if (strcmp(variant, "long") == 0) {
		fputs("\t-", stdout);
	}
	putchar('\n');
}

static void
write_fleet(long hosts, long packages, const char *variant)
{
	long serial = 0;

	puts("#host\thost\tos\trelease\tarch\trole\tsite");
	fputs("#pkg\thost\tpackage\tversion\tarch\tsource\tsource_version\t"
	      "origin\tauto\tstate",
	    stdout);
	if (strcmp(variant, "wide") == 0)
		for (int i = 0; i < 200; i++)
			printf("\tc%d", i);
	if (strcmp(variant, "long") == 0)
		fputs("\tnote", stdout);
	putchar('\n');
	for (long i = 0; i < hosts; i++) {
		char host[32];

		snprintf(host, sizeof(host), "web%06ld.example", i);
		printf("host\t%s\tdebian\t%ld\tamd64\trole%ld\tsite%ld\n", host,
		    i % RELEASES + 9, i % 17, i % 5);
		for (long k = 0; k < packages; k++)
			write_package(host, pick(), ++serial, variant);
	}
}

static void
write_threats(long count)
{
	static const char *const exploits[] = {
	    "-", "none", "none", "poc", "weaponized", "active"};

	puts("#cve\tcve\tcvss\tepss\tkev_added\texploit\tautomatable\timpact");
	for (long i = 0; i < count; i++) {
		unsigned exploit = choose(60);

		printf("cve\tCVE-2025-%05ld\t%u.%u\t0.%05u\t%s\t%s\t%s\t%s\n",
		    i, choose(10), choose(10),
		    choose(30) ? choose(2000) : choose(99999),
		    choose(80) ? "no" : "2025-11-01",
		    exploits[exploit < 6 ? exploit : 1],
		    choose(3) ? "no" : "yes", choose(3) ? "partial" : "total");
	}
}

static void
write_need(long host, int mixed)
{
	const struct name *name = pick();
	unsigned cves = choose(3);

	printf("need\tweb%06ld.example\t%s\t%s~1\t%s\tA-%u\t", host,
	    name->package, name->version, name->version, choose(100000));
	if (cves == 0)
		fputs("-", stdout);
	for (unsigned i = 0, first = choose(THREATS - 9); i < cves; i++)
		printf("%sCVE-2025-%05u", i > 0 ? "," : "", first + i * 3);
	printf("\tavailable\t%s\t%s\texact\tbench-12: %s~1 < %s",
	    choose(3) ? "medium" : "high", cves == 0 ? "update" : "security",
	    name->version, name->version);
	if (!mixed)
		printf("\t%s", name->source);
	putchar('\n');
}

static void
write_needs(long hosts, long needs, const char *variant)
{
	static const char *const tiers[] = {
	    "mission", "business", "operational"};
	int mixed = strcmp(variant, "mixed") == 0;

	puts(
	    "#host\thost\tclass\tos\trelease\tarch\trole\tsite\ttier\texposed");
	fputs("#need\thost\tpackage\tinstalled\tfixed\tadv\tcves\tstate\t"
	      "severity\tkind\tconfidence\twhy",
	    stdout);
	/* Needs that name a source must stand together by host. */
	puts(mixed ? "" : "\tsource");
	for (long i = 0; i < hosts; i++) {
		printf("host\tweb%06ld.example\tserver\tdebian\t12\tamd64\t"
		       "role%ld\tsite%ld\t%s\t%s\n",
		    i, i % 17, i % 5, tiers[i % 3],
		    i % 4 ? "internal" : "internet");
		for (long k = 0; !mixed && k < needs; k++)
			write_need(i, mixed);
	}
	for (long k = 0; mixed && k < hosts * needs; k++)
		write_need((long)choose((unsigned)hosts), mixed);
}

/* One of 50 windows over four hours and more, in the host's night. */
static void
write_scored_host(long host, long hosts)
{
	static const char *const tiers[] = {
	    "mission", "business", "operational", "operational"};
	unsigned window = choose(50);

	printf("host\tweb%06ld.example\tdebian\t12\trole%u\tsite%u\t%s\t%s\t"
	       "owner%u\tdaily %02u:%02u-%02u:00 Europe/Berlin\tgroup%u\t"
	       "machine%u\n",
	    host, choose(60), choose((unsigned)hosts / 200 + 1),
	    tiers[choose(4)], choose(20) ? "prod" : "test", choose(30),
	    18 + window % 5, window / 5 * 5, 4 + window % 3, choose(100),
	    choose((unsigned)hosts / 20 + 1));
}

static void
write_scored(long hosts, long needs)
{
	puts("#host\thost\tos\trelease\trole\tsite\ttier\tenv\towner\t"
	     "window\tgroup\thypervisor");
	puts("#need\thost\tpackage\tinstalled\tfixed\tadv\tcves\tstate\t"
	     "kev\texposed\trisk\tclass\tdecision\tdue\tpolicy");
	puts("#order\tfirst\tthen\treason");
	for (unsigned i = 0; i < 20; i++)
		printf("order\trole%u\trole%u\t-\n", i, i + 1 + choose(3));
	puts("#quorum\tgroup\tlimit\treason");
	for (unsigned i = 0; i < 40; i++)
		printf("quorum\tgroup%u\t%u\t-\n", i, 20 + choose(20));
	for (long i = 0; i < hosts; i++) {
		write_scored_host(i, hosts);
		for (long k = 0; k < needs; k++) {
			const struct name *name = pick();

			printf("need\tweb%06ld.example\t%s-%ld\t%s~1\t%s\t"
			       "A-%u\tCVE-2025-%05u\tavailable\t%s\t%s\t%u\t"
			       "%s\t%s\t2026-12-10T00:00:00Z\tx.pm:%u\n",
			    i, name->package, k, name->version, name->version,
			    choose(5000), choose(THREATS),
			    choose(50) ? "no" : "yes", choose(5) ? "no" : "yes",
			    choose(100), choose(5) ? "useful" : "critical",
			    choose(100) ? "patch" : "emergency", choose(50));
		}
	}
}

int
main(int argc, char **argv)
{
	if (argc < 4) {
		fprintf(stderr, "usage: generate advisories NAMES COUNT "
				"[VARIANT] | fleet NAMES HOSTS PACKAGES "
				"[VARIANT] | threats NAMES COUNT | needs "
				"NAMES HOSTS NEEDS [VARIANT] | scored NAMES "
				"HOSTS NEEDS\n");
		return 64;
	}
	read_names(argv[2]);
	if (strcmp(argv[1], "advisories") == 0)
		write_advisories(
		    strtol(argv[3], NULL, 10), argc > 4 ? argv[4] : "");
	else if (strcmp(argv[1], "threats") == 0)
		write_threats(strtol(argv[3], NULL, 10));
	else if (argc > 4 && strcmp(argv[1], "scored") == 0)
		write_scored(
		    strtol(argv[3], NULL, 10), strtol(argv[4], NULL, 10));
	else if (argc > 4 && strcmp(argv[1], "needs") == 0)
		write_needs(strtol(argv[3], NULL, 10),
		    strtol(argv[4], NULL, 10), argc > 5 ? argv[5] : "");
	else if (argc > 4)
		write_fleet(strtol(argv[3], NULL, 10),
		    strtol(argv[4], NULL, 10), argc > 5 ? argv[5] : "");
	return fflush(stdout) == EOF ? 74 : 0;
}
