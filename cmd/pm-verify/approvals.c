/*
 * Was what was done approved?  pm-apply has asked before it began a step; here
 * it is asked again, of the records alone, as of when the step was begun.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "fleet.h"
#include "timestamp.h"

static const char *signers; /* NULL: signatures are not looked at */

void
approvals_signers(const char *file)
{
	signers = file;
}

void
approvals_read(struct fleet *fleet, const struct record *record)
{
	struct approvals *all = &fleet->approvals;
	struct approval *approval;

	all->items = memory_grow(
	    all->items, &all->capacity, all->count + 1, sizeof(*all->items));
	approval = &all->items[all->count++];
	*approval = (struct approval){
	    .file = record->file, .line = record->line};
	for (unsigned i = 0; i < APPROVE_COLUMNS; i++)
		approval->column[i] = fleet_keep(fleet, record_get(record, i));
}

/* Those of this plan go to the front; returns how many. */
static size_t
select_own(struct fleet *fleet)
{
	struct approvals *all = &fleet->approvals;
	size_t kept = 0;

	for (size_t i = 0; i < all->count; i++)
		if (approval_is_of(
			all->items[i].column[APPROVE_PLAN], fleet->digest))
			all->items[kept++] = all->items[i];
	all->others = all->count - kept;
	all->count = kept;
	return kept;
}

/* A key counts that was valid when the first step was begun. */
static void
check_signatures(struct fleet *fleet)
{
	int64_t first = INT64_MAX;

	for (size_t i = 0; i < fleet->step_count; i++) {
		const struct history *history = &fleet->steps[i].history;

		if (history->forth.begun && history->since < first)
			first = history->since;
	}
	for (size_t i = 0; signers != NULL && i < fleet->approvals.count; i++)
		approval_verify(&fleet->approvals.items[i], signers,
		    first == INT64_MAX ? timestamp_now() : first, &fleet->text);
}

/* Why the approval was none when the step was begun; NULL when it was. */
static const char *
untimely(const struct approval *approval, int64_t since)
{
	int64_t when;

	if (!timestamp_parse(approval->column[APPROVE_WHEN], &when))
		return "it does not say when it was given";
	return when > since ? "it was given after the step was begun" : NULL;
}

/* What there is for the host, and why it does not count. */
static struct span
objections(struct fleet *fleet, const struct signoff *signoff,
    const struct step *step, struct span host)
{
	const struct approvals *all = &fleet->approvals;
	struct buffer text = {0};
	struct span copy;

	for (size_t i = 0; i < all->count; i++) {
		const struct approval *approval = &all->items[i];
		const char *why;

		if (!approval_covers(approval, host))
			continue;
		why = untimely(approval, step->history.since);
		if (why == NULL)
			why = signoff_objection(
			    signoff, host, step->requires, approval);
		if (why == NULL)
			continue;
		buffer_printf(&text,
		    "%sthe approval by %.*s does not count: %s",
		    text.n > 0 ? "; " : "",
		    SPAN_ARG(approval->column[APPROVE_WHO]), why);
	}
	if (text.n == 0)
		buffer_printf(&text, "%s",
		    all->count > 0 ? "no approval of this plan covers the host"
		    : all->others > 0
			? "what was approved is another plan than this"
			: "nobody has approved this plan");
	copy = arena_copy(&fleet->text, buffer_span(&text));
	buffer_release(&text);
	return copy;
}

static struct span
missing_owner(struct fleet *fleet, const struct signoff *signoff,
    const struct step *step, struct span host)
{
	static const char *const owners[][2] = {
	    {"owner", "owner"}, {"app_owner", "app-owner"}};
	struct span owner;

	for (unsigned i = 0; i < sizeof(owners) / sizeof(*owners); i++)
		if (!signoff_by_owner(signoff, host, step->requires,
			owners[i][0], owners[i][1], &owner))
			return fleet_text(fleet,
			    "%.*s, its %s, has not approved", SPAN_ARG(owner),
			    owners[i][1]);
	return (struct span){NULL, 0};
}

/* Why the step was not approved when it was begun; empty when it was. */
static struct span
judge_step(
    struct fleet *fleet, const struct step *step, struct approval *timely)
{
	struct span host = intern_span(&fleet->names, step->host);
	struct signoff signoff = {.approvals = timely,
	    .evidence = &fleet->evidence,
	    .signers = signers,
	    .now = step->history.since};

	for (size_t i = 0; i < fleet->approvals.count; i++)
		if (untimely(&fleet->approvals.items[i], step->history.since) ==
		    NULL)
			timely[signoff.count++] = fleet->approvals.items[i];
	if (signoff_found(&signoff, host, step->requires) == NULL)
		return objections(fleet, &signoff, step, host);
	return missing_owner(fleet, &signoff, step, host);
}

static bool
wants_signatures(const struct fleet *fleet)
{
	struct span value;

	for (size_t i = 0; i < fleet->step_count; i++)
		if (requirement_find(
			fleet->steps[i].requires, "signature", &value))
			return true;
	return false;
}

/* What cannot be judged is said, once; false when there is no such thing. */
static bool
add_obstacle(const struct fleet *fleet, struct checks *checks)
{
	struct check check = {.kind = "journal",
	    .subject = SPAN("approvals"),
	    .verdict = VERDICT_NOT_EXAMINED};

	if (fleet->digest[0] == '\0')
		check.detail = SPAN("the plan came through a pipe, so nothing "
				    "says which one was approved");
	else if (signers == NULL && wants_signatures(fleet))
		check.detail = SPAN("the plan asks for signed approvals; name "
				    "the keys with --allowed-signers");
	else
		return false;
	checks_add(checks, &check);
	return true;
}

void
approvals_judge(struct fleet *fleet, struct checks *checks)
{
	struct approval *timely;
	uint64_t begun = 0, without = 0;
	bool obstacle;

	if (fleet->approvals.count == 0 && signers == NULL)
		return;
	obstacle = add_obstacle(fleet, checks);
	if (fleet->digest[0] == '\0')
		return;
	select_own(fleet);
	check_signatures(fleet);
	timely = memory_array(
	    NULL, fleet->approvals.count + 1, sizeof(*timely));
	for (size_t i = 0; i < fleet->step_count; i++) {
		struct step *step = &fleet->steps[i];

		if (!step->planned || !step->history.forth.begun)
			continue;
		begun++;
		step->unapproved = judge_step(fleet, step, timely);
		without += step->unapproved.n > 0;
	}
	free(timely);
	if (begun > 0 && without == 0 && !obstacle)
		checks_add(checks,
		    &(struct check){.kind = "journal",
			.subject = SPAN("approvals"),
			.expected = fleet_text(
			    fleet, "sha256:%s", fleet->digest),
			.verdict = VERDICT_VERIFIED,
			.detail = fleet_text(fleet,
			    "%" PRIu64 " steps were begun with leave", begun)});
}

void
judge_approval(struct judged *judged, const struct step *step)
{
	if (step->unapproved.n == 0)
		return;
	checks_add(judged->checks, &(struct check){.kind = "journal",
				       .subject = step->id,
				       .expected = fleet_text(judged->fleet,
					   "sha256:%s", judged->fleet->digest),
				       .actual = step->history.forth.outcome,
				       .verdict = VERDICT_UNAPPROVED,
				       .detail = step->unapproved});
}

void
approvals_release(struct fleet *fleet)
{
	free(fleet->approvals.items);
	evidence_release(&fleet->evidence);
}
