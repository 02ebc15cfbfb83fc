#include "timestamp.h"

#include <stdlib.h>
#include <time.h>

#include "diag.h"

static bool is_set;
static int64_t fixed_now;

/* Days from 1970-01-01 to a date of the proleptic Gregorian calendar. */
static int64_t
days_from_date(int64_t year, int64_t month, int64_t day)
{
	/* Count years from March, so that the leap day comes last. */
	int64_t shifted = month <= 2 ? year - 1 : year;
	int64_t from_march = (month + 9) % 12;

	return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 +
	       (from_march * 153 + 2) / 5 + day - 1 - 719468;
}

static bool
digits(const char *p, int count, int64_t low, int64_t high, int64_t *value)
{
	*value = 0;
	for (int i = 0; i < count; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		*value = *value * 10 + (p[i] - '0');
	}
	return *value >= low && *value <= high;
}

static int64_t
days_in_month(int64_t year, int64_t month)
{
	static const char days[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

bool
timestamp_parse(struct span text, int64_t *seconds)
{
	const char *p = text.p;
	int64_t year, month, day, hour = 0, minute = 0, second = 0;

	if (text.n != 10 && text.n != 20)
		return false;
	if (!digits(p, 4, 1, 9999, &year) || p[4] != '-' ||
	    !digits(p + 5, 2, 1, 12, &month) || p[7] != '-' ||
	    !digits(p + 8, 2, 1, days_in_month(year, month), &day))
		return false;
	if (text.n == 20 &&
	    (p[10] != 'T' || !digits(p + 11, 2, 0, 23, &hour) || p[13] != ':' ||
		!digits(p + 14, 2, 0, 59, &minute) || p[16] != ':' ||
		!digits(p + 17, 2, 0, 59, &second) || p[19] != 'Z'))
		return false;
	*seconds = days_from_date(year, month, day) * 86400 + hour * 3600 +
		   minute * 60 + second;
	return true;
}

struct span
timestamp_format(int64_t seconds, char *text)
{
	time_t when = (time_t)seconds;
	struct tm parts;
	int year;

	if (gmtime_r(&when, &parts) == NULL || parts.tm_year + 1900 > 9999 ||
	    parts.tm_year + 1900 < 1)
		die(PM_EXIT_DATA, "time %lld is not within the years 1 to 9999",
		    (long long)seconds);
	/* %Y of strftime(3) gives years before 1000 fewer digits */
	year = parts.tm_year + 1900;
	for (int i = 3; i >= 0; i--, year /= 10)
		text[i] = (char)('0' + year % 10);
	strftime(text + 4, TIMESTAMP_SIZE - 4, "-%m-%dT%H:%M:%SZ", &parts);
	return (struct span){text, TIMESTAMP_SIZE - 1};
}

void
timestamp_set_now(int64_t seconds)
{
	fixed_now = seconds;
	is_set = true;
}

int64_t
timestamp_now(void)
{
	const char *epoch;
	uint64_t given;

	if (is_set)
		return fixed_now;
	epoch = getenv("SOURCE_DATE_EPOCH");
	if (epoch == NULL) {
		timestamp_set_now((int64_t)time(NULL));
		return fixed_now;
	}
	if (!span_number(span_of(epoch), &given) || given > INT32_MAX * 100LL)
		die(PM_EXIT_USAGE,
		    "SOURCE_DATE_EPOCH: '%s' is not a number of "
		    "seconds",
		    epoch);
	timestamp_set_now((int64_t)given);
	return fixed_now;
}

bool
duration_parse(struct span text, int64_t *seconds)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = {
	    {'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
	int64_t scale = 1;
	uint64_t number;

	for (size_t i = 0; text.n > 0 && i < sizeof(units) / sizeof(*units);
	     i++) {
		if (text.p[text.n - 1] == units[i].unit) {
			scale = units[i].seconds;
			text.n--;
			break;
		}
	}
	if (!span_number(text, &number) || number > 100LL * 366 * 86400)
		return false;
	*seconds = (int64_t)number * scale;
	return *seconds <= 100LL * 366 * 86400;
}
