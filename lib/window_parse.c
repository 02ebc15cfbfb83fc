#include "timestamp.h"
#include "wall_clock.h"
#include "window.h"
#include "window_calendar.h"
#include "window_model.h"
#include "window_zone.h"

enum {
	LATER_DAYS_MAX = 27 /* a later day stays clear of the next month's */
};

/* What a word means to the parser, in the terms of RFC 5545. */
struct word {
	const char *text;
	const char *rule;
};

static const struct word weekdays[] = {
    {"mon", "MO"},
    {"tue", "TU"},
    {"wed", "WE"},
    {"thu", "TH"},
    {"fri", "FR"},
    {"sat", "SA"},
    {"sun", "SU"},
};

static const struct word ordinals[] = {
    {"first", "1"},
    {"second", "2"},
    {"third", "3"},
    {"fourth", "4"},
    {"last", "-1"},
};

enum { WEEKDAYS = 7, ORDINALS = sizeof(ordinals) / sizeof(ordinals[0]) };

static int
word_find(const struct word *words, int count, struct span text)
{
	for (int i = 0; i < count; i++)
		if (span_is(text, words[i].text))
			return i;
	return -1;
}

static bool
parse_zone(struct window *window, struct span name, const char **reason)
{
	window->zone = window_zone(name, reason);
	return window->zone != NULL;
}

/* HH:MM, up to limit. */
static bool
parse_clock(struct span text, int64_t limit, int64_t *seconds)
{
	uint64_t hour, minute;

	if (text.n != 5 || text.p[2] != ':' ||
	    !span_number((struct span){text.p, 2}, &hour) ||
	    !span_number((struct span){text.p + 3, 2}, &minute) || minute > 59)
		return false;
	*seconds = (int64_t)(hour * 60 + minute) * 60;
	return *seconds <= limit;
}

static bool
parse_hours(struct window *window, struct span text, const char **reason)
{
	struct span rest = text;
	struct span start = span_cut(&rest, '-');

	if (rest.p == NULL ||
	    !parse_clock(start, WINDOW_DAY - 60, &window->start) ||
	    !parse_clock(rest, WINDOW_DAY, &window->end)) {
		*reason = "the hours are not HH:MM-HH:MM";
		return false;
	}
	if (window->end <= window->start)
		window->end += WINDOW_DAY;
	return true;
}

/* sat,sun or mon-fri or both mixed, as the BYDAY part of a rule */
static bool
parse_weekdays(struct span list, bool *on)
{
	while (list.p != NULL) {
		struct span to = span_cut(&list, ',');
		struct span from = span_cut(&to, '-');
		int day = word_find(weekdays, WEEKDAYS, from);
		int last = to.p == NULL ? day
					: word_find(weekdays, WEEKDAYS, to);

		if (day < 0 || last < 0)
			return false;
		for (on[day] = true; day != last; on[day] = true)
			day = (day + 1) % WEEKDAYS;
	}
	return true;
}

static bool
parse_weekly(struct window *window, struct span list, const char **reason)
{
	bool on[WEEKDAYS] = {false};
	const char *comma = "";
	struct buffer rule = {0};

	if (!parse_weekdays(list, on)) {
		*reason = "the days are none of daily, mon to sun, a list or "
			  "range of these, or first to last and a day";
		return false;
	}
	buffer_printf(&rule, "FREQ=WEEKLY;BYDAY=");
	for (int day = 0; day < WEEKDAYS; day++)
		if (on[day]) {
			buffer_printf(&rule, "%s%s", comma, weekdays[day].rule);
			comma = ",";
		}
	buffer_add_byte(&rule, '\0');
	memcpy(window->rule, rule.p, rule.n);
	buffer_release(&rule);
	return true;
}

/* The next word, blanks before it skipped; empty at the end. */
static struct span
next_word(struct span *rest)
{
	struct span word;

	*rest = span_trim(*rest);
	word = span_cut(rest, ' ');
	if (rest->p == NULL)
		*rest = SPAN("");
	return word;
}

/* The weekday and the days later, behind an ordinal. */
static bool
parse_monthly(
    struct window *window, int ordinal, struct span *rest, const char **reason)
{
	int day = word_find(weekdays, WEEKDAYS, next_word(rest));
	struct span ahead = *rest;
	struct span later = next_word(&ahead);
	uint64_t days;

	if (day < 0) {
		*reason = "first, second, third, fourth and last stand before "
			  "one of mon to sun";
		return false;
	}
	snprintf(window->rule, sizeof(window->rule), "FREQ=MONTHLY;BYDAY=%s%s",
	    ordinals[ordinal].rule, weekdays[day].rule);
	if (!span_starts(later, SPAN("+")))
		return true;
	*rest = ahead;
	if (!span_ends(later, SPAN("d")) ||
	    !span_number((struct span){later.p + 1, later.n - 2}, &days) ||
	    days > LATER_DAYS_MAX) {
		*reason = "days later are +1d to +27d";
		return false;
	}
	window->later = (int64_t)days * WINDOW_DAY;
	return true;
}

/* DAYS; *period is the word that may stand at the end. */
static bool
parse_days(struct window *window, struct span *rest, const char **period,
    const char **reason)
{
	struct span word = next_word(rest);
	int ordinal = word_find(ordinals, ORDINALS, word);

	if (ordinal >= 0) {
		*period = "monthly";
		return parse_monthly(window, ordinal, rest, reason);
	}
	if (span_is(word, "daily")) {
		*period = "daily";
		snprintf(window->rule, sizeof(window->rule), "FREQ=DAILY");
		return true;
	}
	*period = "weekly";
	return parse_weekly(window, word, reason);
}

static bool
parse(struct window *window, struct span rest, const char **reason)
{
	struct span ahead = rest;
	struct span word = next_word(&ahead);
	const char *period;

	if (span_is(word, "any")) {
		window->always = true;
		word = next_word(&ahead);
		if (!parse_zone(
			window, word.n == 0 ? SPAN("UTC") : word, reason))
			return false;
		*reason = "there is more behind the zone of any";
		return span_trim(ahead).n == 0;
	}
	if (!parse_days(window, &rest, &period, reason) ||
	    !parse_hours(window, next_word(&rest), reason) ||
	    !parse_zone(window, next_word(&rest), reason))
		return false;
	word = next_word(&rest);
	if (word.n != 0 && !span_is(word, period)) {
		*reason = "the last word is not the daily, weekly or monthly "
			  "that fits the days";
		return false;
	}
	*reason = "there is more behind the window";
	return span_trim(rest).n == 0;
}

struct window *
window_parse(struct span text, const char **reason)
{
	struct window *window = memory_zeroed(1, sizeof(*window));

	/* The system's zones, and no abort() over a bad value. */
	icaltimezone_set_builtin_tzdata(0);
	icalerror_set_errors_are_fatal(0);
	if (parse(window, text, reason))
		return window;
	window_free(window);
	return NULL;
}

void
window_free(struct window *window)
{
	if (window == NULL)
		return;
	if (window->times != NULL)
		free(window->times->slots);
	free(window->times);
	calendar_events_free(window->events);
	free(window->freezes);
	free(window);
}

struct window *
window_calendar(struct span text, const char **reason)
{
	struct window *window = memory_zeroed(1, sizeof(*window));

	window->zone = icaltimezone_get_utc_timezone();
	window->events = calendar_events_parse(text, window->zone, reason);
	if (window->events != NULL) {
		window->times = memory_zeroed(1, sizeof(*window->times));
		return window;
	}
	window_free(window);
	return NULL;
}

/* ---- freezes */

/* A date or a time; days is added to a date alone. */
static bool
parse_moment(
    const struct window *window, struct span text, int days, int64_t *time)
{
	enum { DATE_SIZE = 10 }; /* 2026-12-20 */

	if (!timestamp_parse(text, time))
		return false;
	if (text.n == DATE_SIZE)
		*time = wall_clock_first(
		    window->zone, *time + days * WINDOW_DAY);
	return true;
}

static int
slot_compare(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

static void
add_freeze(struct window *window, struct slot freeze)
{
	window->freezes = memory_grow(window->freezes, &window->freeze_capacity,
	    window->freeze_count + 1, sizeof(*window->freezes));
	window->freezes[window->freeze_count++] = freeze;
}

static void
sort_freezes(struct window *window)
{
	if (window->freeze_count > 0)
		qsort(window->freezes, window->freeze_count,
		    sizeof(*window->freezes), slot_compare);
}

bool
window_freeze(struct window *window, struct span text, const char **reason)
{
	while (text.p != NULL) {
		struct span to = span_trim(span_cut(&text, ','));
		struct span from = span_cut(&to, '/');
		struct slot freeze;

		if (to.p == NULL)
			to = from;
		*reason = "a freeze is not FROM/TO with dates that exist";
		if (!parse_moment(window, from, 0, &freeze.start) ||
		    !parse_moment(window, to, 1, &freeze.end))
			return false;
		*reason = "a freeze ends before it starts";
		if (freeze.end <= freeze.start)
			return false;
		add_freeze(window, freeze);
	}
	sort_freezes(window);
	return true;
}

bool
window_freeze_calendar(
    struct window *window, struct span text, int64_t from, const char **reason)
{
	const int64_t ahead = (int64_t)4 * WINDOW_SEARCH_DAYS * WINDOW_DAY;
	struct calendar_events *events = calendar_events_parse(
	    text, window->zone, reason);
	struct slot *slots;
	size_t count;

	if (events == NULL)
		return false;
	count = calendar_events_between(events, from, from + ahead, &slots);
	for (size_t i = 0; i < count; i++)
		add_freeze(window, slots[i]);
	sort_freezes(window);
	free(slots);
	calendar_events_free(events);
	return true;
}
