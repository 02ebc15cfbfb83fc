/*
 * Any bytes are read as a copied inventory, in one piece and a few bytes at a
 * time.  A reader may refuse them, but only with the status for malformed input,
 * and both ways alike; what it writes is a proper stream.
 *
 *	#include "dump_harness.h"
 *	FUZZ_DUMP(NAME_source)
 */
#include "refusal.h"

#include "../../cmd/pm-collect/dump.h"

/* Whether it was read; what it wrote is in output->pending. */
static bool
read_once(const struct dump_source *source, struct output *output,
    const uint8_t *data, size_t size, size_t piece)
{
	static struct dump dump;
	struct bytes bytes = {.file = "input",
	    .fd = -1,
	    .read = read_pieces,
	    .close = close_pieces};
	uint64_t rejected = 0;

	left = (struct span){(const char *)data, size};
	most = piece;
	end_status = PM_EXIT_OK;
	output->headers = true;
	output->fd = -1;
	if (setjmp(ended) == 0) {
		dump_begin(&dump, source, output, &rejected, &bytes);
		source->read(&dump);
		dump_describe(&dump);
		dump_write(&dump);
		check_stream(buffer_span(&output->pending));
	} else if (end_status != PM_EXIT_DATA) {
		abort();
	}
	if (source->release != NULL)
		source->release();
	dump_release(&dump);
	return end_status == PM_EXIT_OK;
}

static int
fuzz_dump(const struct dump_source *source, const uint8_t *data, size_t size)
{
	static struct output one, two;
	bool whole;

	common.quiet = true;
	common.skip_bad = size % 2 == 0;
	setenv("PM_RELEASES", "share/releases.tsv", 1);
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

#define FUZZ_DUMP(source)                                            \
	int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) \
	{                                                            \
		return fuzz_dump(&(source), data, size);             \
	}
