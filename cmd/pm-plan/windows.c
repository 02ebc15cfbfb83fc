/*
 * When: each visit gets the next slot of its host's window.  Rings follow each
 * other in time: a ring starts when the slots of the ring before have ended and
 * its soak has passed.  Waves of one ring may share a night; their order, and
 * the steps' `after`, is what keeps redundant hosts apart.
 */
#include "plan.h"

/* What an always open window counts for when the next ring waits for its end */
enum { OPEN_SLOT_SECONDS = 60 * 60 };

/* ---- parsing, once for each distinct window and freeze */

struct cached {
	struct span text;
	struct span freezes;
	struct window *window;
};

struct cache {
	struct hash_table index;
	struct cached *rows;
	size_t count;
	size_t capacity;
};

/* Where a value stands, for the message. */
static struct span
choice_where(struct fleet *fleet, const struct host *host, enum choice choice)
{
	const struct rule_origin *origin = &host->origin[choice];

	if (origin->file == NULL)
		return fleet_text(fleet, "host %.*s", SPAN_ARG(host->name));
	return fleet_text(fleet, "%s:%u", origin->file, origin->line);
}

static struct window *
parse(struct fleet *fleet, const struct host *host)
{
	struct span text = host->choice[CHOICE_WINDOW];
	struct span freezes = host->choice[CHOICE_FREEZE];
	const char *reason;
	struct window *window = window_parse(text, &reason);

	if (window == NULL)
		die(PM_EXIT_POLICY, "%.*s: window '%.*s': %s",
		    SPAN_ARG(choice_where(fleet, host, CHOICE_WINDOW)),
		    SPAN_ARG(text), reason);
	if (!span_absent(freezes) && !window_freeze(window, freezes, &reason)) {
		window_free(window);
		die(PM_EXIT_POLICY, "%.*s: freeze '%.*s': %s",
		    SPAN_ARG(choice_where(fleet, host, CHOICE_FREEZE)),
		    SPAN_ARG(freezes), reason);
	}
	return window;
}

static struct window *
window_of(struct fleet *fleet, struct cache *cache, const struct host *host)
{
	struct span text = host->choice[CHOICE_WINDOW];
	struct span freezes = host->choice[CHOICE_FREEZE];
	uint64_t hash = hash_mix(hash_span(text), hash_span(freezes));
	struct hash_probe probe = hash_first(&cache->index, hash);

	for (; hash_found(&cache->index, &probe);
	     hash_next(&cache->index, &probe)) {
		const struct cached *row = &cache->rows[probe.index];

		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
		if (span_equal(row->text, text) &&
		    span_equal(row->freezes, freezes))
			return row->window;
	}
	cache->rows = memory_grow(cache->rows, &cache->capacity,
	    cache->count + 1, sizeof(*cache->rows));
	cache->rows[cache->count] = (struct cached){
	    text, freezes, parse(fleet, host)};
	hash_insert(&cache->index, hash, (uint32_t)cache->count);
	return cache->rows[cache->count++].window;
}

void
windows_parse(struct fleet *fleet)
{
	struct cache cache = {0};

	for (size_t i = 0; i < fleet->host_count; i++) {
		struct host *host = &fleet->hosts[i];

		if (span_absent(host->choice[CHOICE_WINDOW]))
			host->blocked = SPAN(
			    "no window: neither the inventory nor a rule "
			    "of the policy gives one");
		else
			host->window = window_of(fleet, &cache, host);
	}
	hash_release(&cache.index);
	free(cache.rows);
}

/* ---- slots */

/* Every need of a visit that finds no slot is blocked. */
static void
cancel(struct fleet *fleet, struct visit *visit)
{
	const struct host *host = &fleet->hosts[visit->host];
	struct span freezes = host->choice[CHOICE_FREEZE];

	visit->cancelled = true;
	for (uint32_t i = 0; i < host->need_count; i++) {
		struct need *need = &fleet->needs[host->first_need + i];

		if (need->disposition != PLANNED || need->kind != visit->kind)
			continue;
		need->disposition = BLOCKED;
		need->reason = fleet_text(fleet,
		    "window %.*s does not open within %d days (freeze %.*s)",
		    SPAN_ARG(host->choice[CHOICE_WINDOW]), WINDOW_SEARCH_DAYS,
		    SPAN_ARG(freezes));
	}
}

/* The nearest visit before this one to its role and site that takes place. */
static uint32_t
twin_of(const struct fleet *fleet, const struct visit *visit)
{
	uint32_t twin = visit->twin;

	while (twin != NONE && fleet->visits[twin].cancelled)
		twin = fleet->visits[twin].twin;
	return twin;
}

static void
find_slot(struct fleet *fleet, struct visit *visit)
{
	const struct host *host = &fleet->hosts[visit->host];
	int64_t from = fleet->rings[host->ring].from;

	visit->twin = twin_of(fleet, visit);
	if (visit->kind == VISIT_EMERGENCY) {
		visit->slot = (struct slot){fleet->now, SLOT_FOREVER};
		return;
	}
	if (visit->twin != NONE && fleet->visits[visit->twin].slot.start > from)
		from = fleet->visits[visit->twin].slot.start;
	if (!window_next(host->window, from, &visit->slot))
		cancel(fleet, visit);
}

/* When the ring behind may start: no earlier than this visit's end and soak */
static void
push_rings(struct fleet *fleet, const struct visit *visit)
{
	enum ring ring = fleet->hosts[visit->host].ring;
	int64_t end = visit->slot.end;

	if (visit->cancelled || visit->kind == VISIT_EMERGENCY)
		return;
	if (end == SLOT_FOREVER)
		end = visit->slot.start + OPEN_SLOT_SECONDS;
	end += fleet->rings[ring].soak;
	for (unsigned later = ring + 1; later < RINGS; later++)
		if (fleet->rings[later].from < end)
			fleet->rings[later].from = end;
}

void
windows_assign(struct fleet *fleet)
{
	for (unsigned ring = 0; ring < RINGS; ring++)
		fleet->rings[ring].from = fleet->now;
	for (size_t i = 0; i < fleet->visit_count; i++) {
		find_slot(fleet, &fleet->visits[i]);
		push_rings(fleet, &fleet->visits[i]);
	}
}
