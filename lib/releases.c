#include "releases.h"

#include <fcntl.h>
#include <unistd.h>

#include "datadir.h"
#include "input.h"
#include "timestamp.h"

/* The columns are those of a type that the stream's schema does not know. */
enum { OS, RELEASE, CODENAME, EOL, COLUMNS };
static const char *const names[COLUMNS] = {"os", "release", "codename", "eol"};

static void
find_columns(const struct record *record, unsigned *at)
{
	struct span rest = record->layout->header;
	unsigned found = 0;

	span_cut(&rest, '\t');
	for (unsigned field = 1; rest.p != NULL; field++) {
		struct span name = span_cut(&rest, '\t');

		for (unsigned i = 0; i < COLUMNS; i++)
			if (span_is(name, names[i])) {
				at[i] = field;
				found++;
			}
	}
	if (found != COLUMNS)
		die(PM_EXIT_DATA,
		    "%s: the release records have no header with os, release, "
		    "codename and eol",
		    record_where(record));
}

static void
add_row(struct releases *releases, const struct record *record)
{
	unsigned at[COLUMNS] = {0};
	struct release_row *row;
	struct span eol;

	find_columns(record, at);
	releases->rows = memory_grow(releases->rows, &releases->capacity,
	    releases->count + 1, sizeof(*releases->rows));
	row = &releases->rows[releases->count++];
	row->os = arena_copy(&releases->arena, record_field(record, at[OS]));
	row->release = arena_copy(
	    &releases->arena, record_field(record, at[RELEASE]));
	row->codename = arena_copy(
	    &releases->arena, record_field(record, at[CODENAME]));
	row->eol = INT64_MAX;
	eol = record_field(record, at[EOL]);
	if (!span_absent(eol) && !timestamp_parse(eol, &row->eol))
		die(PM_EXIT_DATA, "%s: eol is no date such as 2026-11-23",
		    record_where(record));
}

void
releases_load(struct releases *releases)
{
	char *path = datadir_find("PM_RELEASES", "releases.tsv");
	struct input input;
	struct record record;

	if (access(path, R_OK) == -1)
		die_errno(PM_EXIT_NOTHING,
		    "%s: the table of releases; install it, or name one with "
		    "PM_RELEASES",
		    path);
	input_open(&input, 1, &path, NULL, false);
	while (input_next(&input, &record))
		if (span_is(record.layout->name, "release"))
			add_row(releases, &record);
	input_finish(&input);
	free(path);
}

bool
release_shorten(struct span os, struct span *release)
{
	if (span_starts(os, SPAN("sle")) || span_starts(os, SPAN("opensuse")))
		return false;
	for (size_t i = release->n; i-- > 1;)
		if (release->p[i] == '.') {
			release->n = i;
			return true;
		}
	return false;
}

static const struct release_row *
find_row(const struct releases *releases, struct span os, struct span release)
{
	for (size_t i = 0; i < releases->count; i++) {
		const struct release_row *row = &releases->rows[i];

		if (span_equal(row->os, os) &&
		    (span_equal(row->release, release) ||
			span_equal(row->codename, release)))
			return row;
	}
	return NULL;
}

const struct release_row *
releases_find(
    const struct releases *releases, struct span os, struct span release)
{
	const struct release_row *row = find_row(releases, os, release);

	while (row == NULL && release_shorten(os, &release))
		row = find_row(releases, os, release);
	return row;
}

void
releases_free(struct releases *releases)
{
	free(releases->rows);
	arena_release(&releases->arena);
	*releases = (struct releases){0};
}
