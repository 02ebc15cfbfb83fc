/* The lines of a text that is read front to back, each with its number. */
#ifndef PM_LINES_H
#define PM_LINES_H

#include "bytes.h"

enum { LINE_MAX_BYTES = 1024 * 1024 };

enum lines_status {
	LINES_LINE,
	LINES_END,
	LINES_CUT,     /* the last line has no newline */
	LINES_TOO_LONG /* more than LINE_MAX_BYTES without a newline */
};

struct lines {
	struct span line; /* without its newline; valid until the next one */
	uint64_t number;  /* from 1 */

	/* the reader's own */
	struct bytes *bytes;
	struct buffer text;
	size_t at;
	bool ended;
};

/* Zero-initialise lines before the first time; memory is used again. */
void lines_open(struct lines *lines, struct bytes *bytes);
enum lines_status lines_next(struct lines *lines);
void lines_release(struct lines *lines);

#endif
