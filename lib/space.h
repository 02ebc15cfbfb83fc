/*
 * What patches take of which file system, as far as it is known before: what is
 * downloaded on that of /var, what is unpacked on that of /usr, kernels on that
 * of /boot.  pm-plan asks by the fact free_space whether it fits, and the
 * drivers of pm-apply look again before they begin.
 */
#ifndef PM_SPACE_H
#define PM_SPACE_H

#include "span.h"

/* Directories that may be file systems of their own; a fact free_space each. */
enum space_place { SPACE_ROOT, SPACE_BOOT, SPACE_USR, SPACE_VAR, SPACE_PLACES };
extern const char *const space_places[SPACE_PLACES];

/* In bytes.  Zero-initialise to begin. */
struct space {
	uint64_t wanted[SPACE_PLACES];
	struct span kernel; /* the version counted last */
};

/*
 * Add a package that is installed.  growth is what it takes more than the
 * version before.  A kernel takes 128 MiB of /boot, with the initial file
 * system that is made for it; its packages of one version are one kernel.  The
 * version must live as long as space.
 */
void space_add(struct space *space, struct span package, struct span version,
    uint64_t download, uint64_t growth);

#endif
