/*
 * The tracker's CVE/list.  A note of a release speaks for it; what a release
 * has no note for is fixed where an advisory fixed it (--advisories), else from
 * the version on that fixed it in unstable.
 */
#include "debian_fixes.h"
#include "hash.h"
#include "intern.h"
#include "timestamp.h"
#include "version.h"

static struct list advisory_files;
static struct lines lines;
static struct releases releases;

static void
add_advisories(const char *file)
{
	list_add(&advisory_files, span_of(file));
}

static const struct option_row options[] = {FEED_OPTION_NAME,
    FEED_OPTION_RELEASE("these, comma-joined; else all that have support"),
    {0, "advisories", "FILE", "DSA/list or DLA/list; may be repeated", NULL,
	NULL, add_advisories, NULL},
    FEED_OPTION_END};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "debian-list [options] [FILE ...]",
    .summary = "Debian's vulnerabilities: the security tracker's CVE/list",
    .examples = "pm-collect debian-list --advisories data/DSA/list "
		"--advisories data/DLA/list data/CVE/list\n"
		"pm-collect debian-list --release bookworm CVE.list | "
		"pm-match - hosts.tsv",
    .options = options,
};

/* ---- what advisories fixed */

static struct {
	struct intern keys;   /* CVE, package and codename with tabs between */
	struct span *version; /* by number of the key */
	bool *used;
	size_t capacity, used_capacity;
	struct arena text;
	struct buffer key;
	struct debian_advisory advisory;
	struct feed feed;
} fixes;

static struct span
fix_key(struct span cve, struct span package, struct span codename)
{
	buffer_reset(&fixes.key);
	buffer_add_span(&fixes.key, cve);
	buffer_add_byte(&fixes.key, '\t');
	buffer_add_span(&fixes.key, package);
	buffer_add_byte(&fixes.key, '\t');
	buffer_add_span(&fixes.key, codename);
	return buffer_span(&fixes.key);
}

/* Of several advisories the last one counts: the earlier fix was not whole. */
static void
add_fix(struct span cve, const struct debian_note *note)
{
	size_t known = fixes.keys.count;
	uint32_t at = intern_add(
	    &fixes.keys, fix_key(cve, note->package, note->release));

	fixes.version = memory_grow(fixes.version, &fixes.capacity,
	    fixes.keys.count, sizeof(*fixes.version));
	fixes.used = memory_grow(fixes.used, &fixes.used_capacity,
	    fixes.keys.count, sizeof(*fixes.used));
	if (fixes.keys.count != known ||
	    version_compare(VERSION_DEB, note->version, fixes.version[at]) ==
		VERSION_GREATER)
		fixes.version[at] = arena_copy(&fixes.text, note->version);
	fixes.used[at] = false;
}

static void
read_fixes(const struct feed_source *source, const char *file)
{
	struct debian_advisory *advisory = &fixes.advisory;
	struct feed *feed = &fixes.feed;
	bool pending = false;

	feed_open(feed, source, file);
	lines_open(&lines, &feed->bytes);
	while (debian_advisory_next(feed, &lines, advisory, &pending)) {
		list_sort(&advisory->cves);
		for (size_t i = 0; i < advisory->note_count; i++) {
			const struct debian_note *note = &advisory->notes[i];

			if (note->state != DEBIAN_FIXED ||
			    note->release.n == 0 ||
			    !feed_is_word(note->package))
				continue;
			for (size_t k = 0; k < advisory->cves.count; k++)
				add_fix(advisory->cves.item[k], note);
		}
	}
	bytes_close(&feed->bytes);
}

/* The version with the fix; empty when no advisory speaks of it. */
static struct span
find_fix(struct span cve, struct span package, struct span codename)
{
	uint32_t at;

	if (!intern_find(&fixes.keys, fix_key(cve, package, codename), &at) ||
	    at == 0)
		return SPAN("");
	fixes.used[at] = true;
	return fixes.version[at];
}

/* ---- releases that are wanted */

static struct {
	const struct release_row **row;
	size_t count, capacity;
} wanted;

static void
want(const struct release_row *row)
{
	wanted.row = memory_grow(wanted.row, &wanted.capacity, wanted.count + 1,
	    sizeof(struct release_row *));
	wanted.row[wanted.count++] = row;
}

static void
want_releases(void)
{
	struct span rest;

	if (feed_options.release != NULL) {
		rest = span_of(feed_options.release);
		while (rest.p != NULL) {
			struct span name = span_cut(&rest, ',');
			const struct release_row *row = releases_find(
			    &releases, SPAN("debian"), name);

			if (row == NULL)
				die(PM_EXIT_USAGE,
				    "--release: '%.*s' is no release of Debian",
				    SPAN_ARG(name));
			want(row);
		}
		return;
	}
	for (size_t i = 0; i < releases.count; i++) {
		const struct release_row *row = &releases.rows[i];

		if (span_is(row->os, "debian") && row->eol != INT64_MAX &&
		    row->eol >= timestamp_now())
			want(row);
	}
}

extern const struct feed_source feed_debian_list;

static void
start(void)
{
	releases_load(&releases);
	want_releases();
	if (wanted.count == 0)
		die(PM_EXIT_USAGE, "no release of Debian has support today; "
				   "name one with --release");
	for (size_t i = 0; i < advisory_files.count; i++)
		read_fixes(&feed_debian_list, advisory_files.item[i].p);
}

/* ---- the list */

/* What the list says below one name. */
static struct {
	struct span name;
	uint64_t line;
	struct arena text;
	struct debian_note *notes;
	size_t count, capacity;
	struct span reason; /* of an entry without packages */
	bool referred;	    /* it names advisories */
} entry;

static uint64_t unread; /* entries whose advisories were not given */

static const struct debian_note *
find_note(struct span package, struct span codename)
{
	for (size_t i = 0; i < entry.count; i++)
		if (span_equal(entry.notes[i].package, package) &&
		    span_equal(entry.notes[i].release, codename))
			return &entry.notes[i];
	return NULL;
}

/* What holds for a release; false when the list does not say. */
static bool
decide(const struct debian_note *explicit, const struct debian_note *unstable,
    struct span fix, struct debian_note *verdict)
{
	if (explicit != NULL) {
		*verdict = *explicit;
		if (unstable != NULL && verdict->severity.n == 0)
			verdict->severity = unstable->severity;
		/* whoever has that version by other ways is safe */
		if (verdict->version.n == 0 && unstable != NULL &&
		    unstable->state == DEBIAN_FIXED &&
		    verdict->state != DEBIAN_NOT_AFFECTED)
			verdict->version = unstable->version;
		return true;
	}
	if (unstable != NULL)
		*verdict = *unstable;
	if (fix.n > 0) {
		verdict->state = DEBIAN_FIXED;
		verdict->version = fix;
	}
	return unstable != NULL || fix.n > 0;
}

static void
write_verdict(struct feed *feed, struct span name, struct span package,
    const struct release_row *row, const struct debian_note *verdict)
{
	struct span values[ADV_COLUMNS] = {{0}};

	values[ADV_ADV] = name;
	values[ADV_OS] = row->os;
	values[ADV_RELEASE] = row->release;
	values[ADV_BY] = SPAN("source");
	values[ADV_PACKAGE] = package;
	values[ADV_FIXED] = verdict->version;
	values[ADV_STATE] = debian_state_text(verdict->state);
	values[ADV_SEVERITY] = verdict->severity;
	if (feed_is_cve(name))
		values[ADV_CVES] = name;
	values[ADV_KIND] = SPAN("security");
	feed_advisory(feed, values);
}

static bool
usable(struct feed *feed, const struct debian_note *verdict)
{
	const char *reason = NULL;

	if (verdict->state == DEBIAN_UNDETERMINED)
		reason = "undetermined: nobody has looked at it yet";
	else if (verdict->state == DEBIAN_NO_PACKAGE)
		reason = "Debian does not have the package yet";
	else if (verdict->state == DEBIAN_MALFORMED ||
		 !feed_is_word(verdict->package))
		reason = "a note that says neither a version nor a state";
	if (reason != NULL)
		feed_unused(feed, reason, entry.line, entry.name);
	return reason == NULL;
}

static void
write_package(struct feed *feed, struct span package)
{
	const struct debian_note *unstable = find_note(package, SPAN(""));
	bool said = false;

	for (size_t i = 0; i < wanted.count; i++) {
		const struct release_row *row = wanted.row[i];
		struct debian_note verdict = {.package = package};

		if (!decide(find_note(package, row->codename), unstable,
			find_fix(entry.name, package, row->codename), &verdict))
			continue;
		if (usable(feed, &verdict))
			write_verdict(feed, entry.name, package, row, &verdict);
		else if (unstable != NULL && unstable->state == verdict.state)
			return; /* and so for the other releases */
		said = true;
	}
	if (!said)
		feed_unused(feed, "speaks of no release that is wanted",
		    entry.line, entry.name);
}

static void
write_entry(struct feed *feed)
{
	if (entry.name.n == 0)
		return;
	for (size_t i = 0; i < entry.count; i++)
		if (i == 0 || find_note(entry.notes[i].package,
				  entry.notes[i].release) == &entry.notes[i]) {
			bool seen = false;

			for (size_t k = 0; k < i && !seen; k++)
				seen = span_equal(entry.notes[k].package,
				    entry.notes[i].package);
			if (!seen)
				write_package(feed, entry.notes[i].package);
		}
	if (entry.referred && fixes.keys.count == 0)
		unread++;
}

/* Why an entry has no packages, from its first word. */
static const char *
reason_of(struct span word)
{
	if (span_starts(word, SPAN("NOT-FOR-US")))
		return "NOT-FOR-US: software that Debian does not have";
	if (span_starts(word, SPAN("REJECTED")))
		return "REJECTED: no vulnerability";
	if (span_starts(word, SPAN("RESERVED")))
		return "RESERVED: not published yet";
	if (span_starts(word, SPAN("TODO")))
		return "TODO: nobody has looked at it yet";
	return "names no package";
}

static void
begin_entry(struct feed *feed)
{
	struct span rest = lines.line;
	struct span name = span_cut(&rest, ' ');

	arena_reset(&entry.text);
	entry.count = 0;
	entry.referred = false;
	entry.reason = SPAN("");
	entry.line = lines.number;
	if (!span_starts(name, SPAN("CVE-")) || !feed_is_word(name))
		feed_fail(feed, lines.number,
		    "neither a CVE name nor an indented line: it is not the "
		    "tracker's CVE/list");
	entry.name = arena_copy(&entry.text, name);
}

static void
take_line(struct feed *feed)
{
	struct span line = span_trim(lines.line);
	struct debian_note note;

	if (entry.name.n == 0)
		feed_fail(feed, lines.number,
		    "an indented line with no CVE above it");
	if (span_starts(line, SPAN("{"))) {
		entry.referred = entry.referred ||
				 memmem(line.p, line.n, "DSA-", 4) != NULL ||
				 memmem(line.p, line.n, "DLA-", 4) != NULL;
		return;
	}
	if (entry.reason.n == 0)
		entry.reason = arena_copy(&entry.text, line);
	if (!span_starts(line, SPAN("-")) && !span_starts(line, SPAN("[")))
		return;
	if (!debian_note_parse(arena_copy(&entry.text, line), &note))
		return;
	entry.notes = memory_grow(entry.notes, &entry.capacity, entry.count + 1,
	    sizeof(*entry.notes));
	entry.notes[entry.count++] = note;
}

static void
end_entry(struct feed *feed)
{
	if (entry.name.n > 0 && entry.count == 0)
		feed_unused(
		    feed, reason_of(entry.reason), entry.line, entry.name);
	else
		write_entry(feed);
}

/* Advisories may fix packages that the list does not name. */
static void
write_other_fixes(struct feed *feed)
{
	for (uint32_t at = 1; at < fixes.keys.count; at++) {
		struct span rest = intern_span(&fixes.keys, at);
		struct debian_note verdict = {
		    .version = fixes.version[at], .state = DEBIAN_FIXED};
		struct span name = span_cut(&rest, '\t');
		struct span package = span_cut(&rest, '\t');

		if (fixes.used[at])
			continue;
		for (size_t i = 0; i < wanted.count; i++)
			if (span_equal(rest, wanted.row[i]->codename))
				write_verdict(feed, name, package,
				    wanted.row[i], &verdict);
	}
}

static void
read_list(struct feed *feed)
{
	lines_open(&lines, &feed->bytes);
	feed->origin = SPAN("Debian");
	entry.name = SPAN("");
	unread = 0;
	for (size_t i = 0; i < wanted.count; i++)
		feed_covers(feed, SPAN("debian"), wanted.row[i]->release);
	while (feed_line(feed, &lines)) {
		if (lines.line.n == 0)
			continue;
		if (lines.line.p[0] == ' ' || lines.line.p[0] == '\t') {
			take_line(feed);
			continue;
		}
		end_entry(feed);
		begin_entry(feed);
	}
	if (entry.name.n == 0)
		feed_fail(feed, 0, "it is empty");
	end_entry(feed);
	write_other_fixes(feed);
	if (unread > 0)
		warning("%s: %llu %s to advisories; without "
			"--advisories the fixes of a release count only from "
			"unstable's version on",
		    feed->file, (unsigned long long)unread,
		    PLURAL(unread, "entry refers", "entries refer"));
}

static void
release(void)
{
	lines_release(&lines);
	releases_free(&releases);
	arena_release(&entry.text);
	free(entry.notes);
	entry.notes = NULL;
	entry.capacity = 0;
	intern_release(&fixes.keys);
	free(fixes.version);
	free(fixes.used);
	fixes.version = NULL;
	fixes.used = NULL;
	fixes.capacity = fixes.used_capacity = 0;
	arena_release(&fixes.text);
	buffer_release(&fixes.key);
	debian_advisory_release(&fixes.advisory);
	feed_release(&fixes.feed);
	list_release(&advisory_files);
	free(wanted.row);
	wanted.row = NULL;
	wanted.count = wanted.capacity = 0;
}

const struct feed_source feed_debian_list = {
    .program = &program,
    .name = "debian-list",
    .kind = "advisories",
    .start = start,
    .read = read_list,
    .release = release,
};
