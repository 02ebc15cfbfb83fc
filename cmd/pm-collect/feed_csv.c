#include "feed_csv.h"

static bool
next(struct feed_csv *csv)
{
	struct csv_table *table = &csv->table;

	switch (csv_table_next(table)) {
	case CSV_ROW:
		if (table->cut)
			feed_fail(csv->feed, table->line,
			    "the last line has no newline: the file is cut "
			    "off");
		return true;
	case CSV_END:
		return false;
	case CSV_FAILED:
		die_errno(PM_EXIT_IO, "%s", csv->feed->file);
	case CSV_BAD:
		break;
	}
	feed_fail(csv->feed, table->line, "%s", table->reason);
}

/* The value behind key in a row that is a comment. */
static struct span
take_comment(const struct feed_csv *csv, struct span key)
{
	for (unsigned i = 0; i < csv->table.count; i++) {
		struct span field = csv->table.field[i];

		if (span_starts(field, key))
			return arena_copy(
			    &csv->feed->arena, span_skip(field, key.n));
	}
	return SPAN("");
}

bool
feed_csv_has(const struct feed_csv *csv, const char *name, unsigned *column)
{
	const struct csv_table *table = &csv->table;

	for (*column = 0; *column < table->count; (*column)++)
		if (span_is(span_trim(table->field[*column]), name))
			return true;
	return false;
}

static void
take_header(struct feed_csv *csv, const char *const *wanted)
{
	struct csv_table *table = &csv->table;

	for (unsigned i = 0; wanted[i] != NULL; i++) {
		if (!feed_csv_has(csv, wanted[i], &csv->column[i]))
			feed_fail(csv->feed, table->line,
			    "no column '%s' in the header row: it is not what "
			    "pm-collect %s reads",
			    wanted[i], csv->feed->source->name);
	}
	csv->count = table->count;
}

struct span
feed_csv_open(struct feed_csv *csv, struct feed *feed,
    const char *const *wanted, struct span key)
{
	struct span comment = SPAN("");

	csv_table_open(&csv->table, &feed->bytes, ',');
	csv->feed = feed;
	csv->open = true;
	if (!next(csv))
		feed_fail(feed, 0, "it is empty");
	if (span_starts(csv->table.field[0], SPAN("#"))) {
		comment = take_comment(csv, key);
		if (!next(csv))
			feed_fail(feed, csv->table.line, "no header row");
	}
	take_header(csv, wanted);
	return comment;
}

bool
feed_csv_next(struct feed_csv *csv)
{
	const struct csv_table *table = &csv->table;

	do {
		if (!next(csv))
			return false;
	} while (table->count != csv->count &&
		 span_starts(table->field[0], SPAN("#")));
	if (table->count != csv->count)
		feed_fail(csv->feed, csv->table.line,
		    "%u %s where the header row has %u: it may be cut off",
		    table->count, PLURAL(table->count, "field", "fields"),
		    csv->count);
	return true;
}

void
feed_csv_release(struct feed_csv *csv)
{
	if (csv->open)
		csv_table_close(&csv->table);
	csv->open = false;
}
