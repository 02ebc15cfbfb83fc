/* Feeds that are CSV with a header row: columns by name. */
#ifndef PM_FEED_CSV_H
#define PM_FEED_CSV_H

#include "csv_table.h"
#include "feed.h"

enum { FEED_CSV_COLUMNS = 16 };

struct feed_csv {
	struct csv_table table;
	struct feed *feed;
	unsigned column[FEED_CSV_COLUMNS]; /* where each wanted one is */
	unsigned count;			   /* fields of every row */
	bool open;
};

/*
 * Start on the feed's bytes.  A first row that begins with "#" is a comment: the
 * field of it that begins with "key:", without that, is returned and lives as
 * long as the feed is read; else an empty one.  A file without a header row that has the
 * wanted columns (an array that ends in NULL) is no such feed: status 65.
 */
struct span feed_csv_open(struct feed_csv *csv, struct feed *feed,
    const char *const *wanted, struct span key);

/*
 * Before the first row: is there a column that some editions do not have?  Its
 * number is that for csv->table.field.
 */
bool feed_csv_has(
    const struct feed_csv *csv, const char *name, unsigned *column);

/*
 * The next row; false at the end.  A malformed one is status 65; one that begins
 * with "#" and has another number of fields is a comment.
 */
bool feed_csv_next(struct feed_csv *csv);

static inline struct span
feed_csv_get(const struct feed_csv *csv, unsigned wanted)
{
	return csv->table.field[csv->column[wanted]];
}

void feed_csv_release(struct feed_csv *csv);

#endif
