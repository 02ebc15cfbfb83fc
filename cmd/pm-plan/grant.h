/*
 * A closure becomes rows of a host: needs get their exact versions, what they
 * need are new needs, and what cannot be, for want of room, for a gate or for
 * pins, is blocked.
 */
#ifndef PM_GRANT_H
#define PM_GRANT_H

#include "closures.h"

/*
 * Give it to the host at this place of the fleet.  New needs go to the end of
 * the fleet's; fleet_sort_needs() brings them home.
 */
void grant_closure(
    struct fleet *fleet, uint32_t at, const struct closure *closure);

#endif
