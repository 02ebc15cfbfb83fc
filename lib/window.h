/*
 * Maintenance windows and freezes, pm-policy(5) section WINDOWS.  A window is a
 * recurrence (RFC 5545 section 3.3.10, by way of libical) with a time of day in
 * a time zone of the tz database:
 *
 *	any
 *	any ZONE
 *	DAYS HH:MM-HH:MM ZONE [daily|weekly|monthly]
 *
 *	DAYS  daily
 *	      sat         sat,sun         mon-fri
 *	      second tue  last fri +1d    (first second third fourth last;
 *	                                   +Nd days later, N up to 27)
 *
 * An end that is not later than the start is on the following day; 24:00 is a
 * proper end.  The last word is for the reader and must fit DAYS.
 *
 * A time of day means the first moment at which the clock on the wall shows it
 * or a later one.  So a time that a change of the clock skips means the
 * moment of the change, and one that occurs twice means its first occurrence.
 * (RFC 5545 section 3.3.5 agrees on the second; on the first it goes on counting
 * with the old offset, which could end a window before it starts.)
 *
 * Nothing here looks at the clock or the environment.
 */
#ifndef PM_WINDOW_H
#define PM_WINDOW_H

#include "memory.h"
#include "slot.h"
#include "span.h"

struct window;

enum { WINDOW_SEARCH_DAYS = 366 }; /* how far window_next() looks ahead */

/*
 * Parse a window.  Returns NULL and a reason, a whole sentence without full
 * stop that lives as long as the program, when it is none.
 */
struct window *window_parse(struct span text, const char **reason);

/*
 * The window that is open at the times of an iCalendar file's events.  Events
 * in no time zone are refused; days without a time of day are days in UTC.
 */
struct window *window_calendar(struct span text, const char **reason);

/*
 * Add freezes, during which the window is shut: a comma list of FROM/TO, where
 * each is a date (in the window's zone; the day TO is frozen to its end) or an
 * RFC 3339 time with Z (frozen until just before TO), or of single dates.
 * Returns false and a reason when it is no such list; the window must then not
 * be used.
 */
bool window_freeze(
    struct window *window, struct span text, const char **reason);

/*
 * Add the events of an iCalendar file as freezes, as far as they are within
 * four years after `from`.  Days without a time of day are days in the window's
 * zone.
 */
bool window_freeze_calendar(
    struct window *window, struct span text, int64_t from, const char **reason);

/*
 * The first time at or after from when the window is open and not frozen, and
 * when it then shuts.  False when it does not open within WINDOW_SEARCH_DAYS.
 */
bool window_next(const struct window *window, int64_t from, struct slot *slot);

/* Is it open, and not frozen, at this time? */
bool window_open(const struct window *window, int64_t time);

void window_free(struct window *window);

#endif
