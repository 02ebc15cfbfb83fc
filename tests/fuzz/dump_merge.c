/*
 * Any bytes as what pm-collect merge reads: a stream, or refused; and what merge
 * wrote, merged again, is itself.
 */
#include <sys/mman.h>

#include "layouts.h"
#include "refusal.h"

#include "../../cmd/pm-collect/merge_write.h"

static struct merge_writer writer;
static struct input input;

/* Whether it was merged; what was written is in written. */
static bool
merge(struct span text, struct buffer *written)
{
	char path[64], *files[] = {path};
	int fd = memfd_create("stream", MFD_CLOEXEC);

	if (fd == -1 || write(fd, text.p, text.n) != (ssize_t)text.n)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	writer.limit = -1;
	writer.output = (struct output){.headers = true, .fd = -1};
	end_status = PM_EXIT_OK;
	input_open(&input, 1, files, NULL, false);
	if (setjmp(ended) == 0) {
		(void)merge_streams(&writer, &input);
		check_stream(buffer_span(&writer.output.pending));
	} else if (input.stream != NULL) {
		stream_close(input.stream);
		close(input.fd);
	}
	close(fd);
	*written = writer.output.pending;
	free(writer.output.others);
	merge_writer_release(&writer);
	writer = (struct merge_writer){0};
	return !refused();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buffer once, twice;

	common.quiet = true;
	layouts_forget();
	if (merge((struct span){(const char *)data, size}, &once) &&
	    (!merge(buffer_span(&once), &twice) ||
		!span_equal(buffer_span(&once), buffer_span(&twice))))
		abort();
	buffer_release(&once);
	buffer_release(&twice);
	return 0;
}
