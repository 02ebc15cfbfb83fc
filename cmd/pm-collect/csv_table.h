/*
 * Rows of a CSV file (RFC 4180), read through libcsv in its strict mode: a
 * quote within an unquoted field or text behind a closing quote is an error.
 * Beyond RFC 4180: LF ends a line as well as CR LF, a byte order mark of UTF-8
 * is skipped, the separator can be chosen, blanks around an unquoted field do
 * not count, and rows without any text are left out.
 */
#ifndef PM_CSV_TABLE_H
#define PM_CSV_TABLE_H

#include <csv.h>

#include "bytes.h"

enum {
	CSV_FIELDS_MAX = 256,
	CSV_ROW_MAX = 256 * 1024 /* bytes of a row as it stands in the file */
};

enum csv_status {
	CSV_ROW, /* a row was read */
	CSV_END, /* a clean end of input */
	CSV_BAD, /* a malformed row, see reason; reading may go on behind it */
	CSV_FAILED /* reading failed; see errno */
};

struct csv_table {
	/* the row */
	uint64_t line; /* where it starts, from 1 */
	unsigned count;
	struct span field[CSV_FIELDS_MAX]; /* valid until the next row */
	const char *reason;

	/* the reader's own */
	struct csv_parser parser;
	struct bytes *bytes;
	struct buffer input; /* read, not yet handed to libcsv from `at` on */
	size_t at;
	bool ended;
	bool cut; /* the last row has no newline */
	uint64_t lines;
	struct buffer text; /* of the row's fields, one behind the other */
	size_t ends[CSV_FIELDS_MAX];
	unsigned fields;
	size_t taken; /* bytes of the row so far */
	bool complete;
};

void csv_table_open(
    struct csv_table *table, struct bytes *bytes, unsigned char separator);
enum csv_status csv_table_next(struct csv_table *table);
void csv_table_close(struct csv_table *table);

#endif
