#include "window.h"

#include "wall_clock.h"
#include "window_calendar.h"
#include "window_model.h"

/* ---- freezes */

/* The first part of the slot that no freeze covers; false when none is left. */
static bool
slot_thaw(const struct window *window, struct slot *slot)
{
	for (size_t i = 0; i < window->freeze_count; i++) {
		const struct slot *freeze = &window->freezes[i];

		if (freeze->end <= slot->start)
			continue;
		if (freeze->start > slot->start) {
			if (freeze->start < slot->end)
				slot->end = freeze->start;
			return true;
		}
		slot->start = freeze->end;
		if (slot->start >= slot->end)
			return false;
	}
	return true;
}

/* ---- looking ahead */

/* Midnight of a date, counted as if it were UTC. */
static int64_t
date_seconds(struct icaltimetype date)
{
	date.is_date = 1;
	return (int64_t)icaltime_as_timet(date);
}

/* The slot on one of the rule's days, from `from` on and thawed. */
static bool
slot_on(
    const struct window *window, int64_t day, int64_t from, struct slot *slot)
{
	day += window->later;
	slot->start = wall_clock_first(window->zone, day + window->start);
	slot->end = wall_clock_first(window->zone, day + window->end);
	if (slot->start < from)
		slot->start = from;
	return slot->start < slot->end && slot_thaw(window, slot);
}

/* From two days before, since a slot reaches over midnight. */
static icalrecur_iterator *
days_from(const struct window *window, int64_t from)
{
	struct icalrecurrencetype rule = icalrecurrencetype_from_string(
	    window->rule);
	int64_t first = from - window->later - 2 * WINDOW_DAY;

	return icalrecur_iterator_new(
	    rule, icaltime_from_timet_with_zone((time_t)first, 1, NULL));
}

/* Times are found for twice as long as is needed, so that more can be asked. */
static void
find_times(const struct window *window, int64_t from, int64_t limit)
{
	struct window_times *times = window->times;

	if (times->slots != NULL && times->from <= from && times->to > limit)
		return;
	free(times->slots);
	times->from = from;
	times->to = limit + (limit - from);
	times->count = calendar_events_between(
	    window->events, times->from, times->to, &times->slots);
}

static bool
next_event(
    const struct window *window, int64_t from, int64_t limit, struct slot *slot)
{
	find_times(window, from, limit);
	for (size_t i = 0; i < window->times->count; i++) {
		*slot = window->times->slots[i];
		if (slot->start < from)
			slot->start = from;
		if (slot->start > limit)
			return false;
		if (slot->start < slot->end && slot_thaw(window, slot))
			return slot->start <= limit;
	}
	return false;
}

bool
window_next(const struct window *window, int64_t from, struct slot *slot)
{
	int64_t limit = from + (int64_t)WINDOW_SEARCH_DAYS * WINDOW_DAY;
	icalrecur_iterator *days;
	bool found = false;

	if (window->always) {
		*slot = (struct slot){from, SLOT_FOREVER};
		return slot_thaw(window, slot) && slot->start <= limit;
	}
	if (window->events != NULL)
		return next_event(window, from, limit, slot);
	days = days_from(window, from);
	if (days == NULL)
		return false;
	while (!found) {
		struct icaltimetype date = icalrecur_iterator_next(days);

		if (icaltime_is_null_time(date) ||
		    date_seconds(date) + window->later > limit + 2 * WINDOW_DAY)
			break;
		found = slot_on(window, date_seconds(date), from, slot);
	}
	icalrecur_iterator_free(days);
	return found && slot->start <= limit;
}

bool
window_open(const struct window *window, int64_t time)
{
	struct slot slot;

	return window_next(window, time, &slot) && slot.start == time;
}
