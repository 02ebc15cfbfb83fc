/*
 * Files that are replaced whole or not at all: written beside the target,
 * synced, renamed, the directory synced.  A killed program leaves the old file.
 *
 * A symbolic link keeps pointing where it did and what it names is replaced.
 * A target that is there and is no regular file (a pipe, /dev/null) cannot be
 * replaced, so it is written to directly.
 */
#ifndef PM_ATOMIC_H
#define PM_ATOMIC_H

#include <stdbool.h>

struct atomic_file {
	int fd;			  /* write here */
	char *path;		  /* the target */
	char *temporary;	  /* beside it; NULL when written directly */
	struct atomic_file *next; /* for the clean-up at exit */
};

/*
 * Start; failure ends the program with status 74 and the path.  The struct must
 * stay where it is until commit or abandon: when the program ends before
 * either, the temporary file is removed.
 */
void atomic_open(struct atomic_file *file, const char *path);

/*
 * Put it in place.  When the target already has the same bytes it is left
 * untouched, so that make sees no change.  Returns whether it was replaced.
 * A new file gets mode 0666 less umask; a replaced one keeps mode and owner.
 */
bool atomic_commit(struct atomic_file *file);

/* Remove the temporary file; the target stays as it was. */
void atomic_abandon(struct atomic_file *file);

/* Make the name of a file in its directory durable; status 74 on failure. */
void atomic_sync_directory(const char *path);

#endif
