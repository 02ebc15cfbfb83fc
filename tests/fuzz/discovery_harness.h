/*
 * Any bytes are read as what was noticed on a network, in one piece and a few
 * bytes at a time.  A reader may refuse them, but only with the status for
 * malformed input, and both ways alike; what it writes is a proper stream.
 *
 *	#include "discovery_harness.h"
 *	FUZZ_DISCOVERY(NAME_source)
 */
#include "refusal.h"

#include "../../cmd/pm-collect/discovery.h"

/* Whether it was read; what it wrote is in output->pending. */
static bool
read_once(const struct discovery_source *source, struct output *output,
    const uint8_t *data, size_t size, size_t piece)
{
	static struct discovery *discovery;
	struct bytes bytes = {.file = "input",
	    .fd = -1,
	    .read = read_pieces,
	    .close = close_pieces};

	left = (struct span){(const char *)data, size};
	most = piece;
	end_status = PM_EXIT_OK;
	output->headers = true;
	output->fd = -1;
	discovery = discovery_open(source, output);
	if (setjmp(ended) == 0) {
		source->read(discovery, &bytes);
		discovery_write(discovery);
		check_stream(buffer_span(&output->pending));
	} else if (end_status != PM_EXIT_DATA) {
		abort();
	}
	source->release();
	discovery_release(discovery);
	return end_status == PM_EXIT_OK;
}

static int
fuzz_discovery(
    const struct discovery_source *source, const uint8_t *data, size_t size)
{
	static struct output one, two;
	bool whole;

	common.quiet = true;
	one = two = (struct output){0};
	whole = read_once(source, &one, data, size, SIZE_MAX);
	if (read_once(source, &two, data, size, 7) != whole)
		abort();
	if (whole && !span_equal(buffer_span(&one.pending),
			 buffer_span(&two.pending)))
		abort();
	buffer_release(&one.pending);
	buffer_release(&two.pending);
	return 0;
}

#define FUZZ_DISCOVERY(source)                                       \
	int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) \
	{                                                            \
		return fuzz_discovery(&(source), data, size);        \
	}
