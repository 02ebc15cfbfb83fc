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
 * UNSTABLE (or UNSTABLE is empty) and is none of OTHERS.  OTHERS are the
 * versions of the release's own archives that have the fix, so here the lowest
 * of them is taken for the fixed version: versions between two of them, which
 * the archive no longer has, are fixed too.
 */
#include "feed_text.h"
#include "releases.h"
#include "version.h"

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
};

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
	while (feed_line(feed, &lines) && lines.line.n > 0) {
		rest = lines.line;
		names.name = memory_grow(names.name, &names.capacity,
		    names.count + 1, sizeof(*names.name));
		names.name[names.count++] = arena_copy(
		    &names.arena, span_cut(&rest, ','));
		if (rest.p == NULL)
			feed_fail(feed, lines.number, "not NAME,FLAGS,TEXT");
	}
	if (lines.line.n > 0)
		feed_fail(feed, 0, "it ends within the vulnerabilities");
}

/* The version from which on it is fixed; empty when there is none. */
static struct span
fixed_version(struct feed *feed, struct span unstable, struct span others)
{
	struct span fixed = unstable;

	while (others.p != NULL) {
		struct span other = span_cut(&others, ' ');
		enum version_order order;

		if (other.n == 0)
			continue;
		order = fixed.n == 0
			    ? VERSION_LESS
			    : version_compare(VERSION_DEB, other, fixed);
		if (order == VERSION_INVALID)
			feed_unused(feed, "a version that cannot be compared",
			    lines.number, other);
		if (order == VERSION_LESS)
			fixed = other;
	}
	return fixed;
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
	values[ADV_ADV] = names.name[at];
	values[ADV_OS] = SPAN("debian");
	values[ADV_RELEASE] = release;
	values[ADV_BY] = flags.p[0] == 'B' ? SPAN("binary") : SPAN("source");
	values[ADV_PACKAGE] = package;
	values[ADV_FIXED] = fixed_version(feed, unstable, rest);
	values[ADV_STATE] = values[ADV_FIXED].n > 0 ? SPAN("fixed")
						    : SPAN("affected");
	values[ADV_SEVERITY] = severity_of(flags.p[1]);
	if (feed_is_cve(names.name[at]))
		values[ADV_CVES] = names.name[at];
	values[ADV_KIND] = SPAN("security");
	feed_advisory(feed, values);
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
