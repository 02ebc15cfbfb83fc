/*
 * Chains of patches.  First it is found out of each need whether what must come
 * before it can come; then that is planned with it.  When the solver has had its
 * say the steps in between get their names.
 */
#include "chains.h"

#include <stdlib.h>

#include "gates.h"
#include "repository.h"
#include "rows.h"

enum mark { MARK_NEW, MARK_ACTIVE, MARK_GOOD, MARK_BAD };

struct chains {
	struct fleet *fleet;
	struct installed *installed;
	uint8_t *marks;	  /* by need */
	struct span *why; /* by need: why it is bad */
	unsigned depth;
};

/* ---- can it be done at all? */

static bool can(struct chains *chains, uint32_t at);

static struct span
wanted_text(struct fleet *fleet, const struct requirement *wanted)
{
	return wanted->version.n == 0
		   ? wanted->name
		   : fleet_text(fleet, "%.*s %.*s", SPAN_ARG(wanted->name),
			 SPAN_ARG(wanted->version));
}

static bool
fail(struct chains *chains, uint32_t at, const struct requirement *wanted,
    struct span reason)
{
	chains->marks[at] = MARK_BAD;
	chains->why[at] = fleet_text(chains->fleet,
	    "%.*s requires %.*s first: %.*s", SPAN_ARG(wanted->adv),
	    SPAN_ARG(wanted_text(chains->fleet, wanted)), SPAN_ARG(reason));
	return false;
}

/* A need that is not to be patched now, but could be. */
static bool
can_be_planned(struct chains *chains, uint32_t at)
{
	struct fleet *fleet = chains->fleet;
	struct need trial = fleet->needs[at];

	if (trial.disposition == BLOCKED || !span_is(trial.state, "available"))
		return false;
	trial.disposition = PLANNED;
	gates_apply(fleet, &trial);
	if (trial.disposition == PLANNED)
		return true;
	chains->why[at] = trial.reason;
	return false;
}

/*
 * May this one precede?  What takes effect with a reboot must have it in an
 * earlier visit, for there is one reboot in a visit, and it comes last.
 */
static bool
can_precede(struct chains *chains, uint32_t at, uint32_t first,
    const struct requirement *wanted)
{
	struct fleet *fleet = chains->fleet;
	const struct need *need = &fleet->needs[at];
	const struct need *before = &fleet->needs[first];
	bool planned = before->disposition == PLANNED;
	bool earlier = planned && before->kind < need->kind;

	if (chains->marks[first] == MARK_ACTIVE)
		return fail(chains, at, wanted,
		    fleet_text(fleet, "%.*s requires this one in turn",
			SPAN_ARG(before->package)));
	if (!planned && !can_be_planned(chains, first))
		return fail(chains, at, wanted,
		    fleet_text(fleet, "%.*s is %s: %.*s",
			SPAN_ARG(before->package),
			disposition_names[before->disposition],
			SPAN_ARG(chains->why[first].n > 0 ? chains->why[first]
							  : before->reason)));
	if (!can(chains, first))
		return fail(chains, at, wanted,
		    fleet_text(fleet, "%.*s is blocked: %.*s",
			SPAN_ARG(before->package),
			SPAN_ARG(chains->why[first])));
	if (earlier)
		return true;
	if (before->reboot)
		return fail(chains, at, wanted,
		    fleet_text(fleet,
			"%.*s is installed and takes effect with a reboot; "
			"plan again when that is done",
			SPAN_ARG(before->package)));
	if (visit_wants_reboot(fleet, before))
		return fail(chains, at, wanted,
		    fleet_text(fleet,
			"%.*s takes effect with the reboot of its visit; plan "
			"again when that is done",
			SPAN_ARG(before->package)));
	return true;
}

/* To the version that comes first; the rest is for the next plan. */
static void
stage(struct chains *chains, uint32_t at, const struct requirement *wanted)
{
	struct fleet *fleet = chains->fleet;
	struct need *need = &fleet->needs[at];

	need->reason = fleet_text(fleet,
	    "%.*s; %.*s requires %.*s before %.*s, for which plan again when "
	    "that is done",
	    SPAN_ARG(need->reason), SPAN_ARG(wanted->adv),
	    SPAN_ARG(wanted_text(fleet, wanted)), SPAN_ARG(need->fixed));
	need->fixed = wanted->version;
	need->staged = true;
}

static bool
can(struct chains *chains, uint32_t at)
{
	enum { DEPTH_MOST = 1000 };
	struct fleet *fleet = chains->fleet;
	struct requirements list = {0};
	struct answer answer = {0};
	bool good = true;

	if (chains->marks[at] != MARK_NEW)
		return chains->marks[at] == MARK_GOOD;
	chains->marks[at] = MARK_ACTIVE;
	requires_of(fleet, &fleet->needs[at], &list);
	chains->depth++;
	for (size_t i = 0; i < list.count && good; i++) {
		const struct requirement *wanted = &list.items[i];

		answer_find(
		    chains->fleet, chains->installed, at, wanted, &answer);
		if (chains->depth > DEPTH_MOST)
			good = fail(chains, at, wanted,
			    SPAN("behind a chain of more than 1000"));
		else if (answer.missing.n > 0)
			good = fail(chains, at, wanted, answer.missing);
		else if (answer.staged &&
			 fleet->needs[at].disposition == PLANNED)
			stage(chains, at, wanted);
		for (size_t k = 0; k < answer.count && good; k++)
			good = can_precede(chains, at, answer.needs[k], wanted);
	}
	chains->depth--;
	if (good)
		chains->marks[at] = MARK_GOOD;
	free(list.items);
	free(answer.needs);
	return good;
}

/* ---- what comes first is planned with what needs it */

static void
pull(struct chains *chains, uint32_t at)
{
	struct fleet *fleet = chains->fleet;
	const struct need *need = &fleet->needs[at];
	struct requirements list = {0};
	struct answer answer = {0};

	requires_of(fleet, need, &list);
	for (size_t i = 0; i < list.count; i++) {
		answer_find(chains->fleet, chains->installed, at,
		    &list.items[i], &answer);
		for (size_t k = 0; k < answer.count; k++) {
			struct need *first = &fleet->needs[answer.needs[k]];

			if (first->disposition == PLANNED &&
			    first->kind <= need->kind)
				continue;
			first->reason = fleet_text(fleet,
			    "required by %.*s%s%s: %.*s",
			    SPAN_ARG(need->package),
			    first->disposition == PLANNED ? "" : ", although ",
			    first->disposition == PLANNED
				? ""
				: disposition_names[first->disposition],
			    SPAN_ARG(first->reason));
			first->disposition = PLANNED;
			first->kind = need->kind;
			pull(chains, answer.needs[k]);
		}
	}
	free(list.items);
	free(answer.needs);
}

static void
block(struct need *need, struct span reason)
{
	need->disposition = BLOCKED;
	need->reason = reason;
}

static struct chains chains;

void
chains_make(struct fleet *fleet, struct installed *installed)
{
	if (!requires_any() || fleet->need_count == 0)
		return;
	chains = (struct chains){.fleet = fleet, .installed = installed};
	chains.marks = memory_zeroed(fleet->need_count, 1);
	chains.why = memory_zeroed(fleet->need_count, sizeof(*chains.why));
	for (uint32_t i = 0; i < fleet->need_count; i++)
		if (fleet->needs[i].disposition == PLANNED && !can(&chains, i))
			block(&fleet->needs[i], chains.why[i]);
	for (unsigned kind = 0; kind < VISIT_KINDS; kind++)
		for (uint32_t i = 0; i < fleet->need_count; i++)
			if (fleet->needs[i].disposition == PLANNED &&
			    fleet->needs[i].kind == kind &&
			    chains.marks[i] == MARK_GOOD)
				pull(&chains, i);
	free(chains.marks);
	free(chains.why);
}

/* ---- behind the solver, which moves and blocks needs as well */

/* Everything of the visit, and of those behind it, that the solver joined. */
static void
bar(struct fleet *fleet, const struct need *broken, struct span reason)
{
	const struct host *host = &fleet->hosts[broken->host];

	for (uint32_t i = 0; i < host->need_count; i++) {
		struct need *need = &fleet->needs[host->first_need + i];

		if (need->disposition == PLANNED &&
		    need->kind >= broken->kind && !need->reboot &&
		    !need->harden)
			block(need,
			    fleet_text(fleet, "%.*s; it would go with that",
				SPAN_ARG(reason)));
	}
}

/* The names of the steps before; false when one of them is not planned. */
static bool
settle(struct fleet *fleet, uint32_t at, struct span *reason)
{
	struct need *need = &fleet->needs[at];
	struct requirements list = {0};
	struct answer answer = {0};
	struct span *ids = NULL;
	size_t count = 0, capacity = 0;
	bool good = true;

	need->follows = 0;
	requires_of(fleet, need, &list);
	for (size_t i = 0; i < list.count && good; i++) {
		answer_find(
		    fleet, chains.installed, at, &list.items[i], &answer);
		for (size_t k = 0; k < answer.count && good; k++) {
			const struct need *first =
			    &fleet->needs[answer.needs[k]];

			good = first->disposition == PLANNED &&
			       first->kind <= need->kind &&
			       (first->kind < need->kind ||
				   (!first->reboot &&
				       !visit_wants_reboot(fleet, first)));
			if (first->kind < need->kind)
				need->follows |= 1U << first->kind;
			if (!good)
				*reason = fleet_text(fleet,
				    "%.*s requires %.*s first: %.*s is not "
				    "planned in time: %.*s",
				    SPAN_ARG(list.items[i].adv),
				    SPAN_ARG(list.items[i].name),
				    SPAN_ARG(first->package),
				    SPAN_ARG(first->reason));
			if (first->reboot)
				continue; /* the check of its visit comes behind */
			ids = memory_grow(
			    ids, &capacity, count + 1, sizeof(*ids));
			ids[count++] = rows_need_id(fleet, first);
		}
	}
	if (good && count > 0)
		need->before = rows_join(fleet, ids, count);
	free(ids);
	free(list.items);
	free(answer.needs);
	return good;
}

void
chains_settle(struct fleet *fleet)
{
	bool again = requires_any();

	while (again) {
		again = false;
		for (uint32_t i = 0; i < fleet->need_count; i++) {
			struct need *need = &fleet->needs[i];
			struct span reason = SPAN("");

			if (need->disposition != PLANNED ||
			    need->prerequisite || need->harden ||
			    settle(fleet, i, &reason))
				continue;
			if (repository_named())
				bar(fleet, need, reason);
			block(need, reason);
			again = true;
		}
	}
}
