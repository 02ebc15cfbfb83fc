/*
 * Any bytes are read as a feed, in one piece and a few bytes at a time.  A
 * reader may refuse them, but only with the status for malformed input, and
 * both ways alike; what it writes is a proper stream.
 *
 * These functions take the place of lib/diag.c, so that a reader's end is not
 * the program's.  A file tests/fuzz/feed_NAME.c is
 *
 *	#include "feed_harness.h"
 *	FUZZ_FEED(feed_NAME)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include "fuzz.h"

#include "../../cmd/pm-collect/feed.h"
#include "../../cmd/pm-collect/source.h"

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

static void
check_stream(struct span text)
{
	size_t column;

	while (text.n > 0) {
		struct span line = span_cut(&text, '\n');

		if (stream_check_line(line, &column) != NULL)
			abort();
	}
}

/* Whether it was read; what it wrote is in feed->output.pending. */
static bool
read_once(const struct feed_source *source, struct feed *feed,
    const uint8_t *data, size_t size, size_t piece)
{
	struct bytes bytes = {
	    .file = "input", .read = read_pieces, .close = close_pieces};

	left = (struct span){(const char *)data, size};
	most = piece;
	end_status = PM_EXIT_OK;
	feed->output.headers = true;
	feed->output.fd = -1;
	if (setjmp(ended) == 0) {
		if (source->start != NULL)
			source->start();
		feed_begin(feed, source, &bytes);
		source->read(feed);
		feed_end(feed);
		check_stream(buffer_span(&feed->output.pending));
	} else if (end_status != PM_EXIT_DATA) {
		abort();
	} else {
		bytes_close(&feed->bytes);
	}
	if (source->release != NULL)
		source->release();
	feed_release(feed);
	return end_status == PM_EXIT_OK;
}

static int
fuzz_feed(const struct feed_source *source, const uint8_t *data, size_t size)
{
	static struct feed one, two;
	bool whole;

	common.quiet = true;
	setenv("PM_RELEASES", "share/releases.tsv", 1);
	feed_options.os = "debian";
	feed_options.release = "12";
	one = two = (struct feed){0};
	whole = read_once(source, &one, data, size, SIZE_MAX);
	if (read_once(source, &two, data, size, 7) != whole)
		abort();
	/* what was written before a refusal depends on how much was read */
	if (whole && !span_equal(buffer_span(&one.output.pending),
			 buffer_span(&two.output.pending)))
		abort();
	buffer_release(&one.output.pending);
	buffer_release(&two.output.pending);
	return 0;
}

#define FUZZ_FEED(source)                                            \
	int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) \
	{                                                            \
		return fuzz_feed(&(source), data, size);             \
	}
