/*
 * Records of any order in the order that judging takes: what is of no host
 * first, then host after host, its needs last.  sort(1) does the work, so the
 * memory is bounded and what is more goes into files below TMPDIR.
 *
 * The order depends on the records alone, so that whatever order they came in
 * gives the same bytes of output: by host, then host record, other records by
 * their lines, needs by their lines.  Events come by the time when they
 * happened.
 */
#ifndef PM_SCORE_ARRANGE_H
#define PM_SCORE_ARRANGE_H

#include <sys/types.h>

#include "input.h"

struct arrange {
	pid_t sort;
	int to, from;	    /* its standard input and output */
	struct buffer text; /* lines on their way in, then out */
	size_t at;	    /* how much of them was handed out */
	bool ended;	    /* nothing more comes out */
	uint32_t *ends;	    /* of the fields of the records handed out */
	const char **files; /* by number: where records came from */
	size_t file_count, file_capacity;
	const struct layout **layouts;
	char (*digests)[9]; /* of the header of each */
	size_t layout_count, layout_capacity, digest_capacity;
	unsigned last; /* number of the layout last asked for */
};

enum { ARRANGE_BATCH = 64 };

/* Start sort(1).  Failure ends the program with status 71. */
void arrange_start(struct arrange *arrange);

/* Add a record; the name of its file must outlive arrange. */
void arrange_add(struct arrange *arrange, const struct record *record);

/* After the last one.  A sort(1) that fails ends the program, status 74. */
void arrange_turn(struct arrange *arrange);

/*
 * The next records, up to ARRANGE_BATCH; 0 at the end.  They have the file and
 * line that they came from and are valid until the next call.
 */
size_t arrange_batch(struct arrange *arrange, struct record *records);

void arrange_release(struct arrange *arrange);

#endif
