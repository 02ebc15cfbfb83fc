/* Who has approved, in which role, and whether that is shown by a signature. */
#include "gates.h"

#include <inttypes.h>

#include "signature.h"
#include "timestamp.h"

static const char *signers; /* NULL: signatures are not looked at */

void
gates_signers(const char *file)
{
	signers = file;
}

bool
gates_item(struct span list, const char *key, struct span *value)
{
	size_t n = strlen(key);

	while (list.p != NULL) {
		struct span item = span_cut(&list, ',');

		if (!span_starts(item, span_of(key)) ||
		    (item.n > n && item.p[n] != '='))
			continue;
		*value = span_skip(item, n + 1);
		return true;
	}
	return false;
}

/* ---- signatures */

static bool
is_signed(const struct approval *approval, bool back, struct buffer *reason)
{
	struct buffer text = {0};
	int64_t time = timestamp_now();
	bool good;

	if (span_absent(approval->column[APPROVE_SIGNATURE])) {
		buffer_printf(reason, "it is not signed");
		return false;
	}
	/* What was done with leave may be undone after the key expired. */
	if (back)
		timestamp_parse(approval->column[APPROVE_WHEN], &time);
	approval_text(&text, approval->column);
	good = signature_check(signers, approval->column[APPROVE_WHO],
	    APPROVAL_NAMESPACE, buffer_span(&text),
	    approval->column[APPROVE_SIGNATURE], time, reason);
	buffer_release(&text);
	return good;
}

void
gates_check_signatures(struct plan *plan, bool back)
{
	for (size_t i = 0; i < plan->approval_count; i++) {
		struct approval *approval = &plan->approvals[i];
		struct buffer reason = {0};

		if (signers == NULL) {
			if (!span_absent(approval->column[APPROVE_SIGNATURE]))
				warning("%s:%" PRIu64
					": the approval is signed, but the "
					"signature is not checked without "
					"--allowed-signers",
				    approval->file, approval->line);
			continue;
		}
		approval->verified = is_signed(approval, back, &reason);
		if (!approval->verified) {
			approval->unsigned_why = arena_copy(
			    &plan->arena, buffer_span(&reason));
			warning("%s:%" PRIu64
				": the approval by %.*s does not count: %.*s",
			    approval->file, approval->line,
			    SPAN_ARG(approval->column[APPROVE_WHO]),
			    SPAN_ARG(approval->unsigned_why));
		}
		buffer_release(&reason);
	}
}

/* ---- does an approval count for a step? */

static bool
expired(const struct approval *approval)
{
	struct span text = approval->column[APPROVE_EXPIRY];
	int64_t expiry;

	if (span_absent(text))
		return false;
	if (!timestamp_parse(text, &expiry))
		die(PM_EXIT_DATA, "%s:%" PRIu64 ": '%.*s' is not a time",
		    approval->file, approval->line, SPAN_ARG(text));
	return expiry <= gate_now();
}

/* The same name, given that lists hold ';' for the comma of a name. */
static bool
same_name(struct span listed, struct span name)
{
	if (listed.n != name.n)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (listed.p[i] != (name.p[i] == ',' ? ';' : name.p[i]))
			return false;
	return true;
}

static bool
may_approve(const struct plan *plan, const struct step *step,
    const struct approval *approval, struct span role)
{
	struct approval_host host = evidence_scope(&plan->evidence, step->host);

	return actors_allow(plan->evidence.actors, plan->evidence.actor_count,
	    approval->column[APPROVE_WHO], role, &host, gate_now());
}

/* Why it does not count, or NULL when it does. */
static const char *
objection(const struct gate *gate, const struct step *step,
    const struct approval *approval)
{
	const struct plan *plan = gate->plan;
	struct span value;

	if (!gate->back && expired(approval))
		return "it has expired";
	if (signers != NULL && !approval->verified)
		return "its signature does not hold";
	if (gates_item(step->requires, "author", &value) &&
	    same_name(value, approval->column[APPROVE_WHO]))
		return "who made the plan cannot approve it";
	if ((plan->evidence.actor_count > 0 ||
		gates_item(step->requires, "actors", &value)) &&
	    !may_approve(plan, step, approval, approval->column[APPROVE_ROLE]))
		return "no actor record gives this role for this host to who "
		       "approved";
	return NULL;
}

static bool
covers(const struct approval *approval, struct span host)
{
	struct span scope = approval->column[APPROVE_SCOPE];

	return span_is(scope, "*") || span_list_has(scope, host);
}

const struct approval *
gates_approval_as(
    const struct gate *gate, const struct step *step, const char *role)
{
	for (size_t i = 0; i < gate->plan->approval_count; i++) {
		const struct approval *approval = &gate->plan->approvals[i];

		if (span_is(approval->column[APPROVE_ROLE], role) &&
		    covers(approval, step->host) &&
		    objection(gate, step, approval) == NULL)
			return approval;
	}
	return NULL;
}

/* Is it by the owner, or by somebody who may act as one? */
static bool
is_by(const struct gate *gate, const struct step *step,
    const struct approval *approval, struct span owner, const char *role)
{
	struct span acting = approval->column[APPROVE_ROLE];

	if (same_name(owner, approval->column[APPROVE_WHO]))
		return true;
	return (span_absent(acting) || span_is(acting, role)) &&
	       may_approve(gate->plan, step, approval, span_of(role));
}

/* One of the two owners: has he, or somebody who may act for him, approved? */
static bool
owner_approved(const struct gate *gate, const struct step *step,
    const char *key, const char *role, struct buffer *reason)
{
	const struct plan *plan = gate->plan;
	struct span owner;

	if (!gates_item(step->requires, key, &owner))
		return true;
	for (size_t i = 0; i < plan->approval_count; i++) {
		const struct approval *approval = &plan->approvals[i];

		if (covers(approval, step->host) &&
		    objection(gate, step, approval) == NULL &&
		    is_by(gate, step, approval, owner, role))
			return true;
	}
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
	bool any = false;

	for (size_t i = 0; i < plan->approval_count; i++) {
		const struct approval *approval = &plan->approvals[i];
		struct span late;
		const char *why;

		if (!covers(approval, step->host))
			continue;
		why = objection(gate, step, approval);
		if (why == NULL)
			continue;
		if (approval->unsigned_why.n > 0)
			why = approval->unsigned_why.p;
		late = !gate->back && expired(approval)
			   ? approval->column[APPROVE_EXPIRY]
			   : SPAN("");
		buffer_printf(reason,
		    "%sthe approval by %.*s (%s:%" PRIu64
		    ") does not count: %s%.*s",
		    any ? "; " : "", SPAN_ARG(approval->column[APPROVE_WHO]),
		    approval->file, approval->line,
		    late.n > 0 ? "it expired at " : why, SPAN_ARG(late));
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
	const struct plan *plan = gate->plan;
	bool approved = false;
	struct span value;

	if (signers == NULL &&
	    gates_item(step->requires, "signature", &value)) {
		buffer_printf(reason,
		    "the plan asks for signed approvals; name the keys that "
		    "count with --allowed-signers FILE");
		return PM_EXIT_REFUSED;
	}
	for (size_t i = 0; i < plan->approval_count && !approved; i++)
		approved = covers(&plan->approvals[i], step->host) &&
			   objection(gate, step, &plan->approvals[i]) == NULL;
	if (!approved)
		return none_counts(gate, step, reason);
	if (owner_approved(gate, step, "owner", "owner", reason) &&
	    owner_approved(gate, step, "app_owner", "app-owner", reason))
		return PM_EXIT_OK;
	say_remedy(plan, reason);
	return PM_EXIT_REFUSED;
}
