/*
 * Any bytes are read as a feed, in one piece and a few bytes at a time.  A
 * reader may refuse them, but only with the status for malformed input, and
 * both ways alike; what it writes is a proper stream.
 *
 * A file tests/fuzz/feed_NAME.c is
 *
 *	#include "feed_harness.h"
 *	FUZZ_FEED(feed_NAME)
 */
#include "refusal.h"

#include "../../cmd/pm-collect/feed.h"
#include "../../cmd/pm-collect/source.h"

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
