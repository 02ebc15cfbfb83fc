/* Feeds that are text by the line, with the errors that all of them have. */
#ifndef PM_FEED_TEXT_H
#define PM_FEED_TEXT_H

#include "feed.h"
#include "lines.h"

enum { FEED_TSV_COLUMNS = 16 };

/* The next line; false at the end.  A cut or endless one is status 65. */
bool feed_line(struct feed *feed, struct lines *lines);

/*
 * Lines of fields with tabs between them, below a header line that begins with
 * "#" and names them.
 */
struct feed_tsv {
	struct lines lines;
	unsigned column[FEED_TSV_COLUMNS]; /* where each wanted one is */
	unsigned count;
	struct span field[FEED_TSV_COLUMNS]; /* of the row, as wanted */
};

/* As feed_csv_open() and feed_csv_next() for CSV. */
void feed_tsv_open(
    struct feed_tsv *tsv, struct feed *feed, const char *const *wanted);
bool feed_tsv_next(struct feed_tsv *tsv, struct feed *feed);

#endif
