/*
 * What the enabled repositories of a machine offer: the package lists that
 * apt-get update fetched, one feed record a list and one adv record an offer.
 */
#include "apt_conf.h"
#include "apt_lists.h"
#include "apt_offer.h"
#include "apt_rank.h"
#include "apt_release.h"
#include "options.h"
#include "packed.h"
#include "release.h"
#include "source.h"
#include "timestamp.h"

static const char *root = "/";

static const struct option_row options[] = {
    {0, "root", "DIR", "look at the system image under DIR", NULL, &root, NULL,
	NULL},
    {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "apt [options] [LISTS-DIR]",
    .summary = "what the enabled apt repositories offer, from the package "
	       "lists that\napt-get update fetched",
    .examples = "pm-collect apt | grep '^feed'\n"
		"{ pm-collect apt; pm-collect local; } | pm-match",
    .options = options,
};

/* A list with what its records have in common, as field text. */
struct catalogue {
	struct apt_list *list;
	struct apt_release release;
	struct span feed;
	struct span suite; /* what adv ids name; the codename where there is
	                      one, since Suite moves with each release */
	struct span kind;
	struct apt_archive archive;
	uint64_t records;
};

struct run {
	struct output output;
	struct arena arena;
	struct release target;
	struct apt_lists lists;
	struct apt_pins pins;
	struct apt_rank rank;	      /* of all offers, where there are pins */
	struct apt_verdict verdict;   /* on the offer that is being written */
	struct catalogue *catalogues; /* by list */
	uint64_t records, security, rejected;
};

/* Add a part of a feed's name; feed names stand in comma lists. */
static void
add_part(struct buffer *text, struct span part)
{
	for (size_t i = 0; i < part.n; i++)
		buffer_add_byte(text,
		    apt_offer_plain((struct span){part.p + i, 1}, "._+~%-")
			? part.p[i]
			: '_');
}

static struct span
first_of(struct span a, struct span b, struct span c)
{
	if (!span_absent(a))
		return a;
	return span_absent(b) ? c : b;
}

/* apt:LABEL/CODENAME/COMPONENT/ARCH */
static void
name_feed(struct catalogue *catalogue, struct arena *arena, bool with_site)
{
	const struct apt_release *release = &catalogue->release;
	const struct apt_list *list = catalogue->list;
	struct buffer text = {0};

	buffer_add_span(&text, SPAN("apt:"));
	add_part(&text, first_of(release->label, release->origin, list->site));
	buffer_add_byte(&text, '/');
	add_part(&text, catalogue->suite);
	buffer_add_byte(&text, '/');
	add_part(&text, list->component);
	buffer_add_byte(&text, '/');
	add_part(&text, list->arch);
	if (with_site) {
		buffer_add_byte(&text, '@');
		add_part(&text, list->stem);
	}
	catalogue->feed = arena_copy(arena, buffer_span(&text));
	buffer_release(&text);
}

/* Two repositories may call themselves the same; their names must differ. */
static void
tell_apart(struct catalogue *catalogues, size_t count, struct arena *arena)
{
	bool *twin = memory_zeroed(count, sizeof(*twin));

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < count; k++)
			if (i != k &&
			    span_equal(catalogues[i].feed, catalogues[k].feed))
				twin[i] = true;
	for (size_t i = 0; i < count; i++)
		if (twin[i])
			name_feed(&catalogues[i], arena, true);
	free(twin);
}

static void
read_release(struct run *run, struct catalogue *catalogue)
{
	struct apt_release *release = &catalogue->release;
	struct apt_list *list = catalogue->list;
	struct buffer text = {0};
	struct bytes bytes;

	if (list->release.p == NULL) {
		warning("%s/%.*s: no Release file beside it: its origin, suite "
			"and date are unknown",
		    run->lists.directory, SPAN_ARG(list->name));
		apt_release_none(release);
	} else {
		apt_lists_open(&run->lists, list->release, &bytes);
		apt_release_read(release, &run->arena, &bytes);
		if (!release->dated)
			warning("%s: no Date that can be read: the age of the "
				"lists is unknown",
			    bytes.file);
		bytes_close(&bytes);
	}
	add_part(&text, first_of(release->codename, release->suite,
			    list->release.p == NULL ? SPAN("-") : list->site));
	catalogue->suite = arena_copy(&run->arena, buffer_span(&text));
	buffer_release(&text);
	catalogue->kind = apt_release_kind(release);
	name_feed(catalogue, &run->arena, false);
}

static void
reject(struct run *run, const struct deb822 *parser, const char *reason)
{
	struct output *output = &run->output;

	if (!common.skip_bad)
		die(PM_EXIT_DATA, "%s:%llu: %s", parser->file,
		    (unsigned long long)parser->line, reason);
	warning("%s:%llu: skipped: %s", parser->file,
	    (unsigned long long)parser->line, reason);
	run->rejected++;
	output_begin(output, layout_default(RECORD_REJECT, true));
	output_text(output, span_of(parser->file));
	output_number(output, parser->line);
	output_field(output, SPAN("-"));
	output_text(output, span_of(reason));
	output_text(output, deb822_get(parser, 0));
	output_end(output);
}

static struct apt_package
package_of(const struct apt_offer *offer)
{
	return (struct apt_package){.name = offer->package,
	    .arch = offer->arch,
	    .source = offer->source,
	    .version = offer->version};
}

/* Would apt take it unasked? */
static void
judge(struct run *run, const struct catalogue *catalogue,
    const struct apt_offer *offer)
{
	const struct apt_release *release = &catalogue->release;
	struct apt_package package = package_of(offer);
	struct apt_verdict *verdict = &run->verdict;

	verdict->above = SPAN("-");
	if (run->pins.count > 0)
		apt_rank_judge(&run->rank, &run->pins, &package, verdict);
	else if (!release->not_automatic)
		verdict->state = SPAN("fixed");
	else
		verdict->state = release->but_automatic_upgrades
				     ? SPAN("manual")
				     : SPAN("request");
}

static void
write_offer(struct run *run, const struct catalogue *catalogue,
    const struct apt_offer *offer)
{
	bool pinned = run->pins.count > 0;
	unsigned columns = pinned ? ADV_COLUMNS : ADV_PRIORITY;
	struct span values[ADV_COLUMNS];
	struct buffer id = {0}, pins = {0};
	char priority[sizeof("-32768")];

	buffer_add_span(&id, offer->package);
	buffer_add_byte(&id, '=');
	buffer_add_span(&id, offer->version);
	buffer_add_byte(&id, '@');
	buffer_add_span(&id, catalogue->suite);
	for (unsigned i = 0; i < ADV_COLUMNS; i++)
		values[i] = SPAN("-");
	values[ADV_ADV] = buffer_span(&id);
	values[ADV_OS] = run->target.os;
	values[ADV_RELEASE] = run->target.release;
	values[ADV_ARCH] = offer->arch;
	values[ADV_BY] = SPAN("binary");
	values[ADV_PACKAGE] = offer->package;
	values[ADV_FIXED] = offer->version;
	judge(run, catalogue, offer);
	values[ADV_STATE] = run->verdict.state;
	values[ADV_INTRODUCED] = run->verdict.above;
	if (run->verdict.installed.n > 0) {
		buffer_add_span(&pins, SPAN("pins:"));
		buffer_add_span(&pins, buffer_span(&run->verdict.installed));
		values[ADV_REQUIRES] = buffer_span(&pins);
	}
	values[ADV_FEED] = catalogue->feed;
	values[ADV_KIND] = catalogue->kind;
	values[ADV_SOURCE] = offer->source;
	values[ADV_SOURCE_VERSION] = offer->source_version;
	if (pinned) {
		snprintf(
		    priority, sizeof(priority), "%d", run->verdict.priority);
		values[ADV_PRIORITY] = span_of(priority);
	}
	output_begin(&run->output, layout_default(RECORD_ADV, pinned));
	for (unsigned i = 0; i < columns; i++)
		output_field(&run->output, values[i]);
	output_end(&run->output);
	buffer_release(&id);
	buffer_release(&pins);
}

/*
 * A list is as its Release file describes it, or it is not used: half a list
 * would make hosts look patched.
 */
static void
check_sum(const struct catalogue *catalogue, const struct bytes *bytes,
    struct span digest)
{
	const struct apt_sum *sum = apt_release_sum(
	    &catalogue->release, catalogue->list->inside);

	if (sum == NULL || (sum->size == packed_size(bytes) &&
			       span_equal(sum->sha256, digest)))
		return;
	die(PM_EXIT_DATA,
	    "%s: %llu bytes with SHA-256 %.*s, but its Release file says %llu "
	    "and %.*s; fetch the lists again (apt-get update)",
	    bytes->file, (unsigned long long)packed_size(bytes),
	    SPAN_ARG(digest), (unsigned long long)sum->size,
	    SPAN_ARG(sum->sha256));
}

/*
 * The feed record comes behind the offers of its list, when their number and
 * digest are known and the list has proved whole.
 */
static void
write_feed(
    struct run *run, const struct catalogue *catalogue, struct span digest)
{
	const struct apt_release *release = &catalogue->release;
	struct output *output = &run->output;
	char date[TIMESTAMP_SIZE];

	output_begin(output, layout_default(RECORD_FEED, true));
	output_field(output, catalogue->feed);
	output_field(output, run->target.os);
	output_field(output, run->target.release);
	output_number(output, catalogue->records);
	output_field(output,
	    release->dated ? timestamp_format(release->date, date) : SPAN("-"));
	output_field(output, digest);
	output_field(output, SPAN("repository"));
	output_text(output, release->origin);
	output_text(output, release->suite);
	output_end(output);
}

static void
write_list(struct run *run, struct catalogue *catalogue)
{
	struct bytes bytes;
	struct deb822 parser;
	struct apt_offer offer;
	struct span digest;
	char hex[DIGEST_SIZE];
	const char *reason;

	apt_lists_open(&run->lists, catalogue->list->name, &bytes);
	deb822_open(&parser, &bytes, apt_offer_wanted, APT_OFFER_FIELDS);
	while (deb822_paragraph(&parser)) {
		reason = apt_offer_take(&offer, &parser);
		if (reason != NULL) {
			reject(run, &parser, reason);
			continue;
		}
		write_offer(run, catalogue, &offer);
		catalogue->records++;
	}
	deb822_close(&parser);
	digest = packed_digest(&bytes, hex);
	check_sum(catalogue, &bytes, digest);
	write_feed(run, catalogue, digest);
	bytes_close(&bytes);
	run->records += catalogue->records;
	if (span_is(catalogue->kind, "security"))
		run->security += catalogue->records;
}

/* The server that a list is from; file names begin with it. */
static struct span
site_of(struct span stem)
{
	return span_cut(&stem, '_');
}

static void
set_archive(struct run *run, struct catalogue *catalogue)
{
	const struct apt_release *release = &catalogue->release;

	catalogue->archive = (struct apt_archive){
	    .origin = release->origin,
	    .label = release->label,
	    .suite = release->suite,
	    .codename = release->codename,
	    .version = release->version,
	    .component = catalogue->list->component,
	    .arch = catalogue->list->arch,
	    .site = site_of(catalogue->list->stem),
	};
	apt_pins_archive(&run->pins, &catalogue->archive,
	    release->not_automatic, release->but_automatic_upgrades);
}

/* Which version of a package counts depends on all lists. */
static void
rank_list(struct run *run, const struct catalogue *catalogue)
{
	struct bytes bytes;
	struct deb822 parser;
	struct apt_offer offer;

	apt_lists_open(&run->lists, catalogue->list->name, &bytes);
	deb822_open(&parser, &bytes, apt_offer_wanted, APT_OFFER_FIELDS);
	while (deb822_paragraph(&parser)) {
		struct apt_package package;
		struct apt_priority priority;

		if (apt_offer_take(&offer, &parser) != NULL)
			continue; /* will be said when it is written */
		package = package_of(&offer);
		priority = apt_pins_package(
		    &run->pins, &catalogue->archive, &package);
		apt_rank_add(&run->rank, &package, &priority);
	}
	deb822_close(&parser);
	bytes_close(&bytes);
}

static void
read_system(struct run *run, const struct tree *tree)
{
	struct release *target = &run->target;
	struct buffer text = {0};

	if (!release_read(tree, &run->arena, target) || target->os.n == 0)
		die(PM_EXIT_NOTHING,
		    "%s: no etc/os-release that names the system; name the "
		    "root of one with --root",
		    tree->path);
	stream_escape(&text, target->os);
	target->os = arena_copy(&run->arena, buffer_span(&text));
	buffer_reset(&text);
	stream_escape(&text, target->release);
	target->release = arena_copy(&run->arena, buffer_span(&text));
	buffer_release(&text);
}

static void
write_lists(struct run *run)
{
	size_t count = run->lists.count;

	run->catalogues = memory_zeroed(count, sizeof(*run->catalogues));
	for (size_t i = 0; i < count; i++) {
		run->catalogues[i].list = &run->lists.lists[i];
		read_release(run, &run->catalogues[i]);
	}
	tell_apart(run->catalogues, count, &run->arena);
	for (size_t i = 0; i < count && run->pins.count > 0; i++) {
		set_archive(run, &run->catalogues[i]);
		rank_list(run, &run->catalogues[i]);
	}
	for (size_t i = 0; i < count; i++) {
		write_list(run, &run->catalogues[i]);
		apt_release_close(&run->catalogues[i].release);
	}
	free(run->catalogues);
}

enum pm_exit
collect_apt(int argc, char **argv)
{
	int first = options_parse(&program, argc, argv);
	struct run run = {0};
	struct tree tree, given;
	enum pm_exit status;

	if (argc - first > 1)
		die(PM_EXIT_USAGE, "more than one directory: %s",
		    argv[first + 1]);
	tree_open(&tree, root);
	read_system(&run, &tree);
	if (first < argc) {
		tree_open(&given, argv[first]);
		apt_lists_read(&run.lists, &given, "/");
	} else {
		apt_lists_read(&run.lists, &tree, "/var/lib/apt/lists");
	}
	if (run.lists.count == 0)
		die(PM_EXIT_NOTHING,
		    "%s: no package lists in %s; fetch them (apt-get update)",
		    run.lists.tree->path, run.lists.directory);
	apt_pins_default(&run.pins, apt_conf_release(&tree, &run.arena));
	apt_pins_read(&run.pins, &tree);
	program_output(&run.output);
	write_lists(&run);
	if (!common.quiet)
		warning("%llu %s, %llu of them security, in %zu %s",
		    (unsigned long long)run.records,
		    PLURAL(run.records, "offer", "offers"),
		    (unsigned long long)run.security, run.lists.count,
		    PLURAL(run.lists.count, "list", "lists"));
	status = program_finish(
	    &run.output, run.rejected > 0 ? PM_EXIT_DATA : PM_EXIT_OK);
	if (first < argc)
		tree_close(&given);
	tree_close(&tree);
	apt_lists_release(&run.lists);
	apt_pins_release(&run.pins);
	apt_rank_release(&run.rank);
	buffer_release(&run.verdict.installed);
	arena_release(&run.arena);
	return status;
}
