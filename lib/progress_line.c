#include "progress_line.h"

#include <stdio.h>
#include <unistd.h>

#include "run.h"

enum { PAUSE = 200, SECOND = 1000, ROOM = 80 };

void
progress_line_start(struct progress_line *progress, size_t total)
{
	*progress = (struct progress_line){.shown = isatty(STDERR_FILENO) == 1,
	    .total = total,
	    .started = run_clock()};
}

void
progress_line_show(
    struct progress_line *progress, size_t done, size_t failed, size_t running)
{
	char line[ROOM];
	int64_t now = run_clock(), passed = now - progress->started;
	size_t left = progress->total - done;
	int n;

	if (!progress->shown || now < progress->next || passed <= 0)
		return;
	progress->next = now + PAUSE;
	n = snprintf(line, sizeof(line),
	    "\r%zu of %zu, %zu failed, %zu running", done, progress->total,
	    failed, running);
	if (done > 0 && n > 0 && n < ROOM)
		snprintf(line + n, sizeof(line) - (size_t)n,
		    ", %.1f/s, %lld s left",
		    (double)done * SECOND / (double)passed,
		    (long long)((double)passed * (double)left / (double)done /
				SECOND));
	/* \033[K: to the end of the line nothing, ECMA-48 "erase in line" */
	fprintf(stderr, "%s\033[K", line);
	fflush(stderr);
	progress->drawn = true;
}

void
progress_line_clear(struct progress_line *progress)
{
	if (progress->drawn)
		fputs("\r\033[K", stderr);
	progress->drawn = false;
}
