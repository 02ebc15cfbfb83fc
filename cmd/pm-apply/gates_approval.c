/* Who has approved, in which role, and whether that is shown by a signature. */
#include "gates.h"

#include <inttypes.h>

#include "timestamp.h"

static const char *signers; /* NULL: signatures are not looked at */

void
gates_signers(const char *file)
{
	signers = file;
}

void
gates_check_signatures(struct plan *plan, bool back)
{
	for (size_t i = 0; i < plan->approval_count; i++) {
		struct approval *approval = &plan->approvals[i];
		int64_t time = timestamp_now();

		if (signers == NULL) {
			if (!span_absent(approval->column[APPROVE_SIGNATURE]))
				warning("%s:%" PRIu64
					": the approval is signed, but the "
					"signature is not checked without "
					"--allowed-signers",
				    approval->file, approval->line);
			continue;
		}
		/* What was done with leave may be undone after the key
		 * expired. */
		if (back)
			timestamp_parse(approval->column[APPROVE_WHEN], &time);
		approval_verify(approval, signers, time, &plan->arena);
		if (!approval->verified)
			warning("%s:%" PRIu64
				": the approval by %.*s does not count: %.*s",
			    approval->file, approval->line,
			    SPAN_ARG(approval->column[APPROVE_WHO]),
			    SPAN_ARG(approval->unsigned_why));
	}
}

static struct signoff
signoff_of(const struct gate *gate)
{
	return (struct signoff){.approvals = gate->plan->approvals,
	    .count = gate->plan->approval_count,
	    .evidence = &gate->plan->evidence,
	    .signers = signers,
	    .late = gate->back,
	    .now = gate_now()};
}

const struct approval *
gates_approval_as(
    const struct gate *gate, const struct step *step, const char *role)
{
	struct signoff signoff = signoff_of(gate);

	for (size_t i = 0; i < gate->plan->approval_count; i++) {
		const struct approval *approval = &gate->plan->approvals[i];

		if (span_is(approval->column[APPROVE_ROLE], role) &&
		    approval_covers(approval, step->host) &&
		    signoff_objection(
			&signoff, step->host, step->requires, approval) == NULL)
			return approval;
	}
	return NULL;
}

/* One of the two owners: has he, or somebody who may act for him, approved? */
static bool
owner_approved(const struct gate *gate, const struct step *step,
    const char *key, const char *role, struct buffer *reason)
{
	struct signoff signoff = signoff_of(gate);
	struct span owner;

	if (signoff_by_owner(
		&signoff, step->host, step->requires, key, role, &owner))
		return true;
	buffer_printf(reason,
	    "host %.*s has two owners and %.*s, its %s, has not approved",
	    SPAN_ARG(step->host), SPAN_ARG(owner), role);
	return false;
}

static void
say_remedy(const struct plan *plan, struct buffer *reason)
{
	buffer_printf(reason,
	    "; its owner makes an approval with: pm-plan "
	    "--approve NAME %s%s >approve.tsv, which is then named behind the "
	    "plan",
	    signers != NULL ? "--sign KEY " : "", plan->file);
}

/* Nobody's approval counts: name those that were looked at. */
static enum pm_exit
none_counts(
    const struct gate *gate, const struct step *step, struct buffer *reason)
{
	const struct plan *plan = gate->plan;
	struct signoff signoff = signoff_of(gate);
	bool any = false;

	for (size_t i = 0; i < plan->approval_count; i++) {
		const struct approval *approval = &plan->approvals[i];
		struct span late = SPAN("");
		const char *why;

		if (!approval_covers(approval, step->host))
			continue;
		why = signoff_objection(
		    &signoff, step->host, step->requires, approval);
		if (why == NULL)
			continue;
		if (signoff_expired(&signoff, approval)) {
			why = "it expired at ";
			late = approval->column[APPROVE_EXPIRY];
		}
		buffer_printf(reason,
		    "%sthe approval by %.*s (%s:%" PRIu64
		    ") does not count: %s%.*s",
		    any ? "; " : "", SPAN_ARG(approval->column[APPROVE_WHO]),
		    approval->file, approval->line, why, SPAN_ARG(late));
		any = true;
	}
	if (!any && plan->approval_count > 0)
		buffer_printf(reason,
		    "no approval of this plan covers the host %.*s",
		    SPAN_ARG(step->host));
	else if (!any && plan->other_approved)
		buffer_printf(reason,
		    "what was approved is another plan than this, sha256:%s",
		    plan->digest);
	else if (!any)
		buffer_printf(
		    reason, "the plan sha256:%s is not approved", plan->digest);
	say_remedy(plan, reason);
	return PM_EXIT_REFUSED;
}

enum pm_exit
gates_approved(
    const struct gate *gate, const struct step *step, struct buffer *reason)
{
	struct signoff signoff = signoff_of(gate);
	struct span value;

	if (signers == NULL &&
	    requirement_find(step->requires, "signature", &value)) {
		buffer_printf(reason,
		    "the plan asks for signed approvals; name the keys that "
		    "count with --allowed-signers FILE");
		return PM_EXIT_REFUSED;
	}
	if (signers == NULL &&
	    requirement_find(step->requires, "signed-evidence", &value)) {
		buffer_printf(reason,
		    "the plan asks for signed evidence; name the keys that "
		    "count with --allowed-signers FILE");
		return PM_EXIT_REFUSED;
	}
	if (signoff_found(&signoff, step->host, step->requires) == NULL)
		return none_counts(gate, step, reason);
	if (owner_approved(gate, step, "owner", "owner", reason) &&
	    owner_approved(gate, step, "app_owner", "app-owner", reason))
		return PM_EXIT_OK;
	say_remedy(gate->plan, reason);
	return PM_EXIT_REFUSED;
}
