#include "inflate.h"

#include <zlib.h>

enum { INPUT_SIZE = 64 * 1024 };

struct inflater {
	struct bytes below;
	z_stream stream;
	bool started; /* the first bytes were looked at */
	bool plain;   /* it is no zlib stream */
	bool ended;
	unsigned char input[INPUT_SIZE];
};

static _Noreturn void
damaged(const struct bytes *bytes, const char *how)
{
	die(PM_EXIT_DATA, "%s: cannot be unpacked, %s; fetch it again",
	    bytes->file, how);
}

/* Get more input; returns how many bytes there are now. */
static size_t
fill(struct inflater *inflater)
{
	z_stream *stream = &inflater->stream;
	ssize_t n;

	if (stream->avail_in > 0)
		memmove(inflater->input, stream->next_in, stream->avail_in);
	n = inflater->below.read(&inflater->below,
	    inflater->input + stream->avail_in, INPUT_SIZE - stream->avail_in);
	if (n == -1)
		die_errno(PM_EXIT_IO, "%s", inflater->below.file);
	stream->next_in = inflater->input;
	stream->avail_in += (uInt)n;
	return (size_t)n;
}

/* RFC 1950, section 2.2: method 8 and a check value. */
static void
look_at_start(struct inflater *inflater)
{
	z_stream *stream = &inflater->stream;

	inflater->started = true;
	stream->next_in = inflater->input;
	while (stream->avail_in < 2 && fill(inflater) > 0)
		continue;
	inflater->plain = stream->avail_in < 2 ||
			  (inflater->input[0] & 0x0f) != Z_DEFLATED ||
			  (inflater->input[0] * 256U + inflater->input[1]) %
				  31 !=
			      0;
}

static ssize_t
read_plain(struct inflater *inflater, void *to, size_t room)
{
	z_stream *stream = &inflater->stream;

	if (stream->avail_in == 0)
		return inflater->below.read(&inflater->below, to, room);
	if (room > stream->avail_in)
		room = stream->avail_in;
	memcpy(to, stream->next_in, room);
	stream->next_in += room;
	stream->avail_in -= (uInt)room;
	return (ssize_t)room;
}

static ssize_t
read_inflated(struct bytes *bytes, void *to, size_t room)
{
	struct inflater *inflater = bytes->decoder;
	z_stream *stream = &inflater->stream;

	if (!inflater->started)
		look_at_start(inflater);
	if (inflater->plain)
		return read_plain(inflater, to, room);
	if (inflater->ended)
		return 0;
	if (room > UINT32_MAX)
		room = UINT32_MAX;
	stream->next_out = to;
	stream->avail_out = (uInt)room;
	while (stream->avail_out == room) {
		int code;

		if (stream->avail_in == 0 && fill(inflater) == 0)
			damaged(bytes, "it is cut off");
		code = inflate(stream, Z_NO_FLUSH);
		if (code == Z_STREAM_END) {
			inflater->ended = true;
			if (stream->avail_in > 0 || fill(inflater) > 0)
				damaged(bytes, "something follows its end");
			break;
		}
		if (code != Z_OK && code != Z_BUF_ERROR)
			damaged(bytes, "it is damaged");
	}
	return (ssize_t)(room - stream->avail_out);
}

static void
close_inflated(struct bytes *bytes)
{
	struct inflater *inflater = bytes->decoder;

	inflateEnd(&inflater->stream);
	bytes_close(&inflater->below);
	free(inflater);
	bytes->decoder = NULL;
}

void
inflate_open(struct bytes *bytes)
{
	struct inflater *inflater = memory_zeroed(1, sizeof(*inflater));

	inflater->below = *bytes;
	if (inflateInit(&inflater->stream) != Z_OK)
		die(PM_EXIT_SYSTEM, "zlib cannot be started");
	bytes->read = read_inflated;
	bytes->close = close_inflated;
	bytes->decoder = inflater;
}
