/* The needs that the plan was made from, and whether they were met in time. */
#include "fleet.h"
#include "timestamp.h"

/*
 * The step that a need became.  A planned reboot is for the whole host; a need
 * of a reboot for which another decision was made names its package.
 */
static struct step *
step_of_need(const struct judged *judged, const struct note *need)
{
	struct fleet *fleet = judged->fleet;
	struct step *found = NULL;

	if (!span_is(need->value[3], "reboot"))
		return step_of_package(
		    fleet, judged->host, need->value[0], need->value[1]);
	for (uint32_t i = judged->host->first_step; i != NONE;
	     i = fleet->steps[i].next) {
		struct step *step = &fleet->steps[i];

		if (step->action != ACTION_REBOOT)
			continue;
		if (span_equal(step->package, need->value[0]))
			return step;
		if (step->planned)
			found = step;
	}
	return found;
}

void
judge_needs(struct judged *judged)
{
	const struct note *need = note_first(
	    judged->fleet, judged->host, NOTE_NEED);

	for (; need != NULL; need = note_next(judged->fleet, need)) {
		struct step *step = step_of_need(judged, need);
		int64_t due, other;

		if (step != NULL && timestamp_parse(need->value[2], &due) &&
		    (!timestamp_parse(step->due, &other) || due < other))
			step->due = need->value[2];
	}
}

/* A step that reached its version: when? */
static void
judge_reached(
    struct judged *judged, const struct step *step, struct check *check)
{
	int64_t due, reached;

	check->actual = step->history.forth.ended.n > 0 &&
				!span_absent(step->history.forth.ended)
			    ? step->history.forth.ended
			    : judged->host->after.seen;
	if (!timestamp_parse(check->expected, &due) ||
	    !timestamp_parse(check->actual, &reached)) {
		check->verdict = VERDICT_NOT_EXAMINED;
		check->detail = SPAN("nothing says when it was done");
		return;
	}
	check->verdict = reached <= due ? VERDICT_IN_TIME : VERDICT_LATE;
	if (!step->history.forth.begun)
		check->detail = SPAN("no later than it was seen");
}

/* A need of the plan's stream that became no step: the plan lost it. */
static void
add_lost(struct judged *judged, const struct note *need)
{
	checks_add(judged->checks,
	    &(struct check){.kind = "package",
		.subject = need->value[0],
		.expected = need->value[1],
		.verdict = VERDICT_UNPLANNED,
		.due = need->value[2],
		.detail = SPAN("the plan has no step for this need")});
}

void
judge_due(struct judged *judged)
{
	const struct note *need = note_first(
	    judged->fleet, judged->host, NOTE_NEED);

	for (; need != NULL; need = note_next(judged->fleet, need)) {
		const struct step *step = step_of_need(judged, need);
		struct check check = {.kind = "due",
		    .subject = need->value[0],
		    .expected = need->value[2]};
		int64_t due;

		if (step == NULL)
			add_lost(judged, need);
		if (step == NULL || !timestamp_parse(need->value[2], &due))
			continue;
		if (verdict_good(step->verdict)) {
			judge_reached(judged, step, &check);
		} else if (step->verdict == VERDICT_NOT_EXAMINED ||
			   step->verdict < VERDICT_BLOCKED) {
			check.verdict = step->verdict;
		} else {
			check.verdict = due < timestamp_now() ? VERDICT_OVERDUE
							      : VERDICT_OPEN;
			check.detail = span_of(verdict_name(step->verdict));
		}
		checks_add(judged->checks, &check);
	}
}
