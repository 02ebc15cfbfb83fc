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
