#include "window_calendar.h"

#include "memory.h"
#include "wall_clock.h"
#include "window_zone.h"

struct event {
	struct icaltimetype start; /* on the clock of its zone */
	icaltimezone *zone;
	int64_t length; /* seconds */
	icalcomponent *component;
	const char *uid;
	bool replaces; /* one time of the event with the same uid */
	int64_t replaced;
};

struct calendar_events {
	icalcomponent *root;
	icaltimezone *zone; /* of days without a time of day */
	struct event *items;
	size_t count;
	size_t capacity;
};

/* ---- reading events */

/* The zone that TZID names: the system's, or one that the calendar defines. */
static icaltimezone *
zone_of(icalproperty *property, icalcomponent *calendar)
{
	icalparameter *parameter = icalproperty_get_first_parameter(
	    property, ICAL_TZID_PARAMETER);
	const char *name, *reason;
	icaltimezone *zone;

	if (parameter == NULL)
		return NULL;
	name = icalparameter_get_tzid(parameter);
	zone = window_zone(span_of(name), &reason);
	return zone != NULL ? zone : icalcomponent_get_timezone(calendar, name);
}

static bool
exists(struct icaltimetype time)
{
	struct icaltimetype same;

	if (icaltime_is_null_time(time) || !icaltime_is_valid_time(time))
		return false;
	same = icaltime_normalize(time);
	return icaltime_compare_date_only(same, time) == 0 &&
	       same.hour == time.hour && same.minute == time.minute &&
	       same.second == time.second;
}

/* Seconds since the epoch of a time on the clock of a zone. */
static int64_t
moment(struct icaltimetype time, icaltimezone *zone)
{
	time.is_date = 0;
	return wall_clock_moment(zone, (int64_t)icaltime_as_timet(time));
}

/* A property's time and its zone; a time in no zone could be any. */
static bool
read_time(const struct calendar_events *events, icalproperty *property,
    struct icaltimetype *time, icaltimezone **zone, const char **reason)
{
	*reason = "an event is on a day that does not exist";
	*time = icalvalue_get_datetime(icalproperty_get_value(property));
	if (!exists(*time))
		return false;
	if (icaltime_is_utc(*time))
		*zone = icaltimezone_get_utc_timezone();
	else if (time->is_date)
		*zone = events->zone;
	else
		*zone = zone_of(
		    property, icalcomponent_get_parent(
				  icalproperty_get_parent(property)));
	*reason = "an event is in no time zone, or in one that neither the "
		  "calendar nor the system's tz database has";
	return *zone != NULL;
}

/* How long: to DTEND, or DURATION; a day alone lasts a day. */
static bool
read_length(const struct calendar_events *events, struct event *event,
    const char **reason)
{
	icalproperty *end = icalcomponent_get_first_property(
	    event->component, ICAL_DTEND_PROPERTY);
	icalproperty *duration = icalcomponent_get_first_property(
	    event->component, ICAL_DURATION_PROPERTY);
	struct icaltimetype time;
	icaltimezone *zone;

	if (end != NULL) {
		if (!read_time(events, end, &time, &zone, reason))
			return false;
		event->length = moment(time, zone) -
				moment(event->start, event->zone);
	} else if (duration != NULL) {
		event->length = icaldurationtype_as_int(
		    icalproperty_get_duration(duration));
	} else if (event->start.is_date) {
		event->length = WINDOW_DAY;
	}
	*reason = "an event has no end, or ends before it starts";
	return event->length > 0;
}

static bool
read_event(struct calendar_events *events, icalcomponent *component,
    const char **reason)
{
	struct event event = {.component = component};
	icalproperty *start = icalcomponent_get_first_property(
	    component, ICAL_DTSTART_PROPERTY);
	icalproperty *replaced = icalcomponent_get_first_property(
	    component, ICAL_RECURRENCEID_PROPERTY);
	struct icaltimetype time;
	icaltimezone *zone;

	*reason = "an event has no start";
	if (start == NULL ||
	    !read_time(events, start, &event.start, &event.zone, reason) ||
	    !read_length(events, &event, reason))
		return false;
	event.uid = icalcomponent_get_uid(component);
	if (replaced != NULL) {
		if (!read_time(events, replaced, &time, &zone, reason))
			return false;
		event.replaces = true;
		event.replaced = moment(time, zone);
	}
	events->items = memory_grow(events->items, &events->capacity,
	    events->count + 1, sizeof(*events->items));
	events->items[events->count++] = event;
	*reason = "the calendar has more than 10000 events";
	return events->count <= CALENDAR_EVENTS_MAX;
}

static bool
read_calendar(struct calendar_events *events, icalcomponent *calendar,
    const char **reason)
{
	icalcomponent *component = icalcomponent_get_first_component(
	    calendar, ICAL_ANY_COMPONENT);

	for (; component != NULL; component = icalcomponent_get_next_component(
				      calendar, ICAL_ANY_COMPONENT)) {
		if (icalcomponent_isa(component) == ICAL_VCALENDAR_COMPONENT &&
		    !read_calendar(events, component, reason))
			return false;
		if (icalcomponent_isa(component) == ICAL_VEVENT_COMPONENT &&
		    !read_event(events, component, reason))
			return false;
	}
	return true;
}

struct calendar_events *
calendar_events_parse(struct span text, icaltimezone *zone, const char **reason)
{
	struct calendar_events *events = memory_zeroed(1, sizeof(*events));
	struct buffer copy = {0};
	bool good = false;

	icaltimezone_set_builtin_tzdata(0);
	icalerror_set_errors_are_fatal(0);
	events->zone = zone;
	buffer_add_span(&copy, text);
	buffer_add_byte(&copy, '\0');
	*reason = "not an iCalendar file";
	if (memchr(text.p, '\0', text.n) == NULL)
		events->root = icalparser_parse_string(copy.p);
	buffer_release(&copy);
	if (events->root != NULL) {
		*reason = "the calendar has lines that cannot be understood";
		good = icalcomponent_count_errors(events->root) == 0 &&
		       read_calendar(events, events->root, reason);
		if (good && events->count == 0) {
			*reason = "the calendar has no event";
			good = false;
		}
	}
	if (good)
		return events;
	calendar_events_free(events);
	return NULL;
}

void
calendar_events_free(struct calendar_events *events)
{
	if (events == NULL)
		return;
	if (events->root != NULL)
		icalcomponent_free(events->root);
	free(events->items);
	free(events);
}

/* ---- their times */

struct times {
	struct slot *items;
	size_t count;
	size_t capacity;
	int64_t from, to;
};

static bool
is_cancelled(const struct event *event)
{
	return icalcomponent_get_status(event->component) ==
	       ICAL_STATUS_CANCELLED;
}

/* Is there an event in place of this time? */
static bool
is_replaced(const struct calendar_events *events, const struct event *event,
    int64_t start)
{
	if (event->uid == NULL)
		return false;
	for (size_t i = 0; i < events->count; i++) {
		const struct event *other = &events->items[i];

		if (other->replaces && other->replaced == start &&
		    other->uid != NULL && strcmp(other->uid, event->uid) == 0)
			return true;
	}
	return false;
}

/* Does an EXDATE name this time, or its day? */
static bool
is_excluded(const struct calendar_events *events, const struct event *event,
    struct icaltimetype time)
{
	icalproperty *property = icalcomponent_get_first_property(
	    event->component, ICAL_EXDATE_PROPERTY);

	for (; property != NULL; property = icalcomponent_get_next_property(
				     event->component, ICAL_EXDATE_PROPERTY)) {
		struct icaltimetype not = icalproperty_get_exdate(property);
		icaltimezone *zone;
		const char *reason;

		if (not .is_date && icaltime_compare_date_only(not, time) == 0)
			return true;
		if (!not .is_date &&
		    read_time(events, property, &not, &zone, &reason) &&
		    moment(not, zone) == moment(time, event->zone))
			return true;
	}
	return false;
}

static void
add(struct times *times, int64_t start, int64_t length)
{
	if (start + length <= times->from || start >= times->to)
		return;
	times->items = memory_grow(times->items, &times->capacity,
	    times->count + 1, sizeof(*times->items));
	times->items[times->count++] = (struct slot){start, start + length};
}

static void
add_time(const struct calendar_events *events, const struct event *event,
    struct icaltimetype time, struct times *times)
{
	int64_t start = moment(time, event->zone);

	if (!is_excluded(events, event, time) &&
	    (event->replaces || !is_replaced(events, event, start)))
		add(times, start, event->length);
}

static void
add_recurring(const struct calendar_events *events, const struct event *event,
    icalproperty *rule, struct times *times)
{
	icalrecur_iterator *iterator = icalrecur_iterator_new(
	    icalproperty_get_rrule(rule), event->start);
	struct icaltimetype time;

	for (int i = 0; iterator != NULL && i < CALENDAR_TIMES_MAX; i++) {
		time = icalrecur_iterator_next(iterator);
		if (icaltime_is_null_time(time) ||
		    moment(time, event->zone) >= times->to)
			break;
		add_time(events, event, time, times);
	}
	icalrecur_iterator_free(iterator);
}

static void
add_further(const struct calendar_events *events, const struct event *event,
    icalproperty *property, struct times *times)
{
	struct icaldatetimeperiodtype date = icalproperty_get_rdate(property);

	if (icaltime_is_null_time(date.time))
		add(times, moment(date.period.start, event->zone),
		    moment(date.period.end, event->zone) -
			moment(date.period.start, event->zone));
	else
		add_time(events, event, date.time, times);
}

/*
 * A component has one place at which it is being walked through, so properties
 * of two kinds must not be walked through at the same time.
 */
static size_t
properties(
    icalcomponent *component, icalproperty_kind kind, icalproperty ***list)
{
	icalproperty *property = icalcomponent_get_first_property(
	    component, kind);
	size_t count = 0, capacity = 0;

	*list = NULL;
	for (; property != NULL;
	     property = icalcomponent_get_next_property(component, kind)) {
		*list = memory_grow(
		    *list, &capacity, count + 1, sizeof(icalproperty *));
		(*list)[count++] = property;
	}
	return count;
}

static void
add_event(const struct calendar_events *events, const struct event *event,
    struct times *times)
{
	icalproperty **list;
	size_t count;

	if (is_cancelled(event))
		return;
	count = properties(event->component, ICAL_RRULE_PROPERTY, &list);
	if (count == 0)
		add_time(events, event, event->start, times);
	for (size_t i = 0; i < count; i++)
		add_recurring(events, event, list[i], times);
	free(list);
	count = properties(event->component, ICAL_RDATE_PROPERTY, &list);
	for (size_t i = 0; i < count; i++)
		add_further(events, event, list[i], times);
	free(list);
}

static int
slot_compare(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

size_t
calendar_events_between(const struct calendar_events *events, int64_t from,
    int64_t to, struct slot **slots)
{
	struct times times = {.from = from, .to = to};
	size_t kept = 0;

	for (size_t i = 0; i < events->count; i++)
		add_event(events, &events->items[i], &times);
	*slots = times.items;
	if (times.count == 0)
		return 0;
	qsort(times.items, times.count, sizeof(*times.items), slot_compare);
	for (size_t i = 1; i < times.count; i++) {
		struct slot *last = &times.items[kept];

		if (times.items[i].start > last->end)
			times.items[++kept] = times.items[i];
		else if (times.items[i].end > last->end)
			last->end = times.items[i].end;
	}
	return kept + 1;
}
