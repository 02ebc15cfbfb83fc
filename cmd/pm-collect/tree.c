#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * O_NONBLOCK, since opening a fifo must not wait; the result is looked at
 * before anything is read from it.
 */
enum { LOOK = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK };

static int
look(const struct tree *tree, const char *path, int flags)
{
	struct open_how how = {.flags = (unsigned)flags,
	    .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};

	if (!tree->confined)
		return open(path, flags);
	return (int)syscall(SYS_openat2, tree->fd, path, &how, sizeof(how));
}

void
tree_open(struct tree *tree, const char *path)
{
	struct stat top, given;
	int fd;

	*tree = (struct tree){.path = path};
	tree->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (tree->fd == -1)
		die_errno(
		    errno == ENOENT ? PM_EXIT_NOTHING : PM_EXIT_IO, "%s", path);
	if (fstat(tree->fd, &given) == -1 || stat("/", &top) == -1)
		die_errno(PM_EXIT_IO, "%s", path);
	tree->confined = given.st_dev != top.st_dev ||
			 given.st_ino != top.st_ino;
	fd = look(tree, "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		die_errno(PM_EXIT_SYSTEM,
		    "%s: cannot keep symbolic links inside (openat2, "
		    "needs Linux 5.6 and a sandbox that lets it pass)",
		    path);
	close(fd);
}

void
tree_close(struct tree *tree)
{
	close(tree->fd);
}

int
tree_file(const struct tree *tree, const char *path)
{
	struct stat status;
	int fd, error;

	/* look first: opening a device can have effects */
	fd = look(tree, path, O_PATH | O_CLOEXEC);
	if (fd == -1)
		return -1;
	error = fstat(fd, &status) == -1  ? errno
		: S_ISREG(status.st_mode) ? 0
					  : EINVAL;
	close(fd);
	if (error == 0) {
		fd = look(tree, path, LOOK);
		if (fd == -1)
			return -1;
		if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
			return fd;
		close(fd);
		error = EINVAL;
	}
	errno = error;
	return -1;
}

bool
tree_slurp(const struct tree *tree, const char *path, struct buffer *buffer,
    size_t max)
{
	struct bytes bytes;
	int fd = tree_file(tree, path);
	bool read;
	int error;

	if (fd == -1)
		return false;
	bytes_open_fd(&bytes, fd, path);
	read = bytes_slurp(&bytes, buffer, max);
	error = errno;
	bytes_close(&bytes);
	errno = error;
	return read;
}

bool
tree_exists(const struct tree *tree, const char *path)
{
	int fd = look(tree, path, O_PATH | O_CLOEXEC);

	if (fd == -1)
		return false;
	close(fd);
	return true;
}

bool
tree_is_link(const struct tree *tree, const char *path)
{
	struct stat status;

	/* relative to the top, and one component: nothing is followed */
	return fstatat(tree->fd, path + 1, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISLNK(status.st_mode);
}

bool
tree_names(const struct tree *tree, const char *path, struct list *list)
{
	int fd = look(tree, path, LOOK | O_DIRECTORY);
	struct dirent *entry;
	DIR *directory;
	int error;

	if (fd == -1)
		return false;
	directory = fdopendir(fd);
	if (directory == NULL) {
		close(fd);
		return false;
	}
	while (errno = 0, (entry = readdir(directory)) != NULL)
		if (entry->d_name[0] != '.')
			list_add(list, span_of(entry->d_name));
	error = errno;
	closedir(directory);
	list_sort(list);
	errno = error;
	return error == 0;
}
