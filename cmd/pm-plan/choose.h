/* Which of several packages apt takes where a dependency leaves the choice. */
#ifndef PM_CHOOSE_H
#define PM_CHOOSE_H

#include "universe.h"

/*
 * Add weak jobs to the queue for what apt would take for these targets: of
 * alternatives the first that can be had, a real package before one that
 * provides it, an installed one before all.  With a package apt upgrades those
 * of the same source where it can (APT::Get::Upgrade-By-Source-Package).
 * parents gets pairs: what was taken, and for which package.
 */
void choose_as_apt(const struct universe *universe, const Queue *targets,
    Queue *jobs, Queue *parents);

#endif
