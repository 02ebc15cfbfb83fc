#include "solve.h"

#include <solv/solver.h>

#include "solve_task.h"

struct span
solve_say(struct task *task)
{
	struct span text = arena_copy(task->text, buffer_span(&task->message));

	buffer_reset(&task->message);
	return text;
}

/* ---- which wishes go together */

static void
accept(struct task *task, const Queue *wanted, struct result *result)
{
	queue_free(&task->accepted);
	queue_init_clone(&task->accepted, wanted);
	solve_result_free(&task->result);
	task->result = *result;
}

/*
 * Accept of the wishes as many as go together: all, or the first half and then
 * the second, down to a single one, which then has a problem.
 */
static void
add(struct task *task, const Id *wishes, int count)
{
	struct result result;
	Queue wanted;

	if (count == 0)
		return;
	solve_result_init(&result);
	queue_init_clone(&wanted, &task->accepted);
	for (int i = 0; i < count; i++)
		queue_push(&wanted, wishes[i]);
	if (solve_attempt(task, &wanted, &result)) {
		accept(task, &wanted, &result);
	} else if (count == 1) {
		task->wishes[wishes[0]].problem = solve_say(task);
		solve_result_free(&result);
	} else {
		solve_result_free(&result);
		add(task, wishes, count / 2);
		add(task, wishes + count / 2, count - count / 2);
	}
	queue_free(&wanted);
}

/* ---- the way back */

/*
 * A wish that asks for a way back and brings a change without one has a
 * problem.  Returns whether there was any.
 */
static bool
refuse_one_way(struct task *task, const struct solution *solution, size_t first)
{
	bool any = false;

	for (size_t i = first; i < solution->count; i++) {
		const struct change *change = &solution->changes[i];
		struct wish *wish = change->root == NONE
					? NULL
					: &task->wishes[change->root];

		if (wish == NULL || !wish->way_back || wish->problem.n > 0 ||
		    !span_is(change->backout, "unavailable"))
			continue;
		buffer_printf(&task->message,
		    "no way back: no repository offers %.*s %.*s any more, and "
		    "backout is required",
		    SPAN_ARG(change->package), SPAN_ARG(change->from));
		wish->problem = solve_say(task);
		any = true;
	}
	return any;
}

/* ---- the whole */

static void
settle(struct task *task)
{
	for (int i = 0; i < task->result.added.count; i++)
		if (!solve_is_settled(task, task->result.added.elements[i]))
			queue_push2(&task->settled,
			    SOLVER_INSTALL | SOLVER_SOLVABLE,
			    task->result.added.elements[i]);
	for (int i = 0; i < task->result.removed.count; i++)
		if (!solve_is_settled(task, task->result.removed.elements[i]))
			queue_push2(&task->settled,
			    SOLVER_ERASE | SOLVER_SOLVABLE,
			    task->result.removed.elements[i]);
}

static void
solve_visit(struct task *task, struct solution *solution, enum visit_kind kind)
{
	size_t first = solution->count;
	Queue open;

	queue_init(&open);
	do {
		solution->count = first;
		queue_empty(&open);
		queue_empty(&task->accepted);
		solve_result_free(&task->result);
		solve_result_init(&task->result);
		for (size_t i = 0; i < task->count; i++)
			if (task->wishes[i].kind == kind &&
			    task->wishes[i].problem.n == 0 &&
			    !solve_is_settled(task, task->wishes[i].target))
				queue_push(&open, (Id)i);
		add(task, open.elements, open.count);
		if (task->accepted.count > 0)
			solve_changes(task, solution, kind);
	} while (refuse_one_way(task, solution, first));
	settle(task);
	queue_free(&open);
}

/* Does the name fit the list of names and beginnings? */
static bool
is_listed(struct span list, struct span name)
{
	while (list.p != NULL) {
		struct span item = span_trim(span_cut(&list, ','));

		if (span_ends(item, SPAN("*"))) {
			item.n--;
			if (span_starts(name, item))
				return true;
		} else if (span_equal(item, name))
			return true;
	}
	return false;
}

static void
find_targets(struct task *task)
{
	struct universe *universe = task->universe;
	Pool *pool = universe->pool;

	for (size_t i = 0; i < task->count; i++) {
		struct wish *wish = &task->wishes[i];
		Id p = universe_offered(universe, wish->package, wish->version);

		if (p == 0 && !wish->exact) {
			p = universe_candidate(universe, wish->package);
			if (p != 0 && version_compare(universe->scheme,
					  universe_version(universe, p),
					  wish->version) < VERSION_EQUAL)
				p = 0;
		}
		if (p == 0) {
			buffer_printf(&task->message,
			    "no repository that was given offers %.*s %.*s",
			    SPAN_ARG(wish->package), SPAN_ARG(wish->version));
			wish->problem = solve_say(task);
			continue;
		}
		wish->target = p;
		universe_consider(universe, p);
		for (int k = 0; k < universe->held.count; k++)
			if (pool->solvables[universe->held.elements[k]].name ==
			    pool->solvables[p].name)
				wish->problem = SPAN(
				    "held on the host by its administrator");
	}
}

static void
find_removable(struct task *task, struct span allow_remove)
{
	struct universe *universe = task->universe;
	Id p;
	Solvable *s;

	map_init(&task->may_go, universe->pool->nsolvables);
	if (span_absent(allow_remove))
		return;
	FOR_REPO_SOLVABLES (universe->installed, p, s) {
		if (is_listed(allow_remove, universe_name(universe, p)) &&
		    !universe_essential(universe, p))
			map_set(&task->may_go, p);
	}
}

static int
change_order(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->removal != y->removal)
		return x->removal ? 1 : -1;
	return span_compare(x->package, y->package);
}

void
solve(struct universe *universe, struct wish *wishes, size_t count,
    struct span allow_remove, struct arena *text, struct solution *solution)
{
	struct task task = {.universe = universe,
	    .text = text,
	    .wishes = wishes,
	    .count = count};

	solution->count = 0;
	queue_init(&task.settled);
	queue_init(&task.accepted);
	queue_init(&task.parents);
	solve_result_init(&task.result);
	find_targets(&task);
	find_removable(&task, allow_remove);
	universe_prepare(universe);
	for (unsigned kind = 0; kind < VISIT_KINDS; kind++)
		solve_visit(&task, solution, kind);
	if (solution->count > 0)
		qsort(solution->changes, solution->count,
		    sizeof(*solution->changes), change_order);
	map_free(&task.may_go);
	queue_free(&task.settled);
	queue_free(&task.accepted);
	queue_free(&task.parents);
	solve_result_free(&task.result);
	buffer_release(&task.message);
}
