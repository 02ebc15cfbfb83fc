/*
 * One line on standard error that says how far a run over many hosts is, with
 * its rate and the time that is left; only where that is a terminal.
 */
#ifndef PM_PROGRESS_LINE_H
#define PM_PROGRESS_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress_line {
	bool shown; /* is standard error a terminal? */
	bool drawn; /* the line stands there now */
	size_t total;
	int64_t started, next; /* run_clock(): when it may be drawn again */
};

/* Begin, with how many there are; nothing is written yet. */
void progress_line_start(struct progress_line *progress, size_t total);

/*
 * Draw the line, not more often than every fifth of a second: of the total so
 * many are done, of these so many failed, and so many are running.
 */
void progress_line_show(
    struct progress_line *progress, size_t done, size_t failed, size_t running);

/* Take the line away, before a message and at the end. */
void progress_line_clear(struct progress_line *progress);

#endif
