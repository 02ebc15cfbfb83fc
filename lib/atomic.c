#include "atomic.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"

static struct atomic_file *open_files;

/* die() and exit() in the middle of writing must not leave litter. */
static void
remove_all(void)
{
	while (open_files != NULL)
		atomic_abandon(open_files);
}

static void
forget(struct atomic_file *file)
{
	struct atomic_file **link = &open_files;

	while (*link != NULL && *link != file)
		link = &(*link)->next;
	if (*link != NULL)
		*link = file->next;
	free(file->path);
	free(file->temporary);
	*file = (struct atomic_file){.fd = -1};
}

static char *
copy_of(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(memory_array(NULL, size, 1), text, size);
}

/*
 * What a symbolic link leads to, or the path itself.  /dev/stdout may lead to a
 * pipe, which has no path of its own; it is opened through the link.
 */
static char *
resolve(const char *path)
{
	struct stat status;
	char *target;

	if (lstat(path, &status) == -1 || !S_ISLNK(status.st_mode))
		return copy_of(path);
	target = realpath(path, NULL);
	if (target == NULL && stat(path, &status) == 0 &&
	    !S_ISREG(status.st_mode))
		return copy_of(path);
	if (target == NULL)
		die_errno(PM_EXIT_IO, "%s: cannot follow the link", path);
	return target;
}

static char *
beside(const char *path)
{
	const char *slash = strrchr(path, '/');
	int before = slash == NULL ? 0 : (int)(slash - path) + 1;
	struct buffer name = {0};

	buffer_printf(&name, "%.*s.%s.XXXXXX", before, path, path + before);
	buffer_add_byte(&name, '\0');
	return name.p;
}

/* A replaced file keeps its permissions; a new one gets the usual ones. */
static void
take_mode(int fd, const struct stat *old, const char *path)
{
	mode_t mask;

	if (old == NULL) {
		mask = umask(0);
		umask(mask);
		if (fchmod(fd, 0666 & ~mask) == -1)
			die_errno(PM_EXIT_IO, "%s: cannot set its mode", path);
		return;
	}
	/* Only root can give files away; for others the file becomes theirs. */
	if ((old->st_uid != geteuid() || old->st_gid != getegid()) &&
	    fchown(fd, old->st_uid, old->st_gid) == -1 && errno != EPERM)
		die_errno(PM_EXIT_IO, "%s: cannot keep its owner", path);
	if (fchmod(fd, old->st_mode & 07777) == -1)
		die_errno(PM_EXIT_IO, "%s: cannot keep its mode", path);
}

void
atomic_open(struct atomic_file *file, const char *path)
{
	static bool registered;
	struct stat old;
	bool exists;

	*file = (struct atomic_file){.fd = -1, .path = resolve(path)};
	exists = stat(file->path, &old) == 0;
	if (!exists && errno != ENOENT)
		die_errno(PM_EXIT_IO, "%s", path);
	if (exists && S_ISDIR(old.st_mode))
		die(PM_EXIT_IO, "%s: is a directory, name a file", path);
	if (exists && !S_ISREG(old.st_mode)) {
		file->fd = open(file->path, O_WRONLY | O_CLOEXEC);
		if (file->fd == -1)
			die_errno(PM_EXIT_IO, "%s: cannot write", path);
		return;
	}
	if (!registered && atexit(remove_all) != 0)
		die(PM_EXIT_SYSTEM, "cannot register the clean-up at exit");
	registered = true;
	file->temporary = beside(file->path);
	file->fd = mkostemp(file->temporary, O_CLOEXEC);
	if (file->fd == -1)
		die_errno(
		    PM_EXIT_IO, "%s: cannot create a file beside it", path);
	file->next = open_files;
	open_files = file;
	take_mode(file->fd, exists ? &old : NULL, file->path);
}

/* Read until the buffer is full or the file ends; how many bytes. */
static size_t
read_full(int fd, char *buffer, size_t size, const char *path)
{
	size_t have = 0;

	while (have < size) {
		ssize_t n = read(fd, buffer + have, size - have);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die_errno(PM_EXIT_IO, "%s: cannot read", path);
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return have;
}

/* Does the target hold what was written?  The size is compared first. */
static bool
unchanged(const struct atomic_file *file)
{
	enum { BLOCK = 64 * 1024 };
	struct stat mine, theirs;
	char *blocks;
	size_t n;
	bool same;
	int fd, again;

	fd = open(file->path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return false;
	if (fstat(file->fd, &mine) == -1 || fstat(fd, &theirs) == -1)
		die_errno(PM_EXIT_IO, "%s", file->path);
	if (mine.st_size != theirs.st_size) {
		close(fd);
		return false;
	}
	/* The caller's descriptor is open for writing and reading (mkstemp). */
	again = file->fd;
	if (lseek(again, 0, SEEK_SET) == -1)
		die_errno(PM_EXIT_IO, "%s: cannot seek", file->temporary);
	blocks = memory_array(NULL, 2, BLOCK);
	do {
		n = read_full(again, blocks, BLOCK, file->temporary);
		same = read_full(fd, blocks + BLOCK, BLOCK, file->path) == n &&
		       memcmp(blocks, blocks + BLOCK, n) == 0;
	} while (same && n == BLOCK);
	free(blocks);
	close(fd);
	return same;
}

void
atomic_sync_directory(const char *path)
{
	char *copy = copy_of(path);
	const char *directory = dirname(copy);
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* Some file systems cannot sync a directory and say EINVAL. */
	if (fd == -1 || (fsync(fd) == -1 && errno != EINVAL))
		die_errno(PM_EXIT_IO, "%s: cannot sync", directory);
	close(fd);
	free(copy);
}

bool
atomic_commit(struct atomic_file *file)
{
	if (file->temporary == NULL) {
		if (close(file->fd) == -1)
			die_errno(PM_EXIT_IO, "%s: cannot write", file->path);
		forget(file);
		return true;
	}
	if (unchanged(file)) {
		atomic_abandon(file);
		return false;
	}
	if (fsync(file->fd) == -1)
		die_errno(PM_EXIT_IO, "%s: cannot sync", file->temporary);
	if (close(file->fd) == -1)
		die_errno(PM_EXIT_IO, "%s: cannot write", file->temporary);
	file->fd = -1;
	if (rename(file->temporary, file->path) == -1)
		die_errno(PM_EXIT_IO, "%s: cannot replace", file->path);
	atomic_sync_directory(file->path);
	forget(file);
	return true;
}

void
atomic_abandon(struct atomic_file *file)
{
	if (file->fd != -1)
		close(file->fd);
	if (file->temporary != NULL && unlink(file->temporary) == -1 &&
	    errno != ENOENT)
		warning(
		    "%s: cannot remove: %s", file->temporary, strerror(errno));
	forget(file);
}
