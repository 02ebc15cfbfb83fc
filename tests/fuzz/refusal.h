/*
 * What fuzz targets of whole readers have in common.  The functions of
 * lib/diag.c are replaced, so that a reader's end is not the program's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include "fuzz.h"

#include "../../cmd/pm-collect/bytes.h"
#include "stream.h"

static jmp_buf ended;
static enum pm_exit end_status;
static struct span left;
static size_t most;

void
diag_start(const char *argv0)
{
	(void)argv0;
}

const char *
diag_program(void)
{
	return "fuzz";
}

void
warning(const char *format, ...)
{
	(void)format;
}

void
die(enum pm_exit status, const char *format, ...)
{
	(void)format;
	end_status = status;
	longjmp(ended, 1);
}

void
die_errno(enum pm_exit status, const char *format, ...)
{
	(void)format;
	(void)status;
	abort(); /* nothing can fail that sets errno */
}

static inline ssize_t
read_pieces(struct bytes *bytes, void *to, size_t room)
{
	size_t n = left.n;

	(void)bytes;
	if (n > most)
		n = left.n % most + 1;
	if (n > room)
		n = room;
	if (n > 0)
		memcpy(to, left.p, n);
	left = span_skip(left, n);
	return (ssize_t)n;
}

static inline void
close_pieces(struct bytes *bytes)
{
	(void)bytes;
}

static inline void
check_stream(struct span text)
{
	size_t column;

	while (text.n > 0) {
		struct span line = span_cut(&text, '\n');

		if (stream_check_line(line, &column) != NULL)
			abort();
	}
}
