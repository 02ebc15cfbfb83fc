#include "grant.h"

#include <inttypes.h>

#include "free_space.h"
#include "gates.h"

struct grant {
	struct fleet *fleet;
	uint32_t host;
	const struct closure *closure;
	uint32_t *needs;		 /* by wish */
	bool full[VISIT_KINDS];		 /* there is no room for the visit */
	struct span barred[VISIT_KINDS]; /* by a gate; or empty */
	size_t first_new; /* of the prerequisites, in fleet->needs */
};

static struct span
number(struct fleet *fleet, uint64_t value)
{
	return fleet_text(fleet, "%" PRIu64, value);
}

static void
block_visit(struct grant *grant, enum visit_kind kind, struct span reason)
{
	grant->full[kind] = true;
	for (size_t i = 0; i < grant->closure->count; i++) {
		struct need *need = &grant->fleet->needs[grant->needs[i]];

		if (need->kind != kind ||
		    grant->closure->wishes[i].problem.n > 0)
			continue;
		need->disposition = BLOCKED;
		need->reason = reason;
	}
}

/*
 * Where a file system has too little, or SPACE_PLACES; wanted becomes what is
 * asked of it.  What is no file system of its own is part of the root's.
 */
static unsigned
too_small(
    const struct space *space, const uint64_t *free_bytes, uint64_t *wanted)
{
	uint64_t root = space->wanted[SPACE_ROOT];

	for (unsigned i = SPACE_ROOT + 1; i < SPACE_PLACES; i++) {
		*wanted = space->wanted[i];
		if (free_bytes[i] == FREE_SPACE_UNKNOWN)
			root += *wanted;
		else if (*wanted > free_bytes[i])
			return i;
	}
	*wanted = root;
	return root > free_bytes[SPACE_ROOT] ? SPACE_ROOT : SPACE_PLACES;
}

static uint64_t
growth_of(const struct change *change)
{
	return change->growth > 0 ? (uint64_t)change->growth : 0;
}

/* Download, growth and kernels against what is free, visit by visit. */
static void
check_space(struct grant *grant)
{
	struct fleet *fleet = grant->fleet;
	const struct host *host = &fleet->hosts[grant->host];
	const struct solution *solution = &grant->closure->solution;
	uint64_t free_bytes[SPACE_PLACES], wanted;
	struct space space = {0};

	free_space_of(host->name, free_bytes);
	for (unsigned kind = 0; kind < VISIT_KINDS; kind++) {
		unsigned place;

		for (size_t i = 0; i < solution->count; i++) {
			const struct change *change = &solution->changes[i];

			if (change->kind == kind && !change->removal)
				space_add(&space, change->package, change->to,
				    change->bytes, growth_of(change));
		}
		place = too_small(&space, free_bytes, &wanted);
		if (place < SPACE_PLACES)
			block_visit(grant, kind,
			    fleet_text(fleet,
				"takes %" PRIu64 " bytes on %s, where %" PRIu64
				" are free",
				wanted, space_places[place],
				free_bytes[place]));
		else if (kind > 0 && grant->full[kind - 1])
			block_visit(grant, kind,
			    SPAN("comes after a visit for which there is no "
				 "room"));
	}
}

/* "needed by X" */
static struct span
cause_text(struct fleet *fleet, const struct closure *closure,
    const struct change *change)
{
	struct span cause = change->cause;
	const char *word = change->removal ? "in the way of" : "needed by";

	if (cause.n == 0 && change->root != NONE)
		cause = closure->wishes[change->root].package;
	if (cause.n == 0)
		return SPAN("needed by what is installed with it");
	return fleet_text(fleet, "%s %.*s", word, SPAN_ARG(cause));
}

/* The host's own need of this package that was not to be patched; or NULL. */
static struct need *
other_need(const struct grant *grant, const struct change *change)
{
	struct fleet *fleet = grant->fleet;
	const struct host *host = &fleet->hosts[grant->host];

	for (uint32_t i = 0; i < host->need_count; i++) {
		struct need *need = &fleet->needs[host->first_need + i];

		if (!need->harden &&
		    span_equal(need->package, change->package) &&
		    span_is(need->state, "available"))
			return need;
	}
	return NULL;
}

static void
give(struct fleet *fleet, struct need *need, const struct change *change)
{
	need->disposition = PLANNED;
	need->kind = change->kind;
	need->fixed = change->to;
	need->backout = change->backout;
	if (change->bytes > 0)
		need->bytes = number(fleet, change->bytes);
	if (!change->removal)
		need->growth = number(fleet, growth_of(change));
}

static void
give_wish(struct grant *grant, const struct change *change)
{
	struct need *need = &grant->fleet->needs[grant->needs[change->wish]];

	if (need->kind != change->kind)
		need->reason = fleet_text(grant->fleet,
		    "%.*s; an earlier visit needs it already",
		    SPAN_ARG(need->reason));
	give(grant->fleet, need, change);
	if (span_is(change->backout, "unavailable"))
		need->reason = fleet_text(grant->fleet,
		    "%.*s; no way back: no repository offers %.*s any more",
		    SPAN_ARG(need->reason), SPAN_ARG(change->from));
}

/* Nothing gets past a gate because something else needs it. */
static void
pass_gates(struct grant *grant, struct need *need)
{
	struct span *barred = &grant->barred[need->kind];

	gates_apply(grant->fleet, need);
	if (need->disposition == BLOCKED && barred->n == 0)
		*barred = fleet_text(grant->fleet, "needs %.*s %.*s: %.*s",
		    SPAN_ARG(need->package), SPAN_ARG(need->fixed),
		    SPAN_ARG(need->reason));
}

static void
bar(struct need *need, enum visit_kind kind, struct span reason)
{
	if (need->disposition != PLANNED || need->kind != kind ||
	    need->reboot || need->harden)
		return;
	need->disposition = BLOCKED;
	need->reason = reason;
}

/* A visit with something that a gate bars is blocked, and those behind it. */
static void
bar_visits(struct grant *grant)
{
	struct fleet *fleet = grant->fleet;
	const struct host *host = &fleet->hosts[grant->host];
	struct span reason = {NULL, 0};

	for (unsigned kind = 0; kind < VISIT_KINDS; kind++) {
		if (grant->barred[kind].n > 0)
			reason = grant->barred[kind];
		if (reason.n == 0)
			continue;
		for (uint32_t i = 0; i < host->need_count; i++)
			bar(&fleet->needs[host->first_need + i], kind, reason);
		for (size_t i = grant->first_new; i < fleet->need_count; i++)
			bar(&fleet->needs[i], kind, reason);
	}
}

/* A need that was put off is done now, when that is what is needed. */
static bool
give_other(struct grant *grant, struct need *need, const struct change *change)
{
	struct fleet *fleet = grant->fleet;
	enum version_scheme scheme = version_scheme_of(
	    fleet->hosts[grant->host].os);

	if (change->removal || need->disposition == PLANNED ||
	    (version_compare(scheme, change->to, need->fixed) &
		(VERSION_EQUAL | VERSION_GREATER)) == 0)
		return false;
	need->reason = fleet_text(fleet, "%.*s, although %s: %.*s",
	    SPAN_ARG(cause_text(fleet, grant->closure, change)),
	    disposition_names[need->disposition], SPAN_ARG(need->reason));
	give(fleet, need, change);
	pass_gates(grant, need);
	return true;
}

/*
 * pm-match found that the host itself would not take this version, for its pins
 * or for want of a source: then no other need brings it in.
 */
static void
respect_pins(struct grant *grant, const struct change *change)
{
	struct fleet *fleet = grant->fleet;
	const struct host *host = &fleet->hosts[grant->host];
	struct span *barred = &grant->barred[change->kind];

	for (uint32_t i = 0; i < host->need_count && barred->n == 0; i++) {
		const struct need *need = &fleet->needs[host->first_need + i];

		if (!need->harden && span_is(need->state, "announced") &&
		    span_equal(need->package, change->package) &&
		    span_equal(need->fixed, change->to))
			*barred = fleet_text(fleet,
			    "needs %.*s %.*s, which no repository of the host "
			    "offers, or its pins exclude",
			    SPAN_ARG(need->package), SPAN_ARG(need->fixed));
	}
}

static void
give_new(
    struct grant *grant, const struct change *change, const struct need *other)
{
	struct fleet *fleet = grant->fleet;
	struct need *need;

	fleet->needs = memory_grow(fleet->needs, &fleet->need_capacity,
	    fleet->need_count + 1, sizeof(*fleet->needs));
	need = &fleet->needs[fleet->need_count++];
	*need = (struct need){.host = grant->host,
	    .package = change->package,
	    .installed = change->from,
	    .adv = SPAN("-"),
	    .cves = SPAN("-"),
	    .policy = SPAN("-"),
	    .due = SPAN("-"),
	    .decision = SPAN("patch"),
	    .prerequisite = true,
	    .removal = change->removal,
	    /* tells its step from that of a need that is not patched */
	    .state = other == NULL || change->removal ? SPAN("available")
						      : SPAN("prerequisite"),
	    .reason = cause_text(fleet, grant->closure, change)};
	give(fleet, need, change);
	if (span_is(change->backout, "unavailable"))
		need->reason = fleet_text(fleet,
		    "%.*s; no way back: no repository offers %.*s any more",
		    SPAN_ARG(need->reason), SPAN_ARG(change->from));
	if (!change->removal)
		pass_gates(grant, need);
}

void
grant_closure(struct fleet *fleet, uint32_t at, const struct closure *closure)
{
	const struct host *host = &fleet->hosts[at];
	struct grant grant = {.fleet = fleet,
	    .host = at,
	    .closure = closure,
	    .first_new = fleet->need_count,
	    .needs = memory_array(
		NULL, closure->count + 1, sizeof(*grant.needs))};
	size_t wish = 0;

	for (uint32_t i = 0; i < host->need_count; i++)
		if (need_is_wish(&fleet->needs[host->first_need + i]))
			grant.needs[wish++] = host->first_need + i;
	for (size_t i = 0; i < closure->count; i++)
		if (closure->wishes[i].problem.n > 0) {
			struct need *need = &fleet->needs[grant.needs[i]];

			need->disposition = BLOCKED;
			need->reason = closure->wishes[i].problem;
		}
	check_space(&grant);
	for (size_t i = 0; i < closure->solution.count; i++) {
		const struct change *change = &closure->solution.changes[i];
		struct need *other;

		if (grant.full[change->kind])
			continue;
		if (change->wish != NONE) {
			give_wish(&grant, change);
			continue;
		}
		if (!change->removal)
			respect_pins(&grant, change);
		other = other_need(&grant, change);
		if (other == NULL || !give_other(&grant, other, change))
			give_new(&grant, change, other);
	}
	bar_visits(&grant);
	free(grant.needs);
}
