/* What the clock on the wall of a time zone shows, through libical. */
#ifndef PM_WALL_CLOCK_H
#define PM_WALL_CLOCK_H

#include <stdint.h>

#include <libical/ical.h>

/*
 * The first moment, in seconds since the epoch, at which the wall clock shows
 * `local` or later.  local is counted as if the zone were UTC.
 */
int64_t wall_clock_first(icaltimezone *zone, int64_t local);

/*
 * The moment that RFC 5545 section 3.3.5 means by `local`: of a time that comes
 * twice the first, and one that is skipped with the offset from before.
 */
int64_t wall_clock_moment(icaltimezone *zone, int64_t local);

#endif
