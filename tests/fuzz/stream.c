/*
 * Any bytes as a stream, which a file gives in one piece and a socket in
 * packets of a few bytes: the same records and the same faults, with their
 * places; and a record that is handed out is a proper line.
 */
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"
#include "layouts.h"

static void
law(bool holds)
{
	if (!holds)
		abort();
}

static int
file_of(struct span text)
{
	int fd = memfd_create("stream", MFD_CLOEXEC);

	law(fd != -1 && write(fd, text.p, text.n) == (ssize_t)text.n &&
	    lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

/* A socket that keeps packets apart; they are few, so that all fit into it. */
static int
packets_of(struct span text)
{
	enum { PACKETS = 100 };
	size_t most = text.n / PACKETS + 3;
	int pair[2];

	law(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
	while (text.n > 0) {
		size_t n = text.n < most ? text.n : most;

		law(send(pair[1], text.p, n, MSG_DONTWAIT) == (ssize_t)n);
		text = span_skip(text, n);
	}
	close(pair[1]);
	return pair[0];
}

/* What a reader tells of its input, one line each. */
static void
tell(struct buffer *told, int fd)
{
	enum { BATCH = 5 };
	struct stream *stream = stream_open(fd, "input");
	struct record records[BATCH];
	struct stream_error error;
	enum stream_status status;
	size_t count, column;

	while ((status = stream_read(stream, records, BATCH, &count, &error)) !=
	       STREAM_END) {
		law(status == STREAM_RECORDS || status == STREAM_BAD);
		if (status == STREAM_BAD) {
			buffer_printf(told, "%llu:%zu: %s\n",
			    (unsigned long long)error.line, error.column,
			    error.reason);
			if (error.fatal)
				break;
			continue;
		}
		for (size_t i = 0; i < count; i++) {
			struct span line = record_line(&records[i]);

			law(stream_check_line(line, &column) == NULL);
			buffer_printf(told, "%llu %u ",
			    (unsigned long long)records[i].line,
			    records[i].fields);
			for (unsigned k = 0; k < SCHEMA_COLUMNS_MAX; k++)
				law(record_get(&records[i], k).n > 0);
			buffer_add_span(told, line);
			buffer_add_byte(told, '\n');
		}
	}
	stream_close(stream);
	close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buffer whole, pieces;
	struct span text = {(const char *)data, size};

	if (size > 128 * 1024)
		return 0;
	layouts_forget();
	tell(&whole, file_of(text));
	layouts_forget();
	tell(&pieces, packets_of(text));
	law(span_equal(buffer_span(&whole), buffer_span(&pieces)));
	buffer_release(&whole);
	buffer_release(&pieces);
	return 0;
}
