/*
 * Reading the stream, pm-stream(5).
 *
 * The reader takes large reads into one buffer, finds all delimiters of it in
 * one pass, and hands out records that are slices of the buffer: nothing is
 * allocated or copied per line or field.  A record and its fields stay valid
 * until the next call that reads from the same reader returns.
 *
 * Columns are found by name.  A program asks for a column of the schema; where
 * the input's header does not have it, the value is "-".
 */
#ifndef PM_STREAM_H
#define PM_STREAM_H

#include <stdint.h>

#include "memory.h"
#include "schema.h"

enum {
	STREAM_LINE_MAX = 1024 * 1024, /* longest line, newline included */
	STREAM_FIELDS_MAX = 256	       /* most columns of one record */
};

/*
 * Which field holds which column of one type, as one header (or the default
 * order) said.  Layouts live as long as the process: records and the writer
 * compare them by address.
 */
struct layout {
	enum record_type type;
	struct span name;   /* the record type as written */
	struct span header; /* the header line without newline; empty for a
	                        headerless type that is not known */
	unsigned fields;    /* fields of a record, the type included;
	                        0 when any number will do */
	bool assumed;	    /* no header was seen: the default order */
	uint16_t slot[SCHEMA_COLUMNS_MAX]; /* schema column -> field number,
	                                      0 where the column is absent */
};

struct record {
	const char *base;     /* the buffer; positions count from here */
	const uint32_t *ends; /* where each field ends, the type first */
	uint32_t start;	      /* where the line starts */
	uint32_t fields;
	const struct layout *layout;
	const char *file; /* its name for messages */
	uint64_t line;	  /* its number, from 1 */
};

/* Field i as it stands in the stream, escapes and all; 0 is the type. */
static inline struct span
record_field(const struct record *record, unsigned i)
{
	uint32_t from = i == 0 ? record->start : record->ends[i - 1] + 1;

	return (struct span){record->base + from, record->ends[i] - from};
}

/* A column of the record's schema, "-" where the input does not have it. */
static inline struct span
record_get(const struct record *record, unsigned column)
{
	unsigned slot = record->layout->slot[column];

	return slot == 0 ? SPAN("-") : record_field(record, slot);
}

static inline enum record_type
record_type(const struct record *record)
{
	return record->layout->type;
}

/* The whole line without its newline. */
static inline struct span
record_line(const struct record *record)
{
	return (struct span){record->base + record->start,
	    record->ends[record->fields - 1] - record->start};
}

enum stream_status {
	STREAM_RECORDS, /* at least one record was handed out */
	STREAM_END,	/* a clean end of input */
	STREAM_BAD,	/* a malformed line; reading may go on behind it */
	STREAM_FAILED	/* read(2) failed; see errno */
};

/* What is wrong with a line. */
struct stream_error {
	uint64_t line;
	size_t column;	    /* byte in the line, from 1 */
	struct span text;   /* the line, as far as it was read */
	const char *reason; /* a whole sentence without full stop */
	bool fatal;	    /* cannot be skipped (displaced header) */
};

struct stream; /* one input file */

/* A reader for an open file descriptor, which it does not close. */
struct stream *stream_open(int fd, const char *file);

/*
 * Hand out between 1 and max records.  Header lines and comments are taken
 * care of inside.  On STREAM_BAD *error describes the line.  Set block to be
 * called before each read(2) that might wait (to flush pending output).
 */
enum stream_status stream_read(struct stream *stream, struct record *records,
    size_t max, size_t *count, struct stream_error *error);
void stream_before_read(
    struct stream *stream, void (*block)(void *, int fd), void *context);
void stream_close(struct stream *stream);

/* The default layout of a known type, as written by the suite's programs. */
const struct layout *layout_default(enum record_type type, bool all_columns);

/*
 * The layout that a header line gives.  Returns NULL and a reason when it is
 * not a proper header.  The line is copied.
 */
const struct layout *layout_parse(struct span header, const char **reason);

/*
 * The layout of a record that no header came before: the default order of a
 * known type, when the number of fields fits; any number for a type that is not
 * known.  NULL when the type is no type name or the number does not fit.
 */
const struct layout *layout_assume(struct span type, unsigned fields);

/*
 * Turn field text into bytes: \t \n \r \\ become what they stand for.  The
 * reader has already refused any other escape.  Appends to out.
 */
void stream_unescape(struct buffer *out, struct span field);

/*
 * Turn any bytes into field text: the four escapes are applied, other control
 * bytes and invalid UTF-8 become '?', nothing becomes "-".  Appends to out.
 */
void stream_escape(struct buffer *out, struct span bytes);

/*
 * Look closely at a line without its newline: NULL when it is proper, else the
 * reason, and *column (from 1) the byte where it is wrong.
 */
const char *stream_check_line(struct span line, size_t *column);

/*
 * The length of the well-formed UTF-8 sequence at p, of which n bytes (at least
 * one) may be read; 0 when it is not well formed.
 */
size_t utf8_sequence(const char *p, size_t n);

#endif
