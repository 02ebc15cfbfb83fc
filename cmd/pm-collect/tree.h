/*
 * The file tree of the system that is looked at: this machine, or the image of
 * one below a directory.  An image is hostile: no symbolic link in it leads out
 * of it, and nothing but regular files and directories is opened.
 */
#ifndef PM_TREE_H
#define PM_TREE_H

#include "bytes.h"
#include "list.h"

struct tree {
	const char *path; /* "/" for this machine */
	int fd;
	bool confined;    /* an image */
};

/*
 * Open this machine ("/"), or an image below any other directory.  Failure
 * ends the program: status 66 when it does not exist, else 74; status 71 when
 * the kernel cannot keep links inside (openat2(2), Linux 5.6).
 */
void tree_open(struct tree *tree, const char *path);
void tree_close(struct tree *tree);

/*
 * Open a regular file; path is absolute in the system that is looked at.
 * Returns the descriptor, or -1 with errno (EINVAL when it is something else).
 */
int tree_file(const struct tree *tree, const char *path);

/*
 * The whole of a small file.  Returns false with errno when it cannot be read
 * or has more than max bytes; buffer then holds nothing new that is of use.
 */
bool tree_slurp(const struct tree *tree, const char *path,
    struct buffer *buffer, size_t max);

/* Is there a file of any kind at path? */
bool tree_exists(const struct tree *tree, const char *path);

/* Is there a symbolic link at path, one directory below the top? */
bool tree_is_link(const struct tree *tree, const char *path);

/*
 * Add the names in a directory to list, sorted, without those that begin with a
 * dot.  False with errno when the directory cannot be read.
 */
bool tree_names(const struct tree *tree, const char *path, struct list *list);

#endif
