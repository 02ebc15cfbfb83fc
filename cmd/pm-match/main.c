/*
 * pm-match: judge the packages of a fleet against a catalogue of advisories.
 * Takes feed and adv, then host and pkg; gives need and cover.
 */
#include <inttypes.h>

#include "advisory.h"
#include "cover.h"
#include "input.h"
#include "judge.h"
#include "options.h"
#include "signed.h"
#include "timestamp.h"

enum { BATCH = 64 };

static bool keep;
static int64_t max_feed_age = -1;

static void
set_max_feed_age(const char *argument)
{
	if (!duration_parse(span_of(argument), &max_feed_age))
		die(PM_EXIT_USAGE,
		    "--max-feed-age: '%s' is not a duration "
		    "such as 36h or 7d",
		    argument);
}

static const struct option_row options[] = {
    {'k', "keep", NULL, "pass pkg and adv records on as well", &keep, NULL,
	NULL, NULL},
    {0, "max-feed-age", "DURATION", "call older feeds stale, such as 7d", NULL,
	NULL, set_max_feed_age, "PM_MAX_FEED_AGE"},
    {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

static const struct program program = {
    .name = "pm-match",
    .synopsis = "[options] [catalogue.tsv ...] [inventory.tsv ...]",
    .summary = "Find the patches that hosts need",
    .examples =
	"pm-collect apt -o feed.tsv; pm-collect local | "
	"pm-match feed.tsv -\n"
	"cat feeds/*.tsv inventory/*.tsv | pm-match --strict | grep ^cover",
    .options = options,
};

/* The names that a package goes by, by enum key_by. */
struct names {
	struct span name[2];
	bool is_signed; /* the source is not the one that was recorded */
};

static inline struct names
names_of(const struct catalogue *catalogue, const struct scope *scope,
    const struct record *record, char *room)
{
	struct names names;

	names.name[BY_BINARY] = record_get(record, PKG_PACKAGE);
	names.name[BY_SOURCE] = record_get(record, PKG_SOURCE);
	if (span_absent(names.name[BY_SOURCE]))
		names.name[BY_SOURCE] = names.name[BY_BINARY];
	names.is_signed = signed_is(names.name[BY_SOURCE]);
	if (names.is_signed)
		names.name[BY_SOURCE] = signed_source(
		    catalogue, scope, names.name[BY_SOURCE], room);
	return names;
}

/* What is looked at only when the versions leave a doubt. */
static void
complete(struct installed *installed, enum version_scheme scheme,
    const struct record *record)
{
	installed->arch = record_get(record, PKG_ARCH);
	installed->module = record_get(record, PKG_MODULE);
	installed->modular = scheme == VERSION_RPM &&
			     (!span_absent(installed->module) ||
				 version_is_modular(installed->version));
	installed->held = span_list_has(
	    record_get(record, PKG_STATE), SPAN("held"));
}

/* Packages that may be there in several versions, and keys for signatures. */
static bool
is_special(struct host *host, struct installed *installed, struct keys keys,
    const struct record *record)
{
	enum version_scheme scheme = host->scope->scheme;
	struct span running = buffer_span(&host->kernel);

	switch (installed->package.p[0]) {
	case 'l':
		if (scheme == VERSION_DEB &&
		    span_starts(installed->package, SPAN("linux-image-")))
			kernels_deb(&host->kernels, running, installed->package,
			    installed->version);
		return false;
	case 'k':
		if (scheme != VERSION_RPM ||
		    !span_starts(installed->package, SPAN("kernel")))
			return false;
		complete(installed, scheme, record);
		return kernels_rpm(&host->kernels, running, installed, keys);
	case 'g':
		return scheme == VERSION_RPM &&
		       span_is(installed->package, "gpg-pubkey");
	default:
		return false;
	}
}

static void
judge_package(struct fleet *fleet, struct host *host, const struct names *names,
    struct keys keys, const struct record *record)
{
	struct installed installed = {
	    .package = names->name[BY_BINARY],
	    .version = record_get(record, PKG_VERSION),
	    .source = names->name[BY_SOURCE],
	    .source_version = record_get(record, PKG_SOURCE_VERSION),
	};

	if (span_absent(installed.source_version))
		installed.source_version = installed.version;
	if (names->is_signed)
		installed.source_version = signed_version(
		    fleet->catalogue, host->scope, installed.source_version);
	if (keys.binary == NULL && host->scope->repository &&
	    !span_is(installed.package, "gpg-pubkey"))
		cover_unknown(host, installed.package);
	if (is_special(host, &installed, keys, record))
		return;
	if (is_clean(fleet->catalogue, host->scope, &installed, keys))
		return;
	complete(&installed, host->scope->scheme, record);
	fleet_judge(fleet, &installed, keys);
}

/*
 * Find the keys of all rows, by source or by binary package.  Each pass touches
 * memory that the one before it asked for, so that the waits for it overlap.
 */
static void
look_up(const struct catalogue *catalogue, uint32_t scope, enum key_by by,
    const struct names *names, struct key **keys, size_t count)
{
	uint64_t hashes[BATCH];

	if (catalogue->scopes[scope].keys[by] == 0) {
		for (size_t i = 0; i < count; i++)
			keys[i] = NULL;
		return;
	}
	for (size_t i = 0; i < count; i++) {
		hashes[i] = catalogue_hash(scope, by, names[i].name[by]);
		catalogue_prefetch_slot(catalogue, hashes[i]);
	}
	for (size_t i = 0; i < count; i++)
		catalogue_prefetch_key(catalogue, hashes[i]);
	for (size_t i = 0; i < count; i++)
		keys[i] = catalogue_key(
		    catalogue, hashes[i], scope, by, names[i].name[by]);
}

/* Packages of one host, at most BATCH. */
static void
match_packages(struct fleet *fleet, const struct record *records, size_t count)
{
	struct catalogue *catalogue = fleet->catalogue;
	struct host *host = fleet_of(fleet, records);
	const struct scope *scope = host->scope;
	struct names names[BATCH];
	char rooms[BATCH][SIGNED_NAME_MAX];
	struct key *source_keys[BATCH], *binary_keys[BATCH];
	uint32_t number;

	host->packages += count;
	if (scope == NULL)
		return;
	number = (uint32_t)(scope - catalogue->scopes);
	for (size_t i = 0; i < count; i++)
		names[i] = names_of(catalogue, scope, &records[i], rooms[i]);
	look_up(catalogue, number, BY_SOURCE, names, source_keys, count);
	look_up(catalogue, number, BY_BINARY, names, binary_keys, count);
	for (size_t i = 0; i < count && scope->updates != NULL; i++)
		update_installed(&host->updates, scope, binary_keys[i]);
	for (size_t i = 0; i < count; i++)
		judge_package(fleet, host, &names[i],
		    (struct keys){source_keys[i], binary_keys[i]}, &records[i]);
}

static void
match_record(struct fleet *fleet, const struct record *record)
{
	switch (record_type(record)) {
	case RECORD_FEED:
		catalogue_feed(fleet->catalogue, record);
		break;
	case RECORD_ADV:
		catalogue_advisory(fleet->catalogue, record);
		if (!keep)
			return;
		break;
	case RECORD_HOST:
		fleet_host(fleet, record);
		break;
	case RECORD_FACT:
		fleet_fact(fleet, record);
		break;
	default:
		break;
	}
	output_pass(fleet->output, record);
}

/* How many of the records are packages of the host of the first. */
static size_t
run_length(const struct record *records, size_t count)
{
	struct span host = record_get(records, PKG_HOST);
	size_t run = 1;

	while (run < count && record_type(&records[run]) == RECORD_PKG &&
	       span_equal(record_get(&records[run], PKG_HOST), host))
		run++;
	return run;
}

static void
match(struct fleet *fleet, struct input *input)
{
	struct record records[BATCH];
	size_t count;

	while ((count = input_batch(input, records, BATCH)) > 0) {
		for (size_t i = 0; i < count;) {
			size_t run = 1;

			if (record_type(&records[i]) != RECORD_PKG) {
				match_record(fleet, &records[i++]);
				continue;
			}
			run = run_length(records + i, count - i);
			match_packages(fleet, records + i, run);
			for (size_t k = i; keep && k < i + run; k++)
				output_pass(fleet->output, &records[k]);
			i += run;
		}
	}
	fleet_finish(fleet);
}

static void
require_columns(struct input *input)
{
	static const struct {
		enum record_type type;
		unsigned column;
	} required[] = {
	    {RECORD_HOST, HOST_HOST},
	    {RECORD_HOST, HOST_OS},
	    {RECORD_HOST, HOST_RELEASE},
	    {RECORD_FACT, FACT_HOST},
	    {RECORD_FACT, FACT_KEY},
	    {RECORD_FACT, FACT_VALUE},
	    {RECORD_PKG, PKG_HOST},
	    {RECORD_PKG, PKG_PACKAGE},
	    {RECORD_PKG, PKG_VERSION},
	    {RECORD_FEED, FEED_FEED},
	    {RECORD_FEED, FEED_OS},
	    {RECORD_FEED, FEED_RELEASE},
	    {RECORD_ADV, ADV_ADV},
	    {RECORD_ADV, ADV_OS},
	    {RECORD_ADV, ADV_RELEASE},
	    {RECORD_ADV, ADV_BY},
	    {RECORD_ADV, ADV_PACKAGE},
	    {RECORD_ADV, ADV_FIXED},
	    {RECORD_ADV, ADV_STATE},
	};

	for (size_t i = 0; i < sizeof(required) / sizeof(*required); i++)
		input_require(input, required[i].type, required[i].column);
}

static void
totals(const struct fleet *fleet, uint64_t needs)
{
	size_t advisories = fleet->catalogue->advisory_count;

	if (!common.quiet)
		fprintf(stderr,
		    "pm-match: %" PRIu64 " %s, %" PRIu64
		    " not fully covered; %zu %s; %" PRIu64 " %s\n",
		    fleet->hosts, PLURAL(fleet->hosts, "host", "hosts"),
		    fleet->not_covered, advisories,
		    PLURAL(advisories, "advisory", "advisories"), needs,
		    PLURAL(needs, "need", "needs"));
}

int
main(int argc, char **argv)
{
	struct catalogue catalogue = {0};
	struct output output;
	struct input input;
	struct fleet fleet = {.catalogue = &catalogue,
	    .output = &output,
	    .oldest_feed = INT64_MIN};
	enum pm_exit status;
	uint64_t needs;
	int first;

	diag_start(argv[0]);
	first = options_parse(&program, argc, argv);
	if (max_feed_age >= 0)
		fleet.oldest_feed = timestamp_now() - max_feed_age;
	program_output(&output);
	input_open(
	    &input, argc - first, argv + first, &output, common.skip_bad);
	require_columns(&input);
	match(&fleet, &input);
	status = input_finish(&input);
	if (fleet.hosts == 0)
		die(PM_EXIT_NOTHING, "no host records in the input: nothing "
				     "was examined");
	needs = output.records[RECORD_NEED];
	totals(&fleet, needs);
	if (status == PM_EXIT_OK && common.strict && fleet.not_covered > 0)
		status = PM_EXIT_CONDITION;
	status = program_finish(&output, status);
	fleet_release(&fleet);
	catalogue_release(&catalogue);
	return (int)status;
}
