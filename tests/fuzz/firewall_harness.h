/*
 * Any bytes are read as the rules of a firewall, in one piece and a few bytes at
 * a time.  A reader may refuse them, but only with the status for malformed
 * input, and both ways alike; what it writes is a proper stream.
 *
 *	#include "firewall_harness.h"
 *	FUZZ_FIREWALL(NAME_source)
 */
#include "refusal.h"

#include "../../cmd/pm-collect/firewall.h"

/* Whether it was read; what it wrote is in output->pending. */
static bool
read_once(const struct firewall_source *source, struct output *output,
    const uint8_t *data, size_t size, size_t piece)
{
	static struct filter filter;
	struct bytes bytes = {.file = "input",
	    .fd = -1,
	    .read = read_pieces,
	    .close = close_pieces};

	left = (struct span){(const char *)data, size};
	most = piece;
	end_status = PM_EXIT_OK;
	output->headers = true;
	output->fd = -1;
	filter = (struct filter){
	    .file = "input", .name = SPAN("fw"), .output = output};
	if (setjmp(ended) == 0) {
		source->read(&filter, &bytes);
		filter_write(&filter);
		check_stream(buffer_span(&output->pending));
	} else if (end_status != PM_EXIT_DATA) {
		abort();
	}
	source->release();
	filter_release(&filter);
	return end_status == PM_EXIT_OK;
}

static int
fuzz_firewall(
    const struct firewall_source *source, const uint8_t *data, size_t size)
{
	struct output one = {0}, two = {0};
	bool whole = read_once(source, &one, data, size, SIZE_MAX);

	if (read_once(source, &two, data, size, 7) != whole)
		abort();
	if (whole && !span_equal(buffer_span(&one.pending),
			 buffer_span(&two.pending)))
		abort();
	buffer_release(&one.pending);
	buffer_release(&two.pending);
	return 0;
}

#define FUZZ_FIREWALL(source)                                        \
	int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) \
	{                                                            \
		return fuzz_firewall(&(source), data, size);         \
	}
