#include "update.h"

#include <stdlib.h>

#include "need.h"

/* One supersedes another, says an advisory (for one architecture, maybe). */
struct edge {
	uint32_t to; /* number of the update */
	uint32_t advisory;
};

struct updates {
	uint32_t *keys; /* by number, from 1, in the order of their names */
	uint32_t *first_edge; /* by number; one more at the end */
	size_t count;
	struct edge *edges;
	size_t edge_count, edge_capacity;
	uint32_t *stack; /* for following edges */
	size_t key_capacity;
};

enum {
	INSTALLED = 1, /* or contained in one that is */
	MISSING = 2,
	CONTAINED = 4, /* in another one that is missing */
	VISITED = 8
};

/* What the comparison for sorting looks at; qsort(3) passes no context. */
static const struct catalogue *sorting;

static int
order_keys(const void *left, const void *right)
{
	return span_compare(key_name(&sorting->keys[*(const uint32_t *)left]),
	    key_name(&sorting->keys[*(const uint32_t *)right]));
}

/* The advisories of a key that stand for an update: behind all others. */
static uint32_t
first_update(const struct key *key)
{
	return key->first + key->count + key->statements;
}

static void
add_edges(struct catalogue *catalogue, size_t scope, struct updates *updates,
    uint32_t advisory)
{
	struct span rest = catalogue_text(
	    catalogue, catalogue->advisories[advisory].supersedes);

	while (rest.p != NULL) {
		struct span name = span_cut(&rest, ',');
		const struct key *key = catalogue_key(catalogue,
		    catalogue_hash((uint32_t)scope, BY_BINARY, name),
		    (uint32_t)scope, BY_BINARY, name);

		if (key == NULL || key->update == 0)
			continue;
		updates->edges = memory_grow(updates->edges,
		    &updates->edge_capacity, updates->edge_count + 1,
		    sizeof(*updates->edges));
		updates->edges[updates->edge_count++] = (struct edge){
		    key->update, advisory};
	}
}

static void
connect(struct catalogue *catalogue, size_t scope, struct updates *updates)
{
	sorting = catalogue;
	qsort(updates->keys + 1, updates->count, sizeof(*updates->keys),
	    order_keys);
	for (uint32_t i = 1; i <= updates->count; i++)
		catalogue->keys[updates->keys[i]].update = i;
	updates->first_edge = memory_array(
	    NULL, updates->count + 2, sizeof(*updates->first_edge));
	for (uint32_t i = 1; i <= updates->count; i++) {
		const struct key *key = &catalogue->keys[updates->keys[i]];

		updates->first_edge[i] = (uint32_t)updates->edge_count;
		for (uint32_t k = 0; k < key->updates; k++)
			add_edges(
			    catalogue, scope, updates, first_update(key) + k);
	}
	updates->first_edge[updates->count + 1] = (uint32_t)updates->edge_count;
}

void
updates_ready(struct catalogue *catalogue)
{
	for (uint32_t i = 0; i < catalogue->key_count; i++) {
		struct key *key = &catalogue->keys[i];
		struct scope *scope = &catalogue->scopes[key->scope];

		if (key->updates == 0)
			continue;
		if (scope->updates == NULL)
			scope->updates = memory_zeroed(
			    1, sizeof(*scope->updates));
		scope->updates->keys = memory_grow(scope->updates->keys,
		    &scope->updates->key_capacity, scope->updates->count + 2,
		    sizeof(*scope->updates->keys));
		scope->updates->keys[++scope->updates->count] = i;
		key->update = 1; /* numbered below */
	}
	for (size_t i = 0; i < catalogue->scope_count; i++)
		if (catalogue->scopes[i].updates != NULL)
			connect(catalogue, i, catalogue->scopes[i].updates);
}

static void
start(struct update_state *state, const struct scope *scope)
{
	size_t count = scope->updates->count + 1;

	if (state->started)
		return;
	state->started = true;
	state->marks = memory_grow(state->marks, &state->capacity, count, 1);
	memset(state->marks, 0, count);
}

void
update_installed(struct update_state *state, const struct scope *scope,
    const struct key *key)
{
	if (key == NULL || key->update == 0)
		return;
	start(state, scope);
	state->marks[key->update] |= INSTALLED;
}

/*
 * Follow the edges from an update that count on this architecture, and give
 * all that it contains the mark.
 */
static void
contain(const struct catalogue *catalogue, struct updates *updates,
    uint8_t *marks, uint32_t from, struct span arch, uint8_t mark)
{
	size_t depth = 0;

	updates->stack[depth++] = from;
	marks[from] |= VISITED;
	while (depth > 0) {
		uint32_t at = updates->stack[--depth];

		for (uint32_t i = updates->first_edge[at];
		     i < updates->first_edge[at + 1]; i++) {
			const struct edge *edge = &updates->edges[i];

			if (marks[edge->to] & VISITED ||
			    !standing_arch_fits(catalogue,
				&catalogue->advisories[edge->advisory], arch))
				continue;
			marks[edge->to] |= VISITED | mark;
			updates->stack[depth++] = edge->to;
		}
	}
}

static void
forget_visits(const struct updates *updates, uint8_t *marks)
{
	for (size_t i = 1; i <= updates->count; i++)
		marks[i] &= (uint8_t)~VISITED;
}

/* Is the update for hosts of this architecture? */
static bool
is_for(
    const struct catalogue *catalogue, const struct key *key, struct span arch)
{
	for (uint32_t i = 0; i < key->updates; i++)
		if (standing_arch_fits(catalogue,
			&catalogue->advisories[first_update(key) + i], arch))
			return true;
	return false;
}

static void
find_missing(const struct catalogue *catalogue, struct updates *updates,
    uint8_t *marks, struct span arch)
{
	/* Visits are kept: what was reached once leads nowhere new. */
	for (uint32_t i = 1; i <= updates->count; i++)
		if (marks[i] & INSTALLED && !(marks[i] & VISITED))
			contain(catalogue, updates, marks, i, arch, INSTALLED);
	forget_visits(updates, marks);
	for (uint32_t i = 1; i <= updates->count; i++)
		if (!(marks[i] & INSTALLED) &&
		    is_for(catalogue, &catalogue->keys[updates->keys[i]], arch))
			marks[i] |= MISSING;
	/* Of a circle of updates the first one stays. */
	for (uint32_t i = 1; i <= updates->count; i++) {
		if ((marks[i] & (MISSING | CONTAINED)) != MISSING)
			continue;
		contain(catalogue, updates, marks, i, arch, CONTAINED);
		forget_visits(updates, marks);
	}
}

/* What a need says behind the comparison: which others it stands for. */
static void
add_contained(struct buffer *text, struct span name, uint64_t *count)
{
	enum { NAMES_MAX = 20 };

	if (++*count > NAMES_MAX)
		return;
	buffer_add_span(text,
	    *count == 1 ? SPAN("; it contains, and they are missing too: ")
			: SPAN(", "));
	buffer_add_span(text, name);
	if (*count == NAMES_MAX)
		buffer_add_span(text, SPAN(", ..."));
}

static void
take_advisories(const struct catalogue *catalogue, const struct key *key,
    struct span arch, struct list *list)
{
	for (uint32_t i = 0; i < key->updates; i++) {
		const struct advisory *advisory =
		    &catalogue->advisories[first_update(key) + i];

		if (standing_arch_fits(catalogue, advisory, arch))
			list_add(list, advisory);
	}
}

/* The component that the update is for, when it is for nothing else. */
static struct span
component(const struct catalogue *catalogue, const struct list *own)
{
	for (size_t i = 0; i < own->count; i++)
		if (own->items[i]->component == 0)
			return SPAN("");
	return catalogue_text(catalogue, own->items[0]->component);
}

static void
write_need(const struct catalogue *catalogue, struct updates *updates,
    uint8_t *marks, uint32_t number, struct span host, struct span arch,
    struct output *output)
{
	static struct list own, all;
	static struct buffer more, rows;
	struct key *key = &catalogue->keys[updates->keys[number]];
	struct installed installed = {
	    .host = host, .package = key_name(key), .version = SPAN("-")};
	struct reason reason = {"available", "exact", true,
	    " is not installed, nor one that supersedes it"};
	struct span only;
	uint64_t count = 0;

	own.count = all.count = 0;
	buffer_reset(&more);
	buffer_reset(&rows);
	take_advisories(catalogue, key, arch, &own);
	contain(catalogue, updates, marks, number, arch, 0);
	for (uint32_t i = 1; i <= updates->count; i++) {
		const struct key *other = &catalogue->keys[updates->keys[i]];

		if (!(marks[i] & VISITED) || !(marks[i] & MISSING))
			continue;
		take_advisories(catalogue, other, arch, &all);
		if (i != number)
			add_contained(&more, key_name(other), &count);
	}
	forget_visits(updates, marks);
	only = component(catalogue, &own);
	if (only.n > 0) {
		reason.confidence = "assumed";
		buffer_printf(&more, "; that the host has %.*s is assumed",
		    SPAN_ARG(only));
	}
	need_add_update(&rows, catalogue, key_name(key), &own, &all, &reason,
	    buffer_span(&more));
	need_write(&installed, buffer_span(&rows), output);
}

void
updates_write(const struct catalogue *catalogue, struct scope *scope,
    struct update_state *state, struct span host, struct span arch,
    struct output *output)
{
	struct updates *updates;

	if (scope == NULL || scope->updates == NULL)
		return;
	updates = scope->updates;
	start(state, scope);
	if (updates->stack == NULL)
		updates->stack = memory_array(
		    NULL, updates->count + 1, sizeof(*updates->stack));
	find_missing(catalogue, updates, state->marks, arch);
	for (uint32_t i = 1; i <= updates->count; i++)
		if ((state->marks[i] & (MISSING | CONTAINED)) == MISSING)
			write_need(catalogue, updates, state->marks, i, host,
			    arch, output);
	state->started = false;
}

void
updates_release(struct scope *scope)
{
	struct updates *updates = scope->updates;

	if (updates == NULL)
		return;
	free(updates->keys);
	free(updates->first_edge);
	free(updates->edges);
	free(updates->stack);
	free(updates);
}
