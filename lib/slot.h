/* A stretch of time. */
#ifndef PM_SLOT_H
#define PM_SLOT_H

#include <stdint.h>

/* From start until just before end, in seconds since the epoch. */
struct slot {
	int64_t start;
	int64_t end;
};

#define SLOT_FOREVER INT64_MAX /* the end of a slot that has none */

#endif
