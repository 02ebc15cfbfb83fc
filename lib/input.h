/*
 * The input of a program: its file arguments one after another, "-" or none
 * being standard input, with the common treatment of malformed lines.
 */
#ifndef PM_INPUT_H
#define PM_INPUT_H

#include "output.h"

struct input {
	char **files; /* what is left to open */
	int left;
	struct output
	    *output; /* flushed before waiting; takes reject records */
	bool skip_bad;
	int (*opener)(void *context, const char *file); /* or NULL */
	void *opener_context;
	struct stream *stream; /* the file being read */
	int fd;
	const char *file;
	uint64_t records;
	uint64_t rejected;
	uint64_t required[RECORD_TYPES]; /* columns, as bits */
	const struct layout *checked[RECORD_TYPES];
};

/*
 * Read the given files; with count 0 standard input.  output may be NULL (no
 * reject records are then written).
 */
void input_open(struct input *input, int count, char **files,
    struct output *output, bool skip_bad);

/* Open files, and "-", by a function that returns a descriptor to be closed. */
static inline void
input_open_by(struct input *input,
    int (*opener)(void *context, const char *file), void *context)
{
	input->opener = opener;
	input->opener_context = context;
}

/* A record of this type without this column ends the program with status 65. */
void input_require(struct input *input, enum record_type type, unsigned column);

/*
 * The next record, or up to max of them; false (or 0) at the end of the last
 * file.  A malformed line ends the program with status 65, or, with skip_bad,
 * becomes a warning and a reject record.  Records stay valid until the next
 * call.
 */
bool input_next(struct input *input, struct record *record);
size_t input_batch(struct input *input, struct record *records, size_t max);

/*
 * Call at the end: the status that the input itself asks for, 0 or 65 when
 * lines were skipped.  An input without any record ends the program with
 * status 66, since nothing was examined.
 */
enum pm_exit input_finish(const struct input *input);

/* "file:line" of a record, for messages; in a static buffer. */
const char *record_where(const struct record *record);

#endif
