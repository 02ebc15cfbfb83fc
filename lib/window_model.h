/* What a window is once it is parsed; between the two files of window.h. */
#ifndef PM_WINDOW_MODEL_H
#define PM_WINDOW_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libical/ical.h>

struct slot;
struct calendar_events;

enum { WINDOW_DAY = 24 * 60 * 60, WINDOW_RULE_SIZE = 64 };

struct window {
	bool always;
	char rule[WINDOW_RULE_SIZE]; /* RRULE that gives the days */
	int64_t later; /* seconds from such a day to the window's */
	int64_t start; /* seconds into the day */
	int64_t end;   /* the same; beyond WINDOW_DAY for the following day */
	icaltimezone *zone;   /* libical's, shared */
	struct slot *freezes; /* sorted by start */
	size_t freeze_count;
	size_t freeze_capacity;
	struct calendar_events *events; /* of a calendar, instead of rule */
	struct window_times *times;	/* of the events, found so far */
};

/* The times of events between two times. */
struct window_times {
	int64_t from, to;
	struct slot *slots;
	size_t count;
};

#endif
