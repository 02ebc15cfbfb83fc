/*
 * Windows: the cases of tests/cases/window, and for a month with each change of
 * the clock every minute against what mktime's side of the C library shows on
 * the wall.
 */
#include "window.h"

#include "tap.h"
#include "timestamp.h"

enum { CASE_FIELDS = 6, LINE_SIZE = 1024 };

static const char case_file[] = "tests/cases/window";

/* ---- cases */

static struct window *
window_of(struct span text, struct span freezes, const char **reason)
{
	struct window *window = window_parse(text, reason);

	if (window != NULL && !span_absent(freezes) &&
	    !window_freeze(window, freezes, reason)) {
		window_free(window);
		return NULL;
	}
	return window;
}

static const char *
time_text(int64_t seconds, char *text)
{
	if (seconds == SLOT_FOREVER)
		return "-";
	timestamp_format(seconds, text);
	return text;
}

static void
case_next(const struct span *field, unsigned line)
{
	char start[TIMESTAMP_SIZE] = "-", end[TIMESTAMP_SIZE] = "-";
	const char *reason = "";
	const char *end_text = "-";
	struct window *window = window_of(field[1], field[2], &reason);
	struct slot slot;
	int64_t from;

	if (window == NULL || !timestamp_parse(field[3], &from)) {
		ok(false, "line %u: %s", line, reason);
		return;
	}
	if (window_next(window, from, &slot)) {
		time_text(slot.start, start);
		end_text = time_text(slot.end, end);
		ok(window_open(window, slot.start) &&
			(slot.end == SLOT_FOREVER ||
			    window_open(window, slot.end - 1)),
		    "line %u: open from its start to its end", line);
	}
	ok(span_is(field[4], start) && span_is(field[5], end_text),
	    "line %u: %.*s is %s to %s", line, SPAN_ARG(field[1]), start,
	    end_text);
	window_free(window);
}

static void
case_bad(const struct span *field, unsigned line)
{
	const char *reason = "";
	struct window *window = window_of(field[1], field[2], &reason);

	ok(window == NULL &&
		memmem(reason, strlen(reason), field[3].p, field[3].n) != NULL,
	    "line %u: %.*s: %s", line, SPAN_ARG(field[1]), reason);
	window_free(window);
}

static void
run_cases(void)
{
	FILE *file = fopen(case_file, "r");
	char text[LINE_SIZE];
	unsigned line = 0;

	if (file == NULL) {
		ok(false, "%s can be read", case_file);
		return;
	}
	while (fgets(text, sizeof(text), file) != NULL) {
		struct span rest = {text, strcspn(text, "\n")};
		struct span field[CASE_FIELDS] = {{NULL, 0}};
		unsigned fields = 0;

		line++;
		if (text[0] == '#')
			continue;
		while (rest.p != NULL && fields < CASE_FIELDS)
			field[fields++] = span_cut(&rest, '\t');
		if (span_is(field[0], "next") && fields == 6)
			case_next(field, line);
		else if (span_is(field[0], "bad") && fields == 4)
			case_bad(field, line);
		else
			ok(false, "line %u is a case", line);
	}
	fclose(file);
}

/* ---- the oracle: a table of what the wall clock shows in every minute */

enum {
	MINUTE = 60,
	DAY_MINUTES = 24 * 60,
	MARGIN_DAYS = 3, /* of the table before and after the month */
	MONTH_DAYS = 31,
	TABLE = (MONTH_DAYS + 2 * MARGIN_DAYS) * DAY_MINUTES
};

static struct tm wall[TABLE];
static bool expected[TABLE];
static bool actual[TABLE];

/* A date and a minute of the day as one number that only ever compares. */
static int64_t
wall_number(int year, int month, int day, int minute)
{
	return (((int64_t)year * 12 + month) * 32 + day) * DAY_MINUTES + minute;
}

static int64_t
wall_shows(int i)
{
	return wall_number(wall[i].tm_year, wall[i].tm_mon, wall[i].tm_mday,
	    wall[i].tm_hour * 60 + wall[i].tm_min);
}

/* Entry of the first minute at which the wall shows this or later. */
static int
wall_first(const struct tm *date, int days, int minute)
{
	struct tm noon = *date; /* no zone changes its clock at noon */
	int64_t wanted;

	noon.tm_mday += days;
	noon.tm_hour = 12;
	noon.tm_min = noon.tm_sec = 0;
	noon.tm_isdst = -1;
	mktime(&noon);
	wanted = wall_number(noon.tm_year, noon.tm_mon, noon.tm_mday, minute);
	for (int i = 0; i < TABLE; i++)
		if (wall_shows(i) >= wanted)
			return i;
	return TABLE;
}

struct oracle {
	const char *zone;
	const char *first; /* of the month, UTC */
	const char *days;
	unsigned weekdays; /* bit 0 is Sunday */
	int nth;	   /* of the month, 0 for each */
	int later;	   /* days */
	int start;	   /* minute of the day */
	int end;
};

/* Fill expected[] slot by slot. */
static void
oracle_fill(const struct oracle *o, int64_t first)
{
	int previous = 0; /* day of the month */

	memset(expected, 0, sizeof(expected));
	for (int i = 0; i < TABLE; i++) {
		time_t t = (time_t)(first + (int64_t)i * MINUTE);

		localtime_r(&t, &wall[i]);
	}
	for (int i = 0; i < TABLE; i += DAY_MINUTES / 4) {
		const struct tm *date = &wall[i];
		int from, to;

		if (date->tm_mday == previous)
			continue;
		previous = date->tm_mday;
		if ((o->weekdays >> date->tm_wday & 1) == 0 ||
		    (o->nth != 0 && (date->tm_mday - 1) / 7 + 1 != o->nth))
			continue;
		from = wall_first(date, o->later, o->start);
		to = wall_first(date, o->later + (o->end <= o->start), o->end);
		for (int k = from; k < to && k < TABLE; k++)
			expected[k] = true;
	}
}

/* What the window says of the table: every slot walked from end to end. */
static void
actual_fill(const struct window *window, int64_t first)
{
	struct slot slot = {first, first};

	memset(actual, 0, sizeof(actual));
	while (window_next(window, slot.end, &slot)) {
		int64_t from = (slot.start - first) / MINUTE;
		int64_t to = (slot.end - first) / MINUTE;

		if (from >= TABLE)
			return;
		for (int64_t i = from; i < to && i < TABLE; i++)
			actual[i] = true;
	}
}

/* Asked out of the blue, in the middle of a slot or between two. */
static bool
asked_at(const struct window *window, int64_t first, int i)
{
	int64_t t = first + (int64_t)i * MINUTE;
	struct slot slot;
	int next = i;

	while (next < TABLE && !expected[next])
		next++;
	return window_open(window, t) == expected[i] &&
	       (next == TABLE ||
		   (window_next(window, t, &slot) &&
		       slot.start == first + (int64_t)next * MINUTE));
}

static void
oracle_compare(const struct oracle *o, int64_t first)
{
	enum { ASK = 47 }; /* minutes, so that it meets every part of an hour */
	const char *reason = "";
	struct buffer text = {0};
	struct window *window;
	int wrong = 0, opened = 0;

	buffer_printf(&text, "%s %02d:%02d-%02d:%02d %s", o->days,
	    o->start / 60, o->start % 60, o->end / 60, o->end % 60, o->zone);
	window = window_parse(buffer_span(&text), &reason);
	if (!ok(window != NULL, "%.*s %s", (int)text.n, text.p, reason))
		return;
	actual_fill(window, first);
	for (int i = MARGIN_DAYS * DAY_MINUTES;
	     i < TABLE - MARGIN_DAYS * DAY_MINUTES; i++) {
		opened += expected[i];
		wrong += actual[i] != expected[i];
		if (i % ASK == 0)
			wrong += !asked_at(window, first, i);
	}
	ok(wrong == 0 && opened > 0, "%.*s from %s: %d minutes open, %d wrong",
	    (int)text.n, text.p, o->first, opened, wrong);
	window_free(window);
	buffer_release(&text);
}

#define ALL 0x7f
#define SAT (1 << 6)

static const struct oracle oracles[] = {
    {"Europe/Berlin", "2026-10-01", "daily", ALL, 0, 0, 22 * 60, 6 * 60},
    {"Europe/Berlin", "2026-10-01", "sat", SAT, 0, 0, 22 * 60, 4 * 60},
    {"Europe/Berlin", "2026-10-01", "daily", ALL, 0, 0, 150, 300},
    {"Europe/Berlin", "2027-03-01", "daily", ALL, 0, 0, 150, 300},
    {"Europe/Berlin", "2027-03-01", "daily", ALL, 0, 0, 130, 170},
    {"Europe/Berlin", "2027-03-01", "daily", ALL, 0, 0, 22 * 60, 150},
    {"Europe/Berlin", "2027-03-01", "sun", 1, 0, 0, 0, 1440},
    {"Europe/Berlin", "2026-12-01", "second tue +3d", 1 << 2, 2, 3, 1200, 1380},
    {"America/New_York", "2026-11-01", "sat,sun", SAT | 1, 0, 0, 60, 150},
    {"America/New_York", "2027-03-01", "mon-fri", 0x3e, 0, 0, 1320, 240},
    {"Australia/Lord_Howe", "2026-10-01", "daily", ALL, 0, 0, 135, 180},
    {"Africa/Casablanca", "2027-02-01", "daily", ALL, 0, 0, 150, 210},
    {"Asia/Kolkata", "2026-06-01", "first mon", 1 << 1, 1, 0, 1380, 30},
    {"Pacific/Kiritimati", "2026-06-01", "fri", 1 << 5, 0, 0, 0, 60},
    {"UTC", "2026-06-01", "third wed", 1 << 3, 3, 0, 600, 600},
};

static void
run_oracles(void)
{
	for (size_t i = 0; i < sizeof(oracles) / sizeof(oracles[0]); i++) {
		const struct oracle *o = &oracles[i];
		int64_t first;

		setenv("TZ", o->zone, 1);
		tzset();
		if (!timestamp_parse(span_of(o->first), &first)) {
			ok(false, "%s is a date", o->first);
			continue;
		}
		first -= (int64_t)MARGIN_DAYS * DAY_MINUTES * MINUTE;
		oracle_fill(o, first);
		oracle_compare(o, first);
	}
}

/* ---- calendars */

static const char night[] =
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t\r\n%s"
    "BEGIN:VEVENT\r\nUID:1\r\n%sEND:VEVENT\r\n%sEND:VCALENDAR\r\n";

/* Outlook names its zones itself and defines them in the file. */
static const char own_zone[] =
    "BEGIN:VTIMEZONE\r\nTZID:Own Time\r\n"
    "BEGIN:STANDARD\r\nDTSTART:16010101T030000\r\n"
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n"
    "TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\n"
    "BEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\n"
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\n"
    "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\n"
    "END:VTIMEZONE\r\n";

static const struct calendar_case {
	const char *name, *zones, *event, *more;
	const char *from, *expected; /* the next slots, or the reason */
} calendar_cases[] = {
    {"a week's night, in winter", "",
	"DTSTART;TZID=Europe/Berlin:20260103T220000\r\n"
	"DTEND;TZID=Europe/Berlin:20260104T040000\r\n"
	"RRULE:FREQ=WEEKLY;BYDAY=SA\r\n",
	"", "2026-11-23T02:00:00Z",
	"2026-11-28T21:00:00Z 2026-11-29T03:00:00Z "
	"2026-12-05T21:00:00Z 2026-12-06T03:00:00Z "},
    {"its clock goes forward: it lasts as long", "",
	"DTSTART;TZID=Europe/Berlin:20260103T220000\r\n"
	"DTEND;TZID=Europe/Berlin:20260104T040000\r\n"
	"RRULE:FREQ=WEEKLY;BYDAY=SA\r\n",
	"", "2027-03-25T00:00:00Z",
	"2027-03-27T21:00:00Z 2027-03-28T03:00:00Z "
	"2027-04-03T20:00:00Z 2027-04-04T02:00:00Z "},
    {"its clock goes back", "",
	"DTSTART;TZID=Europe/Berlin:20260103T220000\r\n"
	"DTEND;TZID=Europe/Berlin:20260104T040000\r\n"
	"RRULE:FREQ=WEEKLY;BYDAY=SA\r\n",
	"", "2026-10-20T00:00:00Z",
	"2026-10-24T20:00:00Z 2026-10-25T02:00:00Z "
	"2026-10-31T21:00:00Z 2026-11-01T03:00:00Z "},
    {"a time that the clock skips counts on with the old offset", "",
	"DTSTART;TZID=Europe/Berlin:20270301T023000\r\n"
	"DURATION:PT1H\r\nRRULE:FREQ=DAILY\r\n",
	"", "2027-03-28T00:00:00Z",
	"2027-03-28T01:30:00Z 2027-03-28T02:30:00Z "
	"2027-03-29T00:30:00Z 2027-03-29T01:30:00Z "},
    {"a time that comes twice is the first", "",
	"DTSTART;TZID=Europe/Berlin:20261001T023000\r\n"
	"DURATION:PT1H\r\nRRULE:FREQ=DAILY\r\n",
	"", "2026-10-25T00:00:00Z",
	"2026-10-25T00:30:00Z 2026-10-25T01:30:00Z "
	"2026-10-26T01:30:00Z 2026-10-26T02:30:00Z "},
    {"a zone of the file's own", own_zone,
	"DTSTART;TZID=Own Time:20260103T220000\r\n"
	"DURATION:PT2H\r\nRRULE:FREQ=WEEKLY\r\n",
	"", "2026-10-20T00:00:00Z",
	"2026-10-24T20:00:00Z 2026-10-24T22:00:00Z "
	"2026-10-31T21:00:00Z 2026-10-31T23:00:00Z "},
    {"what EXDATE takes away and RDATE adds", "",
	"DTSTART:20261101T200000Z\r\nDURATION:PT1H\r\n"
	"RRULE:FREQ=DAILY\r\nEXDATE:20261124T200000Z,20261125T200000Z\r\n"
	"EXDATE;VALUE=DATE:20261126\r\nRDATE:20261126T100000Z\r\n",
	"", "2026-11-23T21:00:00Z",
	"2026-11-27T20:00:00Z 2026-11-27T21:00:00Z "
	"2026-11-28T20:00:00Z 2026-11-28T21:00:00Z "},
    {"an event that was moved, and one that was called off", "",
	"DTSTART:20261101T200000Z\r\nDURATION:PT1H\r\n"
	"RRULE:FREQ=DAILY;COUNT=60\r\n",
	"BEGIN:VEVENT\r\nUID:1\r\nRECURRENCE-ID:20261124T200000Z\r\n"
	"DTSTART:20261124T120000Z\r\nDURATION:PT30M\r\nEND:VEVENT\r\n"
	"BEGIN:VEVENT\r\nUID:1\r\nRECURRENCE-ID:20261125T200000Z\r\n"
	"DTSTART:20261125T200000Z\r\nDURATION:PT1H\r\nSTATUS:CANCELLED\r\n"
	"END:VEVENT\r\n",
	"2026-11-24T00:00:00Z",
	"2026-11-24T12:00:00Z 2026-11-24T12:30:00Z "
	"2026-11-26T20:00:00Z 2026-11-26T21:00:00Z "},
    {"second Tuesday", "",
	"DTSTART:20260101T200000Z\r\nDURATION:PT1H\r\n"
	"RRULE:FREQ=MONTHLY;BYDAY=2TU\r\n",
	"", "2026-11-24T00:00:00Z",
	"2026-12-08T20:00:00Z 2026-12-08T21:00:00Z "
	"2027-01-12T20:00:00Z 2027-01-12T21:00:00Z "},
    {"days", "", "DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227\r\n",
	"", "2026-11-24T00:00:00Z",
	"2026-12-24T00:00:00Z 2026-12-27T00:00:00Z "},
    {"no zone", "", "DTSTART:20261224T100000\r\nDURATION:PT1H\r\n", "", "-",
	"no time zone"},
    {"a zone that nobody knows", "",
	"DTSTART;TZID=Mars/Base:20261224T100000\r\nDURATION:PT1H\r\n", "", "-",
	"no time zone"},
    {"a day that does not exist", "",
	"DTSTART:20260230T100000Z\r\nDURATION:PT1H\r\n", "", "-", "."},
    {"an hour that does not exist", "",
	"DTSTART:20260228T250000Z\r\nDURATION:PT1H\r\n", "", "-", "."},
    {"no end", "", "DTSTART:20260228T200000Z\r\n", "", "-", "no end"},
    {"an end before the start", "",
	"DTSTART:20260228T200000Z\r\nDTEND:20260228T190000Z\r\n", "", "-",
	"ends before"},
    {"a rule that is none", "",
	"DTSTART:20260228T200000Z\r\nDURATION:PT1H\r\n"
	"RRULE:FREQ=SOMETIMES\r\n",
	"", "-", "cannot be understood"},
    {"no start", "", "SUMMARY:x\r\n", "", "-", "no start"},
};

/* The next two slots as text, or why there are none. */
static void
calendar_case(const struct calendar_case *test)
{
	struct buffer file = {0}, got = {0};
	const char *reason = "";
	struct window *window;
	struct slot slot;
	int64_t from;

	buffer_printf(&file, night, test->zones, test->event, test->more);
	window = window_calendar(buffer_span(&file), &reason);
	if (window == NULL) {
		buffer_printf(&got, "%s", reason);
		ok(strcmp(test->from, "-") == 0 &&
			(*test->expected == '.' ||
			    strstr(reason, test->expected) != NULL),
		    "calendar: %s: %s", test->name, reason);
	} else if (timestamp_parse(span_of(test->from), &from)) {
		for (int i = 0; i < 2 && window_next(window, from, &slot);
		     i++) {
			char start[TIMESTAMP_SIZE], end[TIMESTAMP_SIZE];

			buffer_printf(&got, "%s %s ",
			    time_text(slot.start, start),
			    time_text(slot.end, end));
			from = slot.end;
		}
		buffer_add_byte(&got, '\0');
		ok(strcmp(got.p, test->expected) == 0, "calendar: %s: %s",
		    test->name, got.p);
	} else
		ok(false, "calendar: %s: is a calendar", test->name);
	window_free(window);
	buffer_release(&got);
	buffer_release(&file);
}

static void
run_calendars(void)
{
	const char *reason;
	struct buffer file = {0};
	struct window *window = window_parse(
	    SPAN("daily 22:00-23:00 Europe/Berlin"), &reason);
	struct slot slot;
	int64_t from;

	for (size_t i = 0;
	     i < sizeof(calendar_cases) / sizeof(calendar_cases[0]); i++)
		calendar_case(&calendar_cases[i]);
	ok(window_calendar(SPAN("no calendar\n"), &reason) == NULL,
	    "text is no calendar: %s", reason);
	ok(window_calendar(SPAN(""), &reason) == NULL,
	    "an empty file is no calendar: %s", reason);
	buffer_printf(&file, night, "",
	    "DTSTART;VALUE=DATE:20261123\r\nDTEND;VALUE=DATE:20261126\r\n", "");
	timestamp_parse(SPAN("2026-11-23T00:00:00Z"), &from);
	ok(window_freeze_calendar(window, buffer_span(&file), from, &reason) &&
		window_next(window, from, &slot) &&
		slot.start == from + 3 * 24 * 3600 + 21 * 3600,
	    "days of a calendar freeze a window, in its zone");
	buffer_release(&file);
	window_free(window);
}

int
main(void)
{
	diag_start("window");
	run_cases();
	run_calendars();
	run_oracles();
	return done();
}
