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

/*
 * The moments that `local` is by the offsets before and after the one change
 * there may be near it: no zone changes its clock twice in two days.
 */
struct readings {
	int64_t before, after;
	int64_t change; /* later than before when there is none */
};

static struct readings
readings_of(icaltimezone *zone, int64_t local)
{
	struct readings readings = {
	    .before = local - utc_offset(zone, local - DAY),
	    .after = local - utc_offset(zone, local + DAY),
	    .change = INT64_MAX,
	};

	if (readings.before != readings.after)
		readings.change = offset_change(zone, local - DAY, local + DAY);
	return readings;
}

int64_t
wall_clock_first(icaltimezone *zone, int64_t local)
{
	struct readings is = readings_of(zone, local);

	if (is.before < is.change)
		return is.before;
	return is.after > is.change ? is.after : is.change;
}

int64_t
wall_clock_moment(icaltimezone *zone, int64_t local)
{
	struct readings is = readings_of(zone, local);

	return is.before >= is.change && is.after >= is.change ? is.after
							       : is.before;
}
