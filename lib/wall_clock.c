#include "wall_clock.h"

enum { DAY = 24 * 60 * 60 };

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

/* No zone changes its clock twice in two days. */
int64_t
wall_clock_first(icaltimezone *zone, int64_t local)
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

int64_t
wall_clock_moment(icaltimezone *zone, int64_t local)
{
	int64_t before = utc_offset(zone, local - DAY);
	int64_t after = utc_offset(zone, local + DAY);

	int64_t change;

	if (before == after)
		return local - before;
	change = offset_change(zone, local - DAY, local + DAY);
	if (local - before >= change && local - after >= change)
		return local - after;
	return local - before;
}
