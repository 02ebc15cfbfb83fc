/*
 * debsecan's data, one file a release of Debian, a zlib stream.  Its only
 * specification is debsecan itself (fetch_data and class Vulnerability):
 *
 *	VERSION 1
 *	NAME,FLAGS,DESCRIPTION		vulnerabilities, counted from 0
 *
 *	PACKAGE,NUMBER,FLAGS,UNSTABLE,OTHERS
 *
 *	SOURCE,BINARY BINARY ...
 *
 * FLAGS of a package: S source or B binary; urgency L, M, H or blank; remote;
 * F when a fix is available.  A version is vulnerable when it is older than
 * UNSTABLE (or UNSTABLE is empty) and is none of OTHERS.  These are the versions
 * with the fix in all releases, whatever release the file is for (the tracker's
 * lib/python/security_db.py, calculateDebsecan1), so that the lowest of them may
 * well be that of an older release.  Hence an advisory for each range between
 * two of them, and a statement that they themselves are not affected.  Only a
 * version above all of them, which to debsecan is vulnerable when UNSTABLE is
 * empty, is taken for fixed.
 */
#include "debsecan_versions.h"
#include "feed_text.h"
#include "releases.h"

static const struct option_row options[] = {FEED_OPTION_NAME,
    FEED_OPTION_RELEASE("Debian's codename or number; else the file's name"),
    FEED_OPTION_END};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "debsecan [options] [FILE ...]",
    .summary = "debsecan's data for one release of Debian",
    .examples = "pm-collect debsecan bookworm >debian.tsv\n"
		"curl -s URL/release/1/bookworm | "
		"pm-collect debsecan --release bookworm | pm-match - hosts.tsv",
    .options = options,
};

struct names {
	struct arena arena;
	struct span *name;
	size_t count, capacity;
	bool sorted;
};

/* A version with the fix of a flaw that lies between vulnerable ones. */
struct unaffected {
	bool source;	  /* names a source package */
	uint32_t version; /* its number */
	uint32_t flaw;	  /* its place in the list */
};

/* Those of the package at hand. */
static struct {
	struct buffer package;
	struct unaffected *items;
	size_t count, capacity;
} unaffected;

/* Where the ranges of vulnerable versions end. */
static struct {
	uint32_t *versions;
	size_t count, capacity;
} ends;

static struct versions versions;
static struct lines lines;
static struct names names;
static struct releases releases;

static struct span
file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return span_of(slash != NULL ? slash + 1 : path);
}

static struct span
release_of(const struct feed *feed)
{
	const struct release_row *row;
	struct span name;

	if (releases.count == 0)
		releases_load(&releases);
	name = feed_options.release != NULL ? span_of(feed_options.release)
					    : file_name(feed->file);
	row = releases_find(&releases, SPAN("debian"), name);
	if (row == NULL)
		die(PM_EXIT_USAGE,
		    "%s: '%.*s' is no release of Debian; the data does not say "
		    "which one it is for: name it with --release",
		    feed->file, SPAN_ARG(name));
	return row->release;
}

static void
read_names(struct feed *feed)
{
	struct span rest;

	if (!feed_line(feed, &lines) || !span_is(lines.line, "VERSION 1"))
		feed_fail(feed, 1,
		    "the first line is not VERSION 1: it is not debsecan's "
		    "data, or of a newer version");
	names.count = 0;
	names.sorted = true;
	while (feed_line(feed, &lines) && lines.line.n > 0) {
		rest = lines.line;
		names.name = memory_grow(names.name, &names.capacity,
		    names.count + 1, sizeof(*names.name));
		names.name[names.count] = arena_copy(
		    &names.arena, span_cut(&rest, ','));
		if (names.count > 0 && span_compare(names.name[names.count - 1],
					   names.name[names.count]) >= 0)
			names.sorted = false;
		names.count++;
		if (rest.p == NULL)
			feed_fail(feed, lines.number, "not NAME,FLAGS,TEXT");
	}
	if (lines.line.n > 0)
		feed_fail(feed, 0, "it ends within the vulnerabilities");
}

static void
add_end(uint32_t version)
{
	ends.versions = memory_grow(ends.versions, &ends.capacity,
	    ends.count + 1, sizeof(*ends.versions));
	ends.versions[ends.count++] = version;
}

/*
 * Where the ranges of vulnerable versions end: those of OTHERS that are below
 * UNSTABLE, then that.
 */
static void
find_ends(struct feed *feed, struct span unstable, struct span others)
{
	uint32_t last = versions_add(&versions, unstable);

	ends.count = 0;
	while (others.p != NULL) {
		struct span other = span_cut(&others, ' ');
		uint32_t number;

		if (other.n == 0)
			continue;
		number = versions_add(&versions, other);
		if (!versions.items[number].valid)
			feed_unused(feed, "a version that cannot be compared",
			    lines.number, other);
		else if (unstable.n == 0 ||
			 (versions.items[last].valid &&
			     version_less(&versions, number, last)))
			add_end(number);
	}
	versions_sort(&versions, ends.versions, ends.count);
	if (unstable.n > 0)
		add_end(last);
}

static struct span
severity_of(char flag)
{
	switch (flag) {
	case 'L':
		return SPAN("low");
	case 'M':
		return SPAN("medium");
	case 'H':
		return SPAN("high");
	default:
		return SPAN("");
	}
}

static void
add_unaffected(bool source, uint32_t version, uint32_t flaw)
{
	unaffected.items = memory_grow(unaffected.items, &unaffected.capacity,
	    unaffected.count + 1, sizeof(*unaffected.items));
	unaffected.items[unaffected.count++] = (struct unaffected){
	    source, version, flaw};
}

/* By bytes, since that is how the records and their lists stand. */
static int
order_unaffected(const void *left, const void *right)
{
	const struct unaffected *a = left;
	const struct unaffected *b = right;
	int order = a->source - b->source;

	if (order == 0 && a->version != b->version)
		order = span_compare(version_text(&versions, a->version),
		    version_text(&versions, b->version));
	if (order == 0 && a->flaw != b->flaw)
		order = names.sorted ? (a->flaw > b->flaw ? 1 : -1)
				     : span_compare(names.name[a->flaw],
					   names.name[b->flaw]);
	return order;
}

/* The statements on the package whose lines have just ended. */
static void
write_unaffected(struct feed *feed, struct span release)
{
	struct span values[ADV_COLUMNS] = {{0}};
	struct buffer flaws = {0};
	const struct unaffected *all = unaffected.items;

	if (unaffected.count > 1)
		qsort(unaffected.items, unaffected.count,
		    sizeof(*unaffected.items), order_unaffected);
	values[ADV_OS] = SPAN("debian");
	values[ADV_RELEASE] = release;
	values[ADV_PACKAGE] = buffer_span(&unaffected.package);
	values[ADV_STATE] = SPAN("not_affected");
	values[ADV_KIND] = SPAN("security");
	for (size_t i = 0, next; i < unaffected.count; i = next) {
		buffer_reset(&flaws);
		for (next = i; next < unaffected.count &&
			       all[next].source == all[i].source &&
			       all[next].version == all[i].version;
		     next++) {
			if (next > i)
				buffer_add_byte(&flaws, ',');
			buffer_add_span(&flaws, names.name[all[next].flaw]);
		}
		values[ADV_ADV] = values[ADV_INTRODUCED] = values[ADV_FIXED] =
		    version_text(&versions, all[i].version);
		values[ADV_BY] = all[i].source ? SPAN("source")
					       : SPAN("binary");
		values[ADV_CVES] = buffer_span(&flaws);
		feed_advisory(feed, values);
	}
	buffer_release(&flaws);
	unaffected.count = 0;
}

static void
write_ranges(struct feed *feed, struct span *values, bool source, uint32_t flaw)
{
	values[ADV_BY] = source ? SPAN("source") : SPAN("binary");
	values[ADV_STATE] = ends.count > 0 ? SPAN("fixed") : SPAN("affected");
	if (ends.count == 0)
		feed_advisory(feed, values);
	for (size_t i = 0; i < ends.count; i++) {
		values[ADV_FIXED] = version_text(&versions, ends.versions[i]);
		feed_advisory(feed, values);
		if (i + 1 < ends.count)
			add_unaffected(source, ends.versions[i], flaw);
		values[ADV_INTRODUCED] = values[ADV_FIXED];
	}
}

static void
read_package(struct feed *feed, struct span release)
{
	struct span values[ADV_COLUMNS] = {{0}};
	struct span rest = lines.line;
	struct span package = span_cut(&rest, ',');
	struct span number = span_cut(&rest, ',');
	struct span flags = span_cut(&rest, ',');
	struct span unstable = span_cut(&rest, ',');
	uint64_t at;

	if (rest.p == NULL || flags.n < 4 || !span_number(number, &at) ||
	    at >= names.count || (flags.p[0] != 'S' && flags.p[0] != 'B'))
		feed_fail(feed, lines.number,
		    "not PACKAGE,NUMBER,FLAGS,VERSION,VERSIONS");
	if (!feed_is_word(package) || !feed_is_word(names.name[at])) {
		feed_unused(feed, "no name of a package or vulnerability",
		    lines.number, package);
		return;
	}
	if (!span_equal(package, buffer_span(&unaffected.package))) {
		write_unaffected(feed, release);
		versions_next_package(&versions);
		buffer_reset(&unaffected.package);
		buffer_add_span(&unaffected.package, package);
	}
	values[ADV_ADV] = values[ADV_CVES] = names.name[at];
	values[ADV_OS] = SPAN("debian");
	values[ADV_RELEASE] = release;
	values[ADV_PACKAGE] = package;
	values[ADV_SEVERITY] = severity_of(flags.p[1]);
	values[ADV_KIND] = SPAN("security");
	find_ends(feed, unstable, rest);
	write_ranges(feed, values, flags.p[0] == 'S', (uint32_t)at);
}

static void
read_debsecan(struct feed *feed)
{
	struct span release = release_of(feed);
	bool more;

	lines_open(&lines, &feed->bytes);
	read_names(feed);
	feed->origin = SPAN("Debian");
	feed_covers(feed, SPAN("debian"), release);
	while ((more = feed_line(feed, &lines)) && lines.line.n > 0)
		read_package(feed, release);
	write_unaffected(feed, release);
	buffer_reset(&unaffected.package);
	if (!more)
		feed_fail(feed, 0, "it ends within the packages");
	/* which binaries a source has: pkg records know that themselves */
	while (feed_line(feed, &lines))
		if (lines.line.n > 0 && span_find(lines.line, ',') == NULL)
			feed_fail(feed, lines.number, "not SOURCE,BINARIES");
	arena_release(&names.arena);
}

static void
release(void)
{
	lines_release(&lines);
	free(ends.versions);
	memset(&ends, 0, sizeof(ends));
	versions_release(&versions);
	buffer_release(&unaffected.package);
	free(unaffected.items);
	memset(&unaffected, 0, sizeof(unaffected));
	arena_release(&names.arena);
	free(names.name);
	names = (struct names){0};
	releases_free(&releases);
}

const struct feed_source feed_debsecan = {
    .program = &program,
    .name = "debsecan",
    .kind = "advisories",
    .zlib = true,
    .read = read_debsecan,
    .release = release,
};
