/* Which steps of the plan this run is about. */
#ifndef PM_APPLY_SELECT_H
#define PM_APPLY_SELECT_H

#include "plan.h"
#include "transport.h"

/*
 * Those of the hosts that the transport reaches: this machine, the one image,
 * or all.  host, unless NULL, names the one host.  Ends the program with status
 * 77 when the plan is not for the machine or image.
 */
void select_hosts(
    struct plan *plan, const struct transport *transport, const char *host);

/*
 * Of those, the installations to take back: "all" that the journal has as
 * done, or a comma list of step ids.  Status 64 for one that cannot be.
 */
void select_rollback(struct plan *plan, const char *steps);

/* How many are selected. */
size_t select_count(const struct plan *plan);

#endif
