/* Time zones by their names in the system's tz database. */
#ifndef PM_WINDOW_ZONE_H
#define PM_WINDOW_ZONE_H

#include <libical/ical.h>

#include "span.h"

/* The zone with this name, which libical keeps; or NULL and a reason. */
icaltimezone *window_zone(struct span name, const char **reason);

#endif
