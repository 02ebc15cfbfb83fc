/*
 * Changes of hardening: at most two of a host in a plan, on a host that is no
 * test host only what was tested on one.  Beyond that somebody must have
 * approved in the role harden-override, and the journal says who and why.
 */
#include "gates.h"

enum { CHANGES_MOST = 2 };

static const char role[] = "harden-override";

static size_t
changes(const struct plan *plan, struct span host)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->count; i++)
		count += plan->steps[i].action == ACTION_HARDEN &&
			 span_equal(plan->steps[i].host, host);
	return count;
}

/* Why it needs an override, NULL when it does not. */
static const char *
objection(const struct gate *gate, const struct step *step)
{
	const struct evidence *evidence = &gate->plan->evidence;
	struct buffer actual = {0};
	bool tested;

	if (changes(gate->plan, step->host) > CHANGES_MOST)
		return "the plan has more than two changes of hardening for "
		       "the host";
	if (evidence_is_test_host(evidence, step->host))
		return NULL;
	tested = evidence_tested(evidence, step->host, step->package, SPAN("-"),
	    INT64_MIN, gate_now(), &actual);
	buffer_release(&actual);
	return tested ? NULL
		      : "the host is no test host, and no test of the rule "
			"passed on one";
}

enum pm_exit
gates_harden(
    const struct gate *gate, const struct step *step, struct buffer *reason)
{
	const char *why;

	if (step->action != ACTION_HARDEN || gate->back)
		return PM_EXIT_OK;
	why = objection(gate, step);
	if (why == NULL || gates_approval_as(gate, step, role) != NULL)
		return PM_EXIT_OK;
	buffer_printf(reason,
	    "%s; whoever takes it on him approves the plan with pm-plan "
	    "--approve NAME --role %s --reason TEXT",
	    why, role);
	return PM_EXIT_REFUSED;
}

void
gates_harden_journal(
    const struct gate *gate, const struct step *step, struct buffer *detail)
{
	const struct approval *approval;

	if (step->action != ACTION_HARDEN || gate->back ||
	    objection(gate, step) == NULL)
		return;
	approval = gates_approval_as(gate, step, role);
	if (approval != NULL)
		buffer_printf(detail, "; override by %.*s: %.*s",
		    SPAN_ARG(approval->column[APPROVE_WHO]),
		    SPAN_ARG(approval->column[APPROVE_REASON]));
}
