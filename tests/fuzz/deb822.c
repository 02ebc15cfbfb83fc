/*
 * Any bytes are parsed twice: from memory, and through a reader that hands out
 * a few bytes at a time so that every line is cut somewhere.  Both must see the
 * same paragraphs, values and error, and every value lies within the input.
 */
#include "fuzz.h"

#include "../../cmd/pm-collect/deb822.h"

static const char *const wanted[] = {
    "package", "version", "status", "description"};
enum { WANTED = sizeof(wanted) / sizeof(wanted[0]) };

static struct span left;

/* 1, 2, 3, ... 7, 1 ... bytes */
static ssize_t
read_little(struct bytes *bytes, void *to, size_t room)
{
	size_t n = left.n % 7 + 1;

	(void)bytes;
	if (n > left.n)
		n = left.n;
	if (n > room)
		n = room;
	memcpy(to, left.p, n);
	left = span_skip(left, n);
	return (ssize_t)n;
}

static void
law(bool holds)
{
	if (!holds)
		abort();
}

static void
compare(
    const struct deb822 *memory, const struct deb822 *stream, struct span text)
{
	law(memory->line == stream->line && memory->closed == stream->closed);
	for (unsigned i = 0; i < WANTED; i++) {
		struct span a = deb822_get(memory, i);
		struct span b = deb822_get(stream, i);

		law((a.p == NULL) == (b.p == NULL));
		if (a.p == NULL)
			continue;
		law(span_equal(a, b));
		law(a.p >= text.p && a.p + a.n <= text.p + text.n);
		law(memchr(a.p, 0, a.n) == NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* memory of its own size, so that reading past its end shows */
	char *copy = memory_array(NULL, size, 1);
	struct span text = {copy, size};
	struct bytes bytes = {.file = "input", .read = read_little};
	struct deb822 memory, stream;
	enum deb822_status status;

	if (size > 0)
		memcpy(copy, data, size);
	left = text;
	deb822_open_memory(&memory, text, "input", wanted, WANTED);
	deb822_open(&stream, &bytes, wanted, WANTED);
	while ((status = deb822_next(&memory)) == DEB822_PARAGRAPH) {
		law(deb822_next(&stream) == DEB822_PARAGRAPH);
		compare(&memory, &stream, text);
	}
	law(deb822_next(&stream) == status);
	if (status == DEB822_BAD)
		law(memory.error_line == stream.error_line &&
		    strcmp(memory.reason, stream.reason) == 0);
	deb822_close(&memory);
	deb822_close(&stream);
	free(copy);
	return 0;
}
