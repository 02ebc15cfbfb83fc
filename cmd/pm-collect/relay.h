/*
 * Records of one type that came under different headers, brought under one:
 * the columns that a record of the type starts with, then other columns of the
 * schema, then columns that it does not know, sorted by name.  "-" stands where
 * a record did not have a column.
 */
#ifndef PM_RELAY_H
#define PM_RELAY_H

#include "output.h"

struct relay_map {
	const struct layout *from;
	bool same;  /* lines can be taken as they are */
	bool plain; /* no column beyond those a record starts with */
	bool used[STREAM_FIELDS_MAX];	   /* fields that may need a column */
	uint16_t field[STREAM_FIELDS_MAX]; /* by target field; 0 for none */
};

/* Zero-initialise to make one. */
struct relay {
	struct relay_map **maps; /* one a header met */
	size_t count;
	size_t capacity;
	struct relay_map *last;
	const struct layout *target;
};

/*
 * This line under this header will come; the same type each time.  A column
 * beyond those that a record starts with gets its place only when some line
 * has a value there; with line.p NULL all columns of the header get theirs.
 */
void relay_meet(
    struct relay *relay, const struct layout *layout, struct span line);

/*
 * Choose the header.  The column named last, if not NULL, is put behind all
 * others with values that relay_line() is given; else it is left out under the
 * name drop.
 */
void relay_settle(struct relay *relay, const char *drop, bool last);

/*
 * The line under the chosen header: itself, or made in the arena.  value is
 * that of the last column.
 */
struct span relay_line(struct relay *relay, struct arena *arena,
    struct span line, const struct layout *layout, struct span value);

/* Write a line that relay_line() gave. */
void relay_write(
    const struct relay *relay, struct output *output, struct span line);

void relay_release(struct relay *relay);

#endif
