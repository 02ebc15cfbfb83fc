#include "gate.h"

#include "gates.h"
#include "run.h"
#include "timestamp.h"

int64_t
gate_now(void)
{
	static int64_t began = -1;

	if (began == -1)
		began = run_clock();
	return timestamp_now() + (run_clock() - began) / 1000;
}

static enum pm_exit
in_window(const struct step *step, struct buffer *reason)
{
	int64_t now = gate_now();

	if (step->emergency || (step->start <= now && now < step->end))
		return PM_EXIT_OK;
	if (now < step->start)
		buffer_printf(reason,
		    "the window is not open yet: it starts at"
		    " %.*s",
		    SPAN_ARG(step->start_text));
	else
		buffer_printf(reason,
		    "the window closed at %.*s and the plan "
		    "has no later one; make a new plan",
		    SPAN_ARG(step->end_text));
	return PM_EXIT_AGAIN;
}

enum pm_exit
gate_step(
    const struct gate *gate, const struct step *step, struct buffer *reason)
{
	enum pm_exit status = gates_approved(gate, step, reason);

	/* What is taken back needs no evidence any more. */
	if (status == PM_EXIT_OK && !gate->back)
		status = gates_evidence(gate, step, reason);
	if (status == PM_EXIT_OK)
		status = gates_harden(gate, step, reason);
	if (status != PM_EXIT_OK)
		return status;
	if (step->attended && gate->attended == NULL) {
		buffer_printf(reason, "the step is for an operator who is "
				      "present; say who with --attended NAME");
		return PM_EXIT_REFUSED;
	}
	return gate->back || gate->later ? PM_EXIT_OK : in_window(step, reason);
}

static bool
is_done(const struct step *step)
{
	enum outcome outcome = step->result != OUTCOME_NONE ? step->result
							    : step->forth.last;

	return !step->rolled_back &&
	       (outcome == OUTCOME_DONE || outcome == OUTCOME_SKIPPED);
}

enum pm_exit
gate_after(
    const struct gate *gate, const struct step *step, struct buffer *reason)
{
	struct span rest = span_absent(step->after) ? (struct span){0}
						    : step->after;

	while (rest.p != NULL) {
		struct span id = span_cut(&rest, ',');
		const struct step *before = plan_find(gate->plan, id);

		/* What is in the same transaction is done by it. */
		if (before != NULL &&
		    (is_done(before) ||
			(before->pending && action_is_package(step->action) &&
			    action_is_package(before->action) &&
			    span_equal(before->host, step->host))))
			continue;
		if (before == NULL)
			buffer_printf(reason,
			    "it comes after %.*s, which is "
			    "not planned",
			    SPAN_ARG(id));
		else
			buffer_printf(reason,
			    "it comes after %.*s, which is "
			    "not done",
			    SPAN_ARG(id));
		return PM_EXIT_AGAIN;
	}
	return PM_EXIT_OK;
}

/* Are those done that it comes after, but for steps of its own visit? */
static enum pm_exit
after_others(const struct gate *gate, const struct step *step,
    struct step *const *steps, size_t count, struct buffer *reason)
{
	struct span rest = span_absent(step->after) ? (struct span){0}
						    : step->after;

	while (rest.p != NULL) {
		struct span id = span_cut(&rest, ',');
		const struct step *before = plan_find(gate->plan, id);
		bool ours = before != NULL && is_done(before);

		for (size_t i = 0; i < count && !ours; i++)
			ours = steps[i] == before;
		if (ours)
			continue;
		buffer_printf(reason, "it comes after %.*s, which is not done",
		    SPAN_ARG(id));
		return PM_EXIT_AGAIN;
	}
	return PM_EXIT_OK;
}

/* May this begin, when what comes before it in its visit is done? */
static enum pm_exit
gate_work(const struct gate *gate, const struct step *step,
    struct step *const *steps, size_t count, struct buffer *reason)
{
	enum pm_exit status;

	if (step->forth.last != OUTCOME_NONE &&
	    step->forth.last != OUTCOME_REFUSED)
		return PM_EXIT_OK;
	status = gate_step(gate, step, reason);
	return status == PM_EXIT_OK
		   ? after_others(gate, step, steps, count, reason)
		   : status;
}

enum pm_exit
gate_visit(const struct gate *gate, struct step *const *steps, size_t count,
    struct buffer *reason)
{
	enum pm_exit first = PM_EXIT_OK;
	struct buffer why = {0};
	bool begins = false, needed = false;

	for (size_t i = 0; i < count; i++) {
		const struct step *step = steps[i];
		enum pm_exit status;

		if (!action_is_work(step->action) || !step->selected)
			continue;
		buffer_reset(&why);
		status = gate_work(gate, step, steps, count, &why);
		begins |= status == PM_EXIT_OK;
		needed |= status != PM_EXIT_OK && step->prerequisite;
		if (status == PM_EXIT_OK || first != PM_EXIT_OK)
			continue;
		first = status;
		buffer_printf(reason,
		    "nothing that the visit is for may begin: %.*s: %.*s",
		    SPAN_ARG(step->id), SPAN_ARG(buffer_span(&why)));
	}
	buffer_release(&why);
	begins &= !needed;
	if (begins)
		buffer_reset(reason);
	return begins ? PM_EXIT_OK : first;
}
