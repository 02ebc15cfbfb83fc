#include "window.h"

#include <libical/ical.h>

#include "timestamp.h"

enum {
	DAY = 24 * 60 * 60,
	ZONE_NAME_MAX = 64,
	LATER_DAYS_MAX = 27, /* a later day stays clear of the next month's */
	RULE_SIZE = 64
};

struct window {
	bool always;
	char rule[RULE_SIZE]; /* RRULE that gives the days */
	int64_t later;	      /* seconds from such a day to the window's */
	int64_t start;	      /* seconds into the day */
	int64_t end;	      /* the same; beyond DAY for the following day */
	icaltimezone *zone;   /* libical's, shared */
	struct slot *freezes; /* sorted by start */
	size_t freeze_count;
	size_t freeze_capacity;
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

/* ---- the wall clock of a zone */

static int64_t
utc_offset(icaltimezone *zone, int64_t time)
{
	struct icaltimetype utc = icaltime_from_timet_with_zone(
	    (time_t)time, 0, icaltimezone_get_utc_timezone());
	int is_daylight;

	return icaltimezone_get_utc_offset_of_utc_time(
	    zone, &utc, &is_daylight);
}

/* The first second in (low, high] with another offset than low has. */
static int64_t
offset_change(icaltimezone *zone, int64_t low, int64_t high)
{
	int64_t before = utc_offset(zone, low);

	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;

		if (utc_offset(zone, middle) == before)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/*
 * The first moment at which the wall clock shows `local` or later.  local is
 * counted as if the zone were UTC.  No zone changes its clock twice in two days.
 */
static int64_t
first_moment(icaltimezone *zone, int64_t local)
{
	int64_t before = utc_offset(zone, local - DAY);
	int64_t after = utc_offset(zone, local + DAY);
	int64_t change;

	if (before == after)
		return local - before;
	change = offset_change(zone, local - DAY, local + DAY);
	if (local - before < change)
		return local - before;
	return local - after > change ? local - after : change;
}

/* ---- parsing */

static bool
parse_zone(struct window *window, struct span name, const char **reason)
{
	char text[ZONE_NAME_MAX];
	struct span rest = name;

	*reason = "the time zone is not in the system's tz database";
	if (span_is(name, "UTC")) {
		window->zone = icaltimezone_get_utc_timezone();
		return true;
	}
	/* The name becomes the name of a file. */
	if (name.n == 0 || name.n >= sizeof(text))
		return false;
	while (rest.p != NULL) {
		struct span part = span_cut(&rest, '/');

		if (part.n == 0)
			return false;
		for (size_t i = 0; i < part.n; i++) {
			char c = part.p[i];

			if (!(c >= 'a' && c <= 'z') &&
			    !(c >= 'A' && c <= 'Z') &&
			    !(c >= '0' && c <= '9') && c != '_' && c != '+' &&
			    c != '-')
				return false;
		}
	}
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	window->zone = icaltimezone_get_builtin_timezone(text);
	/* libical makes an empty zone of a file that is none */
	return window->zone != NULL &&
	       icaltimezone_get_component(window->zone) != NULL;
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

	if (rest.p == NULL || !parse_clock(start, DAY - 60, &window->start) ||
	    !parse_clock(rest, DAY, &window->end)) {
		*reason = "the hours are not HH:MM-HH:MM";
		return false;
	}
	if (window->end <= window->start)
		window->end += DAY;
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
	window->later = (int64_t)days * DAY;
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
	free(window->freezes);
	free(window);
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
		*time = first_moment(window->zone, *time + days * DAY);
	return true;
}

static int
slot_compare(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
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
		window->freezes = memory_grow(window->freezes,
		    &window->freeze_capacity, window->freeze_count + 1,
		    sizeof(*window->freezes));
		window->freezes[window->freeze_count++] = freeze;
	}
	qsort(window->freezes, window->freeze_count, sizeof(*window->freezes),
	    slot_compare);
	return true;
}

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
	slot->start = first_moment(window->zone, day + window->start);
	slot->end = first_moment(window->zone, day + window->end);
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
	int64_t first = from - window->later - 2 * DAY;

	return icalrecur_iterator_new(
	    rule, icaltime_from_timet_with_zone((time_t)first, 1, NULL));
}

bool
window_next(const struct window *window, int64_t from, struct slot *slot)
{
	int64_t limit = from + (int64_t)WINDOW_SEARCH_DAYS * DAY;
	icalrecur_iterator *days;
	bool found = false;

	if (window->always) {
		*slot = (struct slot){from, SLOT_FOREVER};
		return slot_thaw(window, slot) && slot->start <= limit;
	}
	days = days_from(window, from);
	if (days == NULL)
		return false;
	while (!found) {
		struct icaltimetype date = icalrecur_iterator_next(days);

		if (icaltime_is_null_time(date) ||
		    date_seconds(date) + window->later > limit + 2 * DAY)
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
