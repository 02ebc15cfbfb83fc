/* Host by host: was it looked at, and then everything about it. */
#include <stdlib.h>

#include "fleet.h"
#include "timestamp.h"

/*
 * Why nothing can be said of the host; empty when it was looked at after the
 * last thing that was done to it.
 */
static struct span
obstacle_of(struct fleet *fleet, const struct host *host)
{
	const struct look *look = &host->after;
	int64_t seen;
	char text[TIMESTAMP_SIZE];

	if (!look->there)
		return SPAN("no record of it in the inventory");
	/* Any word that is not known to mean "looked at" means it was not. */
	if (!span_absent(look->state) && !span_is(look->state, "ok") &&
	    !span_is(look->state, "partial"))
		return fleet_text(fleet, "state %.*s", SPAN_ARG(look->state));
	if (host->changed == INT64_MIN)
		return (struct span){NULL, 0};
	if (!timestamp_parse(look->seen, &seen))
		return SPAN("the inventory does not say when it was made");
	if (seen >= host->changed)
		return (struct span){NULL, 0};
	timestamp_format(host->changed, text);
	return fleet_text(fleet,
	    "the inventory is older than the last step: seen %.*s, step at "
	    "%s",
	    SPAN_ARG(look->seen), text);
}

/* All that could not be seen, as one text. */
static struct span
not_seen(struct fleet *fleet, const struct host *host)
{
	const struct note *note = note_first(fleet, host, NOTE_NOT_SEEN);
	struct buffer text = {0};
	struct span copy;

	for (; note != NULL; note = note_next(fleet, note)) {
		if (text.n > 0)
			buffer_add_span(&text, SPAN("; "));
		buffer_add_span(&text, note->value[0]);
	}
	copy = arena_copy(&fleet->text, buffer_span(&text));
	buffer_release(&text);
	return copy;
}

/* The row that every host of the plan gets, seen or not. */
static void
add_host(struct judged *judged)
{
	struct fleet *fleet = judged->fleet;
	const struct host *host = judged->host;
	struct check check = {
	    .kind = "host",
	    .verdict = VERDICT_EXAMINED,
	    .detail = judged->obstacle,
	};

	if (host->after.there)
		check.actual = host->after.seen;
	if (judged->obstacle.n > 0) {
		check.verdict = VERDICT_NOT_EXAMINED;
	} else if (host->packages == 0) {
		check.verdict = VERDICT_PARTIAL;
		check.detail = SPAN("the inventory has no packages of it");
	} else if (note_first(fleet, host, NOTE_NOT_SEEN) != NULL) {
		check.verdict = VERDICT_PARTIAL;
		check.detail = not_seen(fleet, host);
	}
	checks_add(judged->checks, &check);
}

static void
add_unplanned_steps(struct judged *judged)
{
	const struct note *note = note_first(
	    judged->fleet, judged->host, NOTE_UNPLANNED_STEP);

	for (; note != NULL; note = note_next(judged->fleet, note))
		checks_add(judged->checks,
		    &(struct check){.kind = "journal",
			.subject = note->value[0],
			.verdict = VERDICT_UNPLANNED,
			.detail = SPAN("a done record of this plan for a step "
				       "that it does not plan")});
}

static int
number_order(const struct fleet *fleet, uint32_t a, uint32_t b)
{
	return span_compare(
	    intern_span(&fleet->names, a), intern_span(&fleet->names, b));
}

/* Names by byte order, numbers[] holding their interned numbers. */
static void
sort_names(
    const struct fleet *fleet, uint32_t *numbers, uint32_t *spare, size_t count)
{
	size_t half = count / 2, left = 0, right = half;

	if (count < 2)
		return;
	sort_names(fleet, numbers, spare, half);
	sort_names(fleet, numbers + half, spare, count - half);
	for (size_t i = 0; i < count; i++)
		if (right == count ||
		    (left < half && number_order(fleet, numbers[left],
					numbers[right]) <= 0))
			spare[i] = numbers[left++];
		else
			spare[i] = numbers[right++];
	memcpy(numbers, spare, count * sizeof(*numbers));
}

static void
judge_one(struct judged *judged)
{
	const struct host *host = judged->host;

	if (host->planned) {
		judged->obstacle = obstacle_of(judged->fleet, judged->host);
		add_host(judged);
		judge_needs(judged);
		judge_steps(judged);
		judge_due(judged);
	}
	add_unplanned_steps(judged);
	judge_host(judged);
}

uint64_t
judge_fleet(struct fleet *fleet, struct checks *checks, struct output *output)
{
	size_t count = fleet->host_count;
	uint32_t *numbers = memory_array(NULL, count + 1, sizeof(*numbers));
	uint32_t *spare = memory_array(NULL, count + 1, sizeof(*spare));
	uint64_t examined = 0;

	for (size_t i = 0; i < count; i++)
		numbers[i] = (uint32_t)i;
	sort_names(fleet, numbers, spare, count);
	for (size_t i = 0; i < count; i++) {
		struct judged judged = {
		    .fleet = fleet,
		    .checks = checks,
		    .host = &fleet->hosts[numbers[i]],
		    .name = intern_span(&fleet->names, numbers[i]),
		};

		judge_one(&judged);
		if (judged.host->planned && judged.obstacle.n == 0)
			examined++;
		checks_write(checks, judged.name, output);
	}
	free(numbers);
	free(spare);
	return examined;
}
