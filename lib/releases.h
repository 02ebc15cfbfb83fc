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

/*
 * Take the last number off a release such as 9.4 or 3.19.1, whose fixes are
 * published for 9 and 3.19; false when there is none to take off.  On SUSE's
 * systems it is the service pack, and stays.
 */
bool release_shorten(struct span os, struct span *release);

/*
 * The row of a system with this number or codename, or of what it shortens to;
 * or NULL.
 */
const struct release_row *releases_find(
    const struct releases *releases, struct span os, struct span release);

void releases_free(struct releases *releases);

#endif
