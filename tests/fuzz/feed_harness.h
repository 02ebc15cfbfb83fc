/*
 * Any bytes are read as a feed.  A file tests/fuzz/feed_NAME.c is
 *
 *	#include "feed_harness.h"
 *	FUZZ_FEED(feed_NAME)
 */
#include "refusal.h"

#include "../../cmd/pm-collect/feed.h"
#include "../../cmd/pm-collect/source.h"

static struct feed feed;

static void
read_feed(const void *source, struct output *output, struct bytes *bytes)
{
	const struct feed_source *reader = source;

	feed_options.os = "debian";
	feed_options.release = "12";
	feed.output = *output;
	if (reader->start != NULL)
		reader->start();
	feed_begin(&feed, reader, bytes);
	reader->read(&feed);
	feed_end(&feed);
}

static void
release_feed(const void *source, struct output *output)
{
	const struct feed_source *reader = source;

	if (end_status != PM_EXIT_OK)
		bytes_close(&feed.bytes);
	if (reader->release != NULL)
		reader->release();
	feed_release(&feed);
	*output = feed.output;
	feed = (struct feed){0};
}

#define FUZZ_FEED(reader) FUZZ_READING(&(reader), read_feed, release_feed)
