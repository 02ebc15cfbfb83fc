/* The tracker's DSA/list and DLA/list: what each advisory fixed. */
#include "debian_fixes.h"
#include "timestamp.h"

static const struct option_row options[] = {FEED_OPTION_NAME,
    FEED_OPTION_RELEASE("only this release, by codename or number"),
    FEED_OPTION_END};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "debian-advisories [options] [FILE ...]",
    .summary = "Debian's advisories: the security tracker's DSA/list and "
	       "DLA/list",
    .examples = "pm-collect debian-advisories data/DSA/list data/DLA/list\n"
		"pm-collect debian-advisories --release bookworm DSA.list | "
		"pm-match - hosts.tsv",
    .options = options,
};

static struct lines lines;
static struct debian_advisory advisory;
static struct releases releases;
static struct buffer cves;

static void
start(void)
{
	releases_load(&releases);
	if (feed_options.release != NULL &&
	    releases_find(&releases, SPAN("debian"),
		span_of(feed_options.release)) == NULL)
		die(PM_EXIT_USAGE, "--release: '%s' is no release of Debian",
		    feed_options.release);
}

/* The release is one that the options want. */
static bool
wanted(const struct release_row *row)
{
	return feed_options.release == NULL ||
	       row == releases_find(&releases, SPAN("debian"),
			  span_of(feed_options.release));
}

static void
write_note(struct feed *feed, const struct debian_note *note, uint64_t line)
{
	const struct release_row *row = releases_find(
	    &releases, SPAN("debian"), note->release);
	struct span values[ADV_COLUMNS] = {{0}};
	char stamp[TIMESTAMP_SIZE];

	if (row == NULL) {
		feed_unused(feed,
		    "a release that the table of releases does "
		    "not have",
		    line, note->release);
		return;
	}
	if (!wanted(row))
		return;
	if (note->state == DEBIAN_MALFORMED ||
	    note->state == DEBIAN_NO_PACKAGE ||
	    note->state == DEBIAN_UNDETERMINED ||
	    !feed_is_word(note->package)) {
		feed_unused(feed,
		    "a note that says neither a version nor a "
		    "state",
		    line, advisory.name);
		return;
	}
	values[ADV_ADV] = advisory.name;
	values[ADV_OS] = row->os;
	values[ADV_RELEASE] = row->release;
	values[ADV_BY] = SPAN("source");
	values[ADV_PACKAGE] = note->package;
	values[ADV_FIXED] = note->version;
	values[ADV_STATE] = debian_state_text(note->state);
	values[ADV_SEVERITY] = note->severity;
	values[ADV_CVES] = buffer_span(&cves);
	values[ADV_TITLE] = advisory.title;
	values[ADV_KIND] = SPAN("security");
	if (advisory.dated)
		values[ADV_PUBLISHED] = timestamp_format(advisory.date, stamp);
	feed_advisory(feed, values);
}

static void
read_advisories(struct feed *feed)
{
	bool pending = false;

	lines_open(&lines, &feed->bytes);
	feed->origin = SPAN("Debian");
	while (debian_advisory_next(feed, &lines, &advisory, &pending)) {
		buffer_reset(&cves);
		list_join(&advisory.cves, &cves);
		if (advisory.dated &&
		    (!feed->dated || advisory.date > feed->date)) {
			feed->date = advisory.date;
			feed->dated = true;
		}
		if (advisory.note_count == 0)
			feed_unused(feed, "an advisory that names no package",
			    advisory.line, advisory.name);
		for (size_t i = 0; i < advisory.note_count; i++)
			write_note(
			    feed, &advisory.notes[i], advisory.note_lines[i]);
	}
}

static void
release(void)
{
	lines_release(&lines);
	debian_advisory_release(&advisory);
	releases_free(&releases);
	buffer_release(&cves);
}

const struct feed_source feed_debian_advisories = {
    .program = &program,
    .name = "debian-advisories",
    .kind = "advisories",
    .start = start,
    .read = read_advisories,
    .release = release,
};
