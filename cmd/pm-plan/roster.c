/* Who stands by when: the owners of a host, while it is worked on. */
#include "plan.h"
#include "timestamp.h"

void
roster_read(struct fleet *fleet, const struct record *record)
{
	struct span start = record_get(record, ROSTER_START);
	struct span end = record_get(record, ROSTER_END);
	struct duty duty = {
	    .who = arena_copy(&fleet->text, record_get(record, ROSTER_WHO))};

	if (span_absent(duty.who))
		die(PM_EXIT_DATA, "%s: a roster that names nobody",
		    record_where(record));
	if (!timestamp_parse(start, &duty.slot.start) ||
	    !timestamp_parse(end, &duty.slot.end) ||
	    duty.slot.end <= duty.slot.start)
		die(PM_EXIT_DATA,
		    "%s: a roster from '%.*s' to '%.*s': give two times that "
		    "exist, the later one last",
		    record_where(record), SPAN_ARG(start), SPAN_ARG(end));
	fleet->duties = memory_grow(fleet->duties, &fleet->duty_capacity,
	    fleet->duty_count + 1, sizeof(*fleet->duties));
	fleet->duties[fleet->duty_count++] = duty;
}

static int
duty_compare(const void *a, const void *b)
{
	const struct duty *x = a, *y = b;
	int order = span_compare(x->who, y->who);

	if (order != 0)
		return order;
	return (x->slot.start > y->slot.start) -
	       (x->slot.start < y->slot.start);
}

/* By name and time, those that touch made one. */
void
roster_sort(struct fleet *fleet)
{
	size_t kept = 0;

	if (fleet->duty_count == 0)
		return;
	qsort(fleet->duties, fleet->duty_count, sizeof(*fleet->duties),
	    duty_compare);
	for (size_t i = 1; i < fleet->duty_count; i++) {
		struct duty *last = &fleet->duties[kept];
		const struct duty *duty = &fleet->duties[i];

		if (!span_equal(last->who, duty->who) ||
		    duty->slot.start > last->slot.end)
			fleet->duties[++kept] = *duty;
		else if (duty->slot.end > last->slot.end)
			last->slot.end = duty->slot.end;
	}
	fleet->duty_count = kept + 1;
}

static bool
on_roster(
    const struct fleet *fleet, struct span who, int64_t start, int64_t end)
{
	size_t low = 0, high = fleet->duty_count;

	/* the last duty of this name that starts no later */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct duty *duty = &fleet->duties[middle];
		int order = span_compare(duty->who, who);

		if (order < 0 || (order == 0 && duty->slot.start <= start))
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && span_equal(fleet->duties[low - 1].who, who) &&
	       fleet->duties[low - 1].slot.end >= end;
}

struct span
roster_mark(struct fleet *fleet, const struct visit *visit)
{
	const struct host *host = &fleet->hosts[visit->host];
	int64_t start = visit->slot.start, end = visit->slot.end;
	bool owner, app_owner;

	if (fleet->duty_count == 0)
		return SPAN("");
	if (end == SLOT_FOREVER) {
		start = visit->begin;
		end = visit->end;
	}
	owner = span_absent(host->owner) ||
		on_roster(fleet, host->owner, start, end);
	app_owner = span_absent(host->app_owner) ||
		    span_equal(host->owner, host->app_owner) ||
		    on_roster(fleet, host->app_owner, start, end);
	if (owner && app_owner)
		return SPAN("");
	if (!owner && !app_owner)
		return fleet_text(fleet,
		    "; %.*s and %.*s are not on the roster then",
		    SPAN_ARG(host->owner), SPAN_ARG(host->app_owner));
	return fleet_text(fleet, "; %.*s is not on the roster then",
	    SPAN_ARG(owner ? host->app_owner : host->owner));
}
