#include "locked.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <libutil.h>

void
locked_read(int fd, const char *path, struct buffer *text)
{
	enum { BLOCK = 64 * 1024 };
	ssize_t n;

	while ((n = read(fd, buffer_reserve(text, BLOCK), BLOCK)) != 0) {
		if (n == -1 && errno != EINTR)
			die_errno(PM_EXIT_IO, "%s: cannot read", path);
		if (n > 0)
			text->n += (size_t)n;
	}
}

/*
 * The process that holds the lock, from one line of /proc/locks such as
 * "7: FLOCK  ADVISORY  WRITE 4711 fd:00:1234 0 EOF"; 0 when the line is about
 * another file.  *exact says that the device fits too: on overlay file systems
 * it is not the one that stat(2) gives.
 */
static uint64_t
lock_line(struct span line, const struct stat *status, bool *exact)
{
	enum { KIND = 1, PID = 4, FILE_NAME = 5, WORDS };
	struct span word[WORDS];
	char file[64];
	unsigned n = 0;
	uint64_t pid;

	while (line.p != NULL && n < WORDS) {
		word[n] = span_cut(&line, ' ');
		n += word[n].n > 0;
	}
	if (n < WORDS || !span_is(word[KIND], "FLOCK") ||
	    !span_number(word[PID], &pid))
		return 0;
	snprintf(file, sizeof(file), "%02x:%02x:%ju", major(status->st_dev),
	    minor(status->st_dev), (uintmax_t)status->st_ino);
	*exact = span_is(word[FILE_NAME], file);
	return span_ends(word[FILE_NAME], span_of(strrchr(file, ':'))) ? pid
								       : 0;
}

/* Who holds the lock; 0 when that cannot be told. */
static uint64_t
lock_holder(const struct stat *status)
{
	FILE *locks = fopen("/proc/locks", "re");
	char line[256];
	uint64_t holder = 0;
	bool exact = false;

	if (locks == NULL)
		return 0;
	while (!exact && fgets(line, sizeof(line), locks) != NULL) {
		uint64_t pid = lock_line(span_of(line), status, &exact);

		if (pid != 0)
			holder = pid;
	}
	fclose(locks);
	return holder;
}

static _Noreturn void
cannot_lock(const char *path, const char *what)
{
	struct stat status;
	uint64_t holder = 0;

	if (errno != EWOULDBLOCK)
		die_errno(PM_EXIT_IO, "%s: cannot open the %s", path, what);
	if (stat(path, &status) == 0)
		holder = lock_holder(&status);
	if (holder > 0)
		die(PM_EXIT_AGAIN,
		    "%s: the %s is in use by process %ju; "
		    "wait for it to end",
		    path, what, (uintmax_t)holder);
	die(PM_EXIT_AGAIN,
	    "%s: the %s is in use by another process; wait "
	    "for it to end",
	    path, what);
}

int
locked_open(const char *path, const char *what)
{
	struct stat status;
	int fd = flopen(
	    path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0644);

	if (fd == -1)
		cannot_lock(path, what);
	if (fstat(fd, &status) == -1 || !S_ISREG(status.st_mode))
		die(PM_EXIT_IO, "%s: a %s must be a regular file", path, what);
	return fd;
}
