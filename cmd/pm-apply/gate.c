#include "gate.h"

#include <inttypes.h>

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

static bool
covers(const struct approval *approval, struct span host)
{
	struct span rest = approval->scope;

	if (span_is(rest, "*"))
		return true;
	while (rest.p != NULL)
		if (span_equal(span_cut(&rest, ','), host))
			return true;
	return false;
}

static bool
expired(const struct approval *approval)
{
	int64_t expiry;

	if (span_absent(approval->expiry))
		return false;
	if (!timestamp_parse(approval->expiry, &expiry))
		die(PM_EXIT_DATA, "%s:%" PRIu64 ": '%.*s' is not a time",
		    approval->file, approval->line, SPAN_ARG(approval->expiry));
	return expiry <= gate_now();
}

static enum pm_exit
approved(const struct gate *gate, struct span host, struct buffer *reason)
{
	const struct plan *plan = gate->plan;
	const struct approval *late = NULL;

	for (size_t i = 0; i < plan->approval_count; i++) {
		const struct approval *approval = &plan->approvals[i];

		if (!covers(approval, host))
			continue;
		/* What was done with leave may be undone after it ended. */
		if (gate->back || !expired(approval))
			return PM_EXIT_OK;
		late = approval;
	}
	if (late != NULL)
		buffer_printf(reason, "the approval by %.*s expired at %.*s",
		    SPAN_ARG(late->who), SPAN_ARG(late->expiry));
	else if (plan->approval_count > 0)
		buffer_printf(reason,
		    "no approval of this plan covers the host"
		    " %.*s",
		    SPAN_ARG(host));
	else if (plan->other_approved)
		buffer_printf(reason,
		    "what was approved is another plan than this, "
		    "sha256:%s",
		    plan->digest);
	else
		buffer_printf(
		    reason, "the plan sha256:%s is not approved", plan->digest);
	buffer_printf(reason,
	    "; its owner makes an approval with: pm-plan "
	    "--approve NAME %s >approve.tsv, which is then named behind the "
	    "plan",
	    plan->file);
	return PM_EXIT_REFUSED;
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
	enum pm_exit status = approved(gate, step->host, reason);

	if (status != PM_EXIT_OK)
		return status;
	if (step->attended && gate->attended == NULL) {
		buffer_printf(reason, "the step is for an operator who is "
				      "present; say who with --attended NAME");
		return PM_EXIT_REFUSED;
	}
	return gate->back ? PM_EXIT_OK : in_window(step, reason);
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

		if (before != NULL && is_done(before))
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
