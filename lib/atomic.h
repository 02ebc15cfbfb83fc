/*
 * Files that are replaced whole or not at all: written beside the target,
 * synced, renamed, the directory synced.  A killed program leaves the old file.
 */
#ifndef PM_ATOMIC_H
#define PM_ATOMIC_H

#include <stdbool.h>

struct atomic_file {
	int fd;		 /* write here */
	char *path;	 /* the target */
	char *temporary; /* beside it */
};

/* Start; failure ends the program with status 74 and the path. */
void atomic_open(struct atomic_file *file, const char *path);

/*
 * Put it in place.  When the target already has the same bytes it is left
 * untouched, so that make sees no change.  Returns whether it was replaced.
 */
bool atomic_commit(struct atomic_file *file);

/* Remove the temporary file; the target stays as it was. */
void atomic_abandon(struct atomic_file *file);

#endif
