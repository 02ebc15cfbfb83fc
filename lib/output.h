/*
 * Writing the stream.  One output is made per program, on standard output or a
 * file; it buffers 256 KiB, writes each type's header before its first record
 * and again when the layout changes, and passes through vis(3) on a terminal.
 * A failed write ends the program with status 74.
 */
#ifndef PM_OUTPUT_H
#define PM_OUTPUT_H

#include "stream.h"

struct output {
	int fd;
	const char *file; /* for messages */
	struct buffer pending;
	bool headers; /* false after -N */
	bool terminal;
	const struct layout *current[RECORD_TYPES]; /* header last written */
	struct output_other *others; /* the same for types not known */
	size_t other_count;
	/* while a record is being written */
	const struct layout *layout;
	unsigned field;
	uint64_t records[RECORD_TYPES]; /* written so far, by type */
};

/* Start writing to fd, which the caller keeps open until output_close(). */
void output_open(struct output *output, int fd, const char *file, bool headers);

/* Copy a record as it stands, byte for byte. */
void output_pass(struct output *output, const struct record *record);

/*
 * Write a record field by field in the order of the layout:
 *	output_begin(out, layout_default(RECORD_COVER, false));
 *	output_field(out, host);
 *	...
 *	output_end(out);
 * Fields that are not given are written as "-".
 */
void output_begin(struct output *output, const struct layout *layout);

/* A value that is canonical field text already, such as a field read. */
void output_field(struct output *output, struct span value);

/* Any bytes: escaped; empty becomes "-". */
void output_text(struct output *output, struct span bytes);
void output_number(struct output *output, uint64_t number);

/* So many columns that have no value. */
void output_absent(struct output *output, unsigned count);

/* More canonical text at the end of the field just written. */
void output_glue(struct output *output, struct span more);

/*
 * Canonical fields that were joined beforehand, each with its tab in front;
 * fields is how many the record then has, the type included.
 */
void output_rest(struct output *output, struct span joined, unsigned fields);
void output_end(struct output *output);

/*
 * Copy a record with some columns of its schema set to new values: replaced in
 * place where the input has the column, appended behind the last field where it
 * has not.  Values are canonical field text.
 */
void output_amend(struct output *output, const struct record *record,
    const unsigned *columns, const struct span *values, size_t count);

/* A line that is written as it stands, such as a trailer comment. */
void output_line(struct output *output, struct span line);

void output_flush(struct output *output);

/* Flush and check; does not close the descriptor. */
void output_close(struct output *output);

/*
 * For stream_before_read(): flush what is pending unless fd has input waiting,
 * so that an interactive pipeline shows results at once.
 */
void output_before_read(void *context, int fd);

#endif
