/* Between the two files of window.h: what a window is once it is parsed. */
#ifndef PM_WINDOW_PRIVATE_H
#define PM_WINDOW_PRIVATE_H

#include <libical/ical.h>

#include "window.h"

enum {
	WINDOW_DAY = 24 * 60 * 60,
	WINDOW_RULE_SIZE = 64
};

struct window {
	bool always;
	char rule[WINDOW_RULE_SIZE]; /* RRULE that gives the days */
	int64_t later;	      /* seconds from such a day to the window's */
	int64_t start;	      /* seconds into the day */
	int64_t end;	      /* the same; beyond WINDOW_DAY for the following day */
	icaltimezone *zone;   /* libical's, shared */
	struct slot *freezes; /* sorted by start */
	size_t freeze_count;
	size_t freeze_capacity;
};

/*
 * The first moment at which the wall clock shows `local` or later.  local is
 * counted as if the zone were UTC.
 */
int64_t window_first_moment(icaltimezone *zone, int64_t local);

#endif
