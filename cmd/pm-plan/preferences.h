/*
 * What the pins of the hosts give to what their repositories offer, from adv
 * records that pm-collect(1) apt wrote: apt_preferences(5).
 */
#ifndef PM_PLAN_PREFERENCES_H
#define PM_PLAN_PREFERENCES_H

#include "input.h"

/* Take an adv record; those without a priority say nothing. */
void preferences_read(const struct record *record);

/* What is said of one version of a package. */
struct preference {
	int priority;
	struct span installed; /* of the installed version: pins.h; or empty */
};

/*
 * Of systems with this os and release; NULL where no pins have a say.  The
 * version has no epoch of 0.
 */
const struct preference *preferences_find(struct span os, struct span release,
    struct span package, struct span version);

/* Is there any? */
bool preferences_any(void);

#endif
