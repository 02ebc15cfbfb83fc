/* What system a tree holds, from os-release(5). */
#ifndef PM_RELEASE_H
#define PM_RELEASE_H

#include "tree.h"

struct release {
	struct span os;	     /* ID */
	struct span release; /* VERSION_ID, else VERSION_CODENAME */
};

/*
 * Read /etc/os-release, else /usr/lib/os-release.  What is not given stays
 * empty.  False when there is neither file.
 */
bool release_read(
    const struct tree *tree, struct arena *arena, struct release *release);

#endif
