/*
 * Hosts with the same repositories, packages and wishes are one class, which is
 * solved once; its solution is then given to each of its hosts.
 */
#include "prerequisites.h"

#include <inttypes.h>

#include "gates.h"
#include "solve.h"
#include "space.h"

struct class
{
	struct span key;
	struct wish *wishes;
	size_t count;
	struct solution solution;
	uint32_t guessed, foreign;
};

/* Universes by operating system, release and architecture. */
struct place {
	struct span os, release, arch;
	struct universe *universe; /* NULL: no repository fits */
};

struct free_space {
	struct span host;
	enum space_place place;
	uint64_t bytes;
};

static struct {
	struct installed *installed;
	struct repositories repositories;
	struct place *places;
	size_t place_count, place_capacity;
	struct hash_table class_index;
	struct class *classes;
	size_t class_count, class_capacity;
	struct arena text;
	struct hash_table space_index;
	struct free_space *spaces;
	size_t space_count, space_capacity;
	struct buffer key;
	uint64_t without_packages, without_repository, solved;
	uint64_t guessed, foreign;
} state;

/* ---- reading */

/* free_space: where, and how many bytes. */
static void
read_fact(const struct record *record)
{
	struct span value = record_get(record, FACT_VALUE), where;
	struct free_space *row;
	unsigned place = 0;
	uint64_t bytes;

	if (!span_is(record_get(record, FACT_KEY), "free_space"))
		return;
	where = span_cut(&value, ' ');
	while (place < SPACE_PLACES && !span_is(where, space_places[place]))
		place++;
	if (place == SPACE_PLACES)
		return;
	if (value.p == NULL || !span_number(value, &bytes))
		die(PM_EXIT_DATA, "%s: free_space is '%s BYTES'",
		    record_where(record), space_places[place]);
	state.spaces = memory_grow(state.spaces, &state.space_capacity,
	    state.space_count + 1, sizeof(*row));
	row = &state.spaces[state.space_count];
	*row = (struct free_space){
	    arena_copy(&state.text, record_get(record, FACT_HOST)),
	    (enum space_place)place, bytes};
	hash_insert(&state.space_index, hash_span(row->host),
	    (uint32_t)state.space_count++);
}

void
prerequisites_read(const struct record *record)
{
	if (record_type(record) == RECORD_FACT) {
		read_fact(record);
		return;
	}
	if (state.installed == NULL)
		state.installed = installed_new();
	installed_read(state.installed, record);
}

struct installed *
prerequisites_installed(void)
{
	if (state.installed != NULL)
		installed_share(state.installed);
	return state.installed;
}

/* The least that was said of each; SPACE_UNKNOWN where nothing was. */
#define SPACE_UNKNOWN UINT64_MAX

static void
space_of(struct span host, uint64_t *bytes)
{
	struct hash_probe probe = hash_first(
	    &state.space_index, hash_span(host));

	for (unsigned i = 0; i < SPACE_PLACES; i++)
		bytes[i] = SPACE_UNKNOWN;
	for (; hash_found(&state.space_index, &probe);
	     hash_next(&state.space_index, &probe)) {
		const struct free_space *row = &state.spaces[probe.index];

		if (span_equal(row->host, host) &&
		    row->bytes < bytes[row->place])
			bytes[row->place] = row->bytes;
	}
}

/* ---- places and classes */

static uint32_t
place_of(const struct host *host)
{
	struct place *place;

	for (size_t i = 0; i < state.place_count; i++) {
		place = &state.places[i];
		if (span_equal(place->os, host->os) &&
		    span_equal(place->release, host->release) &&
		    span_equal(place->arch, host->arch))
			return (uint32_t)i;
	}
	state.places = memory_grow(state.places, &state.place_capacity,
	    state.place_count + 1, sizeof(*place));
	place = &state.places[state.place_count];
	*place = (struct place){host->os, host->release, host->arch,
	    universe_open(
		&state.repositories, host->os, host->release, host->arch)};
	return (uint32_t)state.place_count++;
}

/* Shall it be installed by this plan? */
static bool
is_wish(const struct need *need)
{
	return need->disposition == PLANNED && !need->reboot && !need->harden &&
	       !need->prerequisite && span_find(need->package, ':') == NULL;
}

/* backout=required, for mission hosts without a rule, unless it is waived. */
static bool
asks_way_back(
    struct fleet *fleet, const struct host *host, const struct need *need)
{
	const struct waiver_need subject = {
	    host->name, need->package, need->cves};
	struct span choice = host_choice(fleet, host, CHOICE_BACKOUT), who;

	if (span_absent(choice) ? host->tier != TIER_MISSION
				: !span_is(choice, "required"))
		return false;
	return !waivers_no_backout(&fleet->waivers, &subject, &who);
}

static struct class *
class_find(uint64_t hash)
{
	struct hash_probe probe = hash_first(&state.class_index, hash);

	for (; hash_found(&state.class_index, &probe);
	     hash_next(&state.class_index, &probe))
		if (span_equal(state.classes[probe.index].key,
			buffer_span(&state.key)))
			return &state.classes[probe.index];
	return NULL;
}

/* What the solution depends on, as text. */
static void
key_make(
    struct fleet *fleet, const struct host *host, uint32_t place, uint32_t set)
{
	struct buffer *key = &state.key;

	buffer_reset(key);
	buffer_printf(key, "%" PRIu32 "\t%" PRIu32 "\t%.*s", place, set,
	    SPAN_ARG(host_choice(fleet, host, CHOICE_ALLOW_REMOVE)));
	for (uint32_t i = 0; i < host->need_count; i++) {
		const struct need *need = &fleet->needs[host->first_need + i];

		if (!is_wish(need))
			continue;
		buffer_add_byte(key, '\n');
		buffer_add_span(key, need->package);
		buffer_add_byte(key, '\t');
		buffer_add_span(key, need->fixed);
		buffer_add_byte(key, (char)('0' + (int)need->kind));
		buffer_add_byte(
		    key, asks_way_back(fleet, host, need) ? '<' : '.');
		buffer_add_byte(key, need->staged ? '=' : '.');
	}
}

static struct class *
class_make(struct fleet *fleet, const struct host *host, uint32_t place,
    uint32_t set, uint64_t hash)
{
	struct universe *universe = state.places[place].universe;
	struct class *class;

	state.classes = memory_grow(state.classes, &state.class_capacity,
	    state.class_count + 1, sizeof(*class));
	class = &state.classes[state.class_count];
	*class = (struct class){
	    .key = arena_copy(&state.text, buffer_span(&state.key)),
	    .wishes = memory_zeroed(host->need_count, sizeof(*class->wishes))};
	hash_insert(&state.class_index, hash, (uint32_t)state.class_count++);
	for (uint32_t i = 0; i < host->need_count; i++) {
		const struct need *need = &fleet->needs[host->first_need + i];

		if (is_wish(need))
			class->wishes[class->count++] = (struct wish){
			    .package = need->package,
			    .version = need->fixed,
			    .kind = need->kind,
			    .exact = need->staged,
			    .way_back = asks_way_back(fleet, host, need)};
	}
	universe_install(universe, installed_set(state.installed, set));
	class->guessed = universe->guessed;
	class->foreign = universe->foreign;
	solve(universe, class->wishes, class->count,
	    host_choice(fleet, host, CHOICE_ALLOW_REMOVE), &fleet->text,
	    &class->solution);
	return class;
}

/* ---- giving the solution to a host */

struct grant {
	struct fleet *fleet;
	uint32_t host;
	const struct class *class;
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
	for (size_t i = 0; i < grant->class->count; i++) {
		struct need *need = &grant->fleet->needs[grant->needs[i]];

		if (need->kind != kind || grant->class->wishes[i].problem.n > 0)
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
		if (free_bytes[i] == SPACE_UNKNOWN)
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
	const struct solution *solution = &grant->class->solution;
	uint64_t free_bytes[SPACE_PLACES], wanted;
	struct space space = {0};

	space_of(host->name, free_bytes);
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
cause_text(
    struct fleet *fleet, const struct class *class, const struct change *change)
{
	struct span cause = change->cause;
	const char *word = change->removal ? "in the way of" : "needed by";

	if (cause.n == 0 && change->root != NONE)
		cause = class->wishes[change->root].package;
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
	    SPAN_ARG(cause_text(fleet, grant->class, change)),
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
	    .reason = cause_text(fleet, grant->class, change)};
	give(fleet, need, change);
	if (span_is(change->backout, "unavailable"))
		need->reason = fleet_text(fleet,
		    "%.*s; no way back: no repository offers %.*s any more",
		    SPAN_ARG(need->reason), SPAN_ARG(change->from));
	if (!change->removal)
		pass_gates(grant, need);
}

static void
grant_solution(struct fleet *fleet, uint32_t at, const struct class *class)
{
	const struct host *host = &fleet->hosts[at];
	struct grant grant = {.fleet = fleet,
	    .host = at,
	    .class = class,
	    .first_new = fleet->need_count,
	    .needs = memory_array(
		NULL, class->count + 1, sizeof(*grant.needs))};
	size_t wish = 0;

	for (uint32_t i = 0; i < host->need_count; i++)
		if (is_wish(&fleet->needs[host->first_need + i]))
			grant.needs[wish++] = host->first_need + i;
	for (size_t i = 0; i < class->count; i++)
		if (class->wishes[i].problem.n > 0) {
			struct need *need = &fleet->needs[grant.needs[i]];

			need->disposition = BLOCKED;
			need->reason = class->wishes[i].problem;
		}
	check_space(&grant);
	for (size_t i = 0; i < class->solution.count; i++) {
		const struct change *change = &class->solution.changes[i];
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

static void
solve_host(struct fleet *fleet, uint32_t at)
{
	const struct host *host = &fleet->hosts[at];
	struct class *class;
	uint32_t place, set;
	uint64_t hash;
	bool any = false;

	for (uint32_t i = 0; i < host->need_count && !any; i++)
		any = is_wish(&fleet->needs[host->first_need + i]);
	if (!any)
		return;
	if (state.installed == NULL ||
	    !installed_of(state.installed, host->name, &set)) {
		state.without_packages++;
		return;
	}
	place = place_of(host);
	if (state.places[place].universe == NULL) {
		state.without_repository++;
		return;
	}
	key_make(fleet, host, place, set);
	hash = hash_span(buffer_span(&state.key));
	class = class_find(hash);
	if (class == NULL)
		class = class_make(fleet, host, place, set, hash);
	state.guessed += class->guessed;
	state.foreign += class->foreign > 0;
	state.solved++;
	grant_solution(fleet, at, class);
}

static void
release(void)
{
	for (size_t i = 0; i < state.place_count; i++)
		if (state.places[i].universe != NULL)
			universe_close(state.places[i].universe);
	for (size_t i = 0; i < state.class_count; i++) {
		free(state.classes[i].wishes);
		free(state.classes[i].solution.changes);
	}
	free(state.places);
	free(state.classes);
	hash_release(&state.class_index);
	buffer_release(&state.key);
}

void
prerequisites_solve(struct fleet *fleet)
{
	size_t hosts = fleet->host_count;

	if (!repository_named())
		return;
	repositories_open(&state.repositories);
	for (uint32_t i = 0; i < hosts; i++)
		solve_host(fleet, i);
	fleet_sort_needs(fleet);
	release();
}

void
prerequisites_report(void)
{
	if (!repository_named())
		return;
	warning("prerequisites of %" PRIu64 " %s, solved as %zu", state.solved,
	    PLURAL(state.solved, "host", "hosts"), state.class_count);
	if (state.without_packages > 0)
		warning("%" PRIu64 " %s no pkg records, so %s "
			"prerequisites are not known; pipe with pm-match -k",
		    state.without_packages,
		    PLURAL(state.without_packages, "host has", "hosts have"),
		    PLURAL(state.without_packages, "its", "their"));
	if (state.without_repository > 0)
		warning("%" PRIu64 " %s that no --repository "
			"is for, so %s prerequisites are not known",
		    state.without_repository,
		    PLURAL(state.without_repository, "host is of a system",
			"hosts are of systems"),
		    PLURAL(state.without_repository, "its", "their"));
	if (state.guessed > 0)
		warning("%" PRIu64 " installed %s in no repository; "
			"%s dependencies are taken from the next version, "
			"or name a status file of such a host",
		    state.guessed,
		    PLURAL(state.guessed, "package is", "packages are"),
		    PLURAL(state.guessed, "its", "their"));
	if (state.foreign > 0)
		warning("%" PRIu64 " %s packages of foreign "
			"architectures, whose dependencies are not looked at",
		    state.foreign,
		    PLURAL(state.foreign, "host has", "hosts have"));
}
