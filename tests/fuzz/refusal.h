/*
 * What fuzz targets of whole readers have in common.  The functions of
 * lib/diag.c are replaced, so that a reader's end is not the program's.
 *
 * A reader reads the input in one piece and again a few bytes at a time.  It may
 * refuse it, but only as malformed or as empty, and both times alike; what it
 * writes is a proper stream, the same one each time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include "fuzz.h"

#include "../../cmd/pm-collect/bytes.h"
#include "options.h"

/* A reader under test; source is what its two functions know it by. */
struct reading {
	const void *source;
	/* read all of bytes and write to output; may end in die() */
	void (*read)(
	    const void *source, struct output *output, struct bytes *bytes);
	/* free what was made, also when it was ended half-way */
	void (*release)(const void *source, struct output *output);
};

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

static ssize_t
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

static void
close_pieces(struct bytes *bytes)
{
	(void)bytes;
}

/* The input, of which at most so many bytes come at once. */
static inline struct bytes
open_pieces(const uint8_t *data, size_t size, size_t piece)
{
	left = (struct span){(const char *)data, size};
	most = piece;
	end_status = PM_EXIT_OK;
	return (struct bytes){.file = "input",
	    .fd = -1,
	    .read = read_pieces,
	    .close = close_pieces};
}

/* After the reader's end: was it a refusal?  Nothing else may end it. */
static inline bool
refused(void)
{
	if (end_status != PM_EXIT_OK && end_status != PM_EXIT_DATA &&
	    end_status != PM_EXIT_NOTHING)
		abort();
	return end_status != PM_EXIT_OK;
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

/* One reading; what was written is in output->pending. */
static inline enum pm_exit
fuzz_once(const struct reading *reading, struct output *output,
    const uint8_t *data, size_t size, size_t piece)
{
	struct bytes bytes = open_pieces(data, size, piece);

	*output = (struct output){.headers = true, .fd = -1};
	if (setjmp(ended) == 0)
		reading->read(reading->source, output, &bytes);
	if (!refused())
		check_stream(buffer_span(&output->pending));
	reading->release(reading->source, output);
	return end_status;
}

static inline int
fuzz_twice(const struct reading *reading, const uint8_t *data, size_t size)
{
	static struct output whole, pieces;
	enum pm_exit status;

	common.quiet = true;
	common.skip_bad = size % 2 == 0;
	setenv("PM_RELEASES", "share/releases.tsv", 1);
	status = fuzz_once(reading, &whole, data, size, SIZE_MAX);
	if (fuzz_once(reading, &pieces, data, size, 7) != status)
		abort();
	/* what was written before a refusal depends on how much was read */
	if (status == PM_EXIT_OK && !span_equal(buffer_span(&whole.pending),
					buffer_span(&pieces.pending)))
		abort();
	buffer_release(&whole.pending);
	buffer_release(&pieces.pending);
	return 0;
}

#define FUZZ_READING(source, read, release)                                    \
	int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)           \
	{                                                                      \
		static const struct reading reading = {source, read, release}; \
                                                                               \
		return fuzz_twice(&reading, data, size);                       \
	}
