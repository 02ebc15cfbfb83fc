#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * O_NONBLOCK, since opening a fifo must not wait; the result is looked at
 * before anything is read from it.
 */
enum { LOOK = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK };

enum { LOOK_TRIES = 1000 };

static int
look(const struct tree *tree, const char *path, int flags)
{
	struct open_how how = {.flags = (unsigned)flags,
	    .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};

	if (!tree->confined)
		return openat(tree->fd, path, flags);
	/*
	 * The kernel cannot vouch for ".." while anything anywhere is renamed or
	 * mounted, and says EAGAIN; see openat2(2).
	 */
	for (unsigned tries = 0; tries < LOOK_TRIES; tries++) {
		int fd = (int)syscall(
		    SYS_openat2, tree->fd, path, &how, sizeof(how));

		if (fd != -1 || errno != EAGAIN)
			return fd;
		(void)sched_yield();
	}
	return -1;
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
	if (tree->reply == NULL)
		close(tree->fd);
}

void
tree_open_reply(struct tree *tree, const struct reply *reply)
{
	*tree = (struct tree){.path = "/", .fd = -1, .reply = reply};
}

/* The path of a reply's entry: absolute as it is, else below the tree's. */
static void
full_path(const struct tree *tree, const char *path, struct buffer *full)
{
	if (path[0] != '/')
		buffer_printf(full, "%s/", tree->path);
	buffer_add_span(full, span_of(path));
}

/* The entry for a path; NULL with errno when it was not seen. */
static const struct reply_entry *
seen(const struct tree *tree, const char *path)
{
	struct buffer full = {0};
	const struct reply_entry *entry;

	full_path(tree, path, &full);
	entry = reply_find(tree->reply, buffer_span(&full));
	buffer_release(&full);
	if (entry == NULL)
		errno = ENOENT;
	else if (entry->kind == REPLY_REFUSED)
		errno = EACCES;
	else
		return entry;
	return NULL;
}

/*
 * The first entry below a directory, which full becomes with a slash behind it;
 * the number of entries when there is none.
 */
static size_t
first_below(const struct tree *tree, const char *path, struct buffer *full)
{
	size_t at;

	full_path(tree, path, full);
	buffer_add_byte(full, '/');
	at = reply_search(tree->reply, buffer_span(full));
	if (at < tree->reply->count &&
	    span_starts(tree->reply->entry[at].path, buffer_span(full)))
		return at;
	return tree->reply->count;
}

bool
tree_enter(const struct tree *tree, const char *path, struct tree *below)
{
	*below = (struct tree){.path = path, .fd = -1, .reply = tree->reply};
	if (tree->reply != NULL)
		return tree_exists(tree, path);
	below->fd = look(tree, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return below->fd != -1;
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
tree_bytes(const struct tree *tree, const char *path, struct bytes *bytes)
{
	const struct reply_entry *entry;
	int fd;

	if (tree->reply == NULL) {
		fd = tree_file(tree, path);
		if (fd != -1)
			bytes_open_fd(bytes, fd, path);
		return fd != -1;
	}
	entry = seen(tree, path);
	if (entry == NULL)
		return false;
	if (entry->kind != REPLY_FILE) {
		errno = EINVAL;
		return false;
	}
	bytes_open_memory(bytes, entry->content, path);
	return true;
}

bool
tree_slurp(const struct tree *tree, const char *path, struct buffer *buffer,
    size_t max)
{
	struct bytes bytes;
	bool read;
	int error;

	if (!tree_bytes(tree, path, &bytes))
		return false;
	read = bytes_slurp(&bytes, buffer, max);
	error = errno;
	bytes_close(&bytes);
	errno = error;
	return read;
}

bool
tree_exists(const struct tree *tree, const char *path)
{
	struct buffer full = {0};
	int fd;

	if (tree->reply != NULL) {
		bool found = seen(tree, path) != NULL ||
			     first_below(tree, path, &full) <
				 tree->reply->count;

		buffer_release(&full);
		return found;
	}
	fd = look(tree, path, O_PATH | O_CLOEXEC);
	if (fd == -1)
		return false;
	close(fd);
	return true;
}

bool
tree_entry_exists(const struct tree *tree, const char *path)
{
	int fd;

	if (tree->reply != NULL)
		return tree_exists(tree, path);
	fd = look(tree, path, O_PATH | O_CLOEXEC | O_NOFOLLOW);
	if (fd == -1)
		return false;
	close(fd);
	return true;
}

bool
tree_is_directory(const struct tree *tree, const char *path)
{
	int fd = look(
	    tree, path, O_PATH | O_CLOEXEC | O_NOFOLLOW | O_DIRECTORY);

	if (fd != -1)
		close(fd);
	return fd != -1;
}

bool
tree_status(const struct tree *tree, const char *path, struct stat *status)
{
	int fd = look(tree, path, O_PATH | O_CLOEXEC), error;
	bool seen;

	if (fd == -1)
		return false;
	seen = fstat(fd, status) == 0;
	error = errno;
	close(fd);
	errno = error;
	return seen;
}

bool
tree_is_link(const struct tree *tree, const char *path)
{
	const struct reply_entry *entry;
	struct stat status;

	if (tree->reply != NULL) {
		entry = seen(tree, path);
		return entry != NULL && entry->kind == REPLY_LINK;
	}
	/* relative to the top, and one component: nothing is followed */
	return fstatat(tree->fd, path + 1, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISLNK(status.st_mode);
}

bool
tree_link(const struct tree *tree, const char *path, struct buffer *target)
{
	const struct reply_entry *entry;
	char text[PATH_MAX];
	ssize_t n;

	buffer_reset(target);
	if (tree->reply != NULL) {
		entry = seen(tree, path);
		if (entry == NULL || entry->kind != REPLY_LINK)
			return false;
		buffer_add_span(target, entry->content);
		return true;
	}
	n = readlinkat(tree->fd, path, text, sizeof(text));
	if (n > 0)
		buffer_add(target, text, (size_t)n);
	return n > 0;
}

bool
tree_is_other(const struct tree *tree, const char *path)
{
	const struct reply_entry *entry;
	struct stat top, other;

	if (tree->reply != NULL) {
		entry = seen(tree, path);
		return entry != NULL && entry->kind == REPLY_OTHER;
	}
	return stat("/", &top) == 0 &&
	       fstatat(tree->fd, path, &other, 0) == 0 &&
	       (top.st_dev != other.st_dev || top.st_ino != other.st_ino);
}

/* The first part of what each entry below the directory has behind it. */
static bool
names_seen(const struct tree *tree, const char *path, struct list *list)
{
	const struct reply *reply = tree->reply;
	struct buffer full = {0};
	struct span last = {0};
	size_t at = first_below(tree, path, &full);

	for (; at < reply->count &&
	       span_starts(reply->entry[at].path, buffer_span(&full));
	     at++) {
		struct span rest = span_skip(reply->entry[at].path, full.n);
		struct span name = span_cut(&rest, '/');

		if (name.n > 0 && name.p[0] != '.' && !span_equal(name, last))
			list_add(list, name);
		last = name;
	}
	buffer_release(&full);
	list_sort(list);
	return list->count > 0 || seen(tree, path) != NULL;
}

bool
tree_names(const struct tree *tree, const char *path, struct list *list)
{
	struct dirent *entry;
	DIR *directory;
	int fd, error;

	if (tree->reply != NULL)
		return names_seen(tree, path, list);
	fd = look(tree, path, LOOK | O_DIRECTORY);
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
