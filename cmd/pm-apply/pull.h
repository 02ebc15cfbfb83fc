/*
 * Hosts that nobody can reach: the steps of each as one script that carries
 * them out on it, and what its journal says afterwards.
 */
#ifndef PM_APPLY_PULL_H
#define PM_APPLY_PULL_H

#include "schedule.h"

/* Write DIRECTORY/HOST.sh for each selected host. */
void pull_export(const struct schedule *schedule, const char *directory);

/*
 * Take over the journal of such a script.  It must be whole, of this plan and of
 * one host; otherwise the program ends with status 65, and nothing is taken.
 */
void pull_import(struct site *site, const char *file);

#endif
