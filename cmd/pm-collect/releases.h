/*
 * The table of operating systems' releases, share/releases.tsv: numbers,
 * codenames and ends of support.  PM_RELEASES names another file.
 */
#ifndef PM_RELEASES_H
#define PM_RELEASES_H

#include "memory.h"

/* A row; values are field text, "-" where there is none. */
struct release_row {
	struct span os;
	struct span release;
	struct span codename;
	int64_t eol; /* the last day with free support; INT64_MAX: not set */
};

struct releases {
	struct release_row *rows;
	size_t count, capacity;
	struct arena arena;
};

/* Read the table; a missing or malformed one ends the program. */
void releases_load(struct releases *releases);

/* The row of a system with this number or codename, or NULL. */
const struct release_row *releases_find(
    const struct releases *releases, struct span os, struct span release);

void releases_free(struct releases *releases);

#endif
