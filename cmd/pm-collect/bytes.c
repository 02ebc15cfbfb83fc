#include "bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SLURP_STEP = 16 * 1024 };

static ssize_t
read_plain(struct bytes *bytes, void *to, size_t room)
{
	ssize_t n;

	do
		n = read(bytes->fd, to, room);
	while (n == -1 && errno == EINTR);
	return n;
}

static void
close_plain(struct bytes *bytes)
{
	if (bytes->fd > 0)
		close(bytes->fd);
}

void
bytes_open_fd(struct bytes *bytes, int fd, const char *file)
{
	*bytes = (struct bytes){
	    .file = file, .fd = fd, .read = read_plain, .close = close_plain};
}

static ssize_t
read_memory(struct bytes *bytes, void *to, size_t room)
{
	size_t n = bytes->left.n < room ? bytes->left.n : room;

	if (n > 0)
		memcpy(to, bytes->left.p, n);
	bytes->left = span_skip(bytes->left, n);
	return (ssize_t)n;
}

static void
close_memory(struct bytes *bytes)
{
	(void)bytes;
}

void
bytes_open_memory(struct bytes *bytes, struct span text, const char *file)
{
	*bytes = (struct bytes){.file = file,
	    .fd = -1,
	    .read = read_memory,
	    .close = close_memory,
	    .left = text};
}

void
bytes_open(struct bytes *bytes, const char *file)
{
	struct stat status;
	int fd;

	if (strcmp(file, "-") == 0) {
		bytes_open_fd(bytes, 0, "standard input");
		return;
	}
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd == -1)
		die_errno(
		    errno == ENOENT ? PM_EXIT_NOTHING : PM_EXIT_IO, "%s", file);
	if (fstat(fd, &status) == -1)
		die_errno(PM_EXIT_IO, "%s", file);
	if (S_ISDIR(status.st_mode))
		die(PM_EXIT_IO, "%s: is a directory, expected a file", file);
	bytes_open_fd(bytes, fd, file);
}

bool
bytes_slurp(struct bytes *bytes, struct buffer *buffer, size_t max)
{
	size_t start = buffer->n;
	ssize_t n;

	for (;;) {
		n = bytes->read(
		    bytes, buffer_reserve(buffer, SLURP_STEP), SLURP_STEP);
		if (n <= 0)
			return n == 0;
		buffer->n += (size_t)n;
		if (buffer->n - start > max) {
			errno = EFBIG;
			return false;
		}
	}
}

void
bytes_close(struct bytes *bytes)
{
	bytes->close(bytes);
}
