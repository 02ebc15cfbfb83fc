/* What universe.c and universe_host.c share. */
#ifndef PM_UNIVERSE_PARTS_H
#define PM_UNIVERSE_PARTS_H

#include "universe.h"

/* Is it for the architecture of the hosts, or for all? */
bool universe_is_native(const struct universe *universe, const Solvable *s);

/*
 * What a system of this kind would choose under a name: of the best rank the
 * newest, but nothing older than what it has (apt_preferences(5)).  0 for
 * nothing installed, and for no choice.
 */
Id universe_best(const struct universe *universe, Id name, Id installed);

/* What has the name in this version, or 0; of what is offered, or of all. */
Id universe_same_version(const struct universe *universe, Id name,
    const char *version, bool offers_only);

/* libsolv leaves out an epoch of 0, inventories need not. */
struct span universe_without_epoch(struct span version);

#endif
