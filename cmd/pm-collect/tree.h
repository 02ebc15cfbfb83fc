/*
 * The file tree of the system that is looked at: this machine, the image of one
 * below a directory, or what a probe has seen on one.  An image is hostile: no
 * symbolic link in it leads out of it, and nothing but regular files and
 * directories is opened.  What a probe has seen is looked up in its reply; no
 * file of this machine is touched.
 */
#ifndef PM_TREE_H
#define PM_TREE_H

#include <sys/stat.h>

#include "bytes.h"
#include "list.h"
#include "reply.h"

struct tree {
	const char *path; /* "/" for this machine */
	int fd;
	bool confined;		   /* an image */
	const struct reply *reply; /* of a probe, or NULL */
};

/*
 * Open this machine ("/"), or an image below any other directory.  Failure
 * ends the program: status 66 when it does not exist, else 74; status 71 when
 * the kernel cannot keep links inside (openat2(2), Linux 5.6).
 */
void tree_open(struct tree *tree, const char *path);
void tree_close(struct tree *tree);

/* What a probe has seen; the reply must outlive the tree. */
void tree_open_reply(struct tree *tree, const struct reply *reply);

/*
 * Open a directory of a tree as a tree whose paths are relative: no slash in
 * front.  Of an image it gives no tree.  The path must outlive it.  False with
 * errno when it is not there.
 */
bool tree_enter(const struct tree *tree, const char *path, struct tree *below);

/*
 * Open a regular file; path is absolute in the system that is looked at, and
 * must outlive bytes.  False with errno (EINVAL when it is something else);
 * else close it with bytes_close().
 */
bool tree_bytes(const struct tree *tree, const char *path, struct bytes *bytes);

/* The same as a descriptor, -1 with errno; not of what a probe has seen. */
int tree_file(const struct tree *tree, const char *path);

/*
 * The whole of a small file.  Returns false with errno when it cannot be read
 * or has more than max bytes; buffer then holds nothing new that is of use.
 */
bool tree_slurp(const struct tree *tree, const char *path,
    struct buffer *buffer, size_t max);

/* Is there a file of any kind at path? */
bool tree_exists(const struct tree *tree, const char *path);

/* The same without following a link at its end, which may point nowhere. */
bool tree_entry_exists(const struct tree *tree, const char *path);

/* Is it a directory, and no link to one?  Not of what a probe has seen. */
bool tree_is_directory(const struct tree *tree, const char *path);

/*
 * What stat(2) says of a file, links followed.  False with errno; not of what a
 * probe has seen.
 */
bool tree_status(
    const struct tree *tree, const char *path, struct stat *status);

/* Is there a symbolic link at path, one directory below the top? */
bool tree_is_link(const struct tree *tree, const char *path);

/* Where a symbolic link points; false with errno. */
bool tree_link(
    const struct tree *tree, const char *path, struct buffer *target);

/* Is path a directory, and another one than the top of this machine's tree? */
bool tree_is_other(const struct tree *tree, const char *path);

/*
 * Add the names in a directory to list, sorted, without those that begin with a
 * dot.  False with errno when the directory cannot be read.
 */
bool tree_names(const struct tree *tree, const char *path, struct list *list);

#endif
