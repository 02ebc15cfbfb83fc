/* Writing cover records: by which feeds a host could be judged at all. */
#ifndef PM_MATCH_COVER_H
#define PM_MATCH_COVER_H

#include "fleet.h"

/* A package of which no repository speaks. */
void cover_unknown(struct host *host, struct span package);

/*
 * What judge() returned of a package of the current host: findings that a feed
 * says do not concern it.
 */
void cover_excluded(
    struct fleet *fleet, struct span package, struct span remarks);

/* Write the verdicts of the current host; true when it is covered. */
bool cover_write(struct fleet *fleet);

#endif
