/*
 * iCalendar files as windows and freezes: the times of their events, RFC 5545
 * section 3.6.1 with RRULE, RDATE, EXDATE and RECURRENCE-ID.
 */
#ifndef PM_WINDOW_CALENDAR_H
#define PM_WINDOW_CALENDAR_H

#include "slot.h"
#include "span.h"
#include "window_model.h"

enum {
	CALENDAR_EVENTS_MAX = 10000,
	CALENDAR_TIMES_MAX = 1000000 /* that one event is looked at for */
};

struct calendar_events;

/*
 * The events of a calendar.  Days without a time of day are those of the zone
 * given.  NULL and a reason where it is none: what cannot be read for sure must
 * not open or shut anything.
 */
struct calendar_events *calendar_events_parse(
    struct span text, icaltimezone *zone, const char **reason);

/*
 * When they are, from the first that ends after `from` to those that start
 * before `to`: sorted, those that touch made one.  The caller frees *slots.
 */
size_t calendar_events_between(const struct calendar_events *events,
    int64_t from, int64_t to, struct slot **slots);

void calendar_events_free(struct calendar_events *events);

#endif
