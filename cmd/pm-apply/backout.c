/* Back to the versions from before, when a check fails. */
#include "stages.h"

bool
backout_wanted(const struct visit *visit)
{
	const struct plan_host *host = plan_host(
	    visit->site->plan, visit->host);

	return visit->site->back_on_failure || (host != NULL && host->go_back);
}

/* Turn the visit round, for the steps that are marked. */
static bool
turn(struct visit *visit)
{
	size_t count = 0;

	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];

		step->pending = step->undo;
		if (step->undo) {
			step->result = OUTCOME_NONE;
			count++;
		}
	}
	if (count == 0)
		return false;
	visit->back = true;
	visit->current = NULL;
	return true;
}

static const struct step *
snapshot_of(const struct visit *visit)
{
	for (size_t i = 0; i < visit->count; i++)
		if (visit->steps[i]->action == ACTION_SNAPSHOT &&
		    visit->steps[i]->forth.last == OUTCOME_DONE)
			return visit->steps[i];
	return NULL;
}

bool
backout_begin(struct visit *visit, struct span reason)
{
	const struct step *snapshot = snapshot_of(visit);

	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];

		step->undo = action_is_package(step->action) &&
			     step->selected && !step->rolled_back &&
			     step->forth.last == OUTCOME_DONE;
	}
	if (!turn(visit))
		return false;
	buffer_reset(&visit->why_back);
	buffer_printf(&visit->why_back, "rolled back: %.*s", SPAN_ARG(reason));
	warning("%.*s: %.*s", SPAN_ARG(visit->host),
	    SPAN_ARG(buffer_span(&visit->why_back)));
	if (snapshot != NULL && hook_restore(visit, snapshot))
		return true;
	transaction_begin(visit);
	return true;
}

bool
backout_resume(struct visit *visit)
{
	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];

		step->undo = action_is_package(step->action) &&
			     step->selected &&
			     (step->back.last == OUTCOME_STARTED ||
				 step->back.last == OUTCOME_LOST);
	}
	if (!turn(visit))
		return false;
	buffer_reset(&visit->why_back);
	buffer_add_span(
	    &visit->why_back, SPAN("rolled back, as an earlier run began to"));
	transaction_begin(visit);
	return true;
}
