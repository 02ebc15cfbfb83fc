#include "solve.h"

#include <solv/bitmap.h>
#include <solv/problems.h>
#include <solv/queue.h>
#include <solv/solver.h>

#include "choose.h"

/* One run of the solver: what is new and what goes. */
struct result {
	Queue added;
	Queue causes; /* parallel: the solvable that needs it so, or 0 */
	Queue removed;
	Queue blamed; /* parallel to removed */
};

struct task {
	struct universe *universe;
	struct arena *text;
	struct wish *wishes;
	size_t count;
	Map may_go;	/* installed packages that may be removed */
	Queue settled;	/* jobs of the visit before: pairs of how and what */
	Queue parents;	/* pairs: what apt takes, and for which package */
	Queue accepted; /* wishes that are known to go together */
	struct result result; /* of the accepted */
	struct buffer message;
};

static struct span
say(struct task *task)
{
	struct span text = arena_copy(task->text, buffer_span(&task->message));

	buffer_reset(&task->message);
	return text;
}

/* ---- one run */

static void
result_init(struct result *result)
{
	queue_init(&result->added);
	queue_init(&result->causes);
	queue_init(&result->removed);
	queue_init(&result->blamed);
}

static void
result_free(struct result *result)
{
	queue_free(&result->added);
	queue_free(&result->causes);
	queue_free(&result->removed);
	queue_free(&result->blamed);
}

/* Does some package of that name come in? */
static bool
is_replaced(const struct task *task, const Queue *added, Id p)
{
	const Pool *pool = task->universe->pool;

	for (int i = 0; i < added->count; i++)
		if (pool->solvables[added->elements[i]].name ==
		    pool->solvables[p].name)
			return true;
	return false;
}

/* For which package apt takes this one, or 0. */
static Id
parent_of(const struct task *task, Id p)
{
	for (int i = 0; i < task->parents.count; i += 2)
		if (task->parents.elements[i] == p)
			return task->parents.elements[i + 1];
	return 0;
}

/* The package for which the solver decided so about p, or 0. */
static Id
cause_of(const struct task *task, Solver *solver, Id p)
{
	Id rule = 0, from = 0, to = 0, dep = 0;

	solver_describe_decision(solver, p, &rule);
	if (rule == 0)
		return parent_of(task, p);
	switch (solver_ruleinfo(solver, rule, &from, &to, &dep)) {
	case SOLVER_RULE_PKG_REQUIRES:
	case SOLVER_RULE_PKG_CONFLICTS:
	case SOLVER_RULE_PKG_OBSOLETES:
	case SOLVER_RULE_PKG_IMPLICIT_OBSOLETES:
	case SOLVER_RULE_YUMOBS:
		return from == p ? to : from;
	default:
		return parent_of(task, p);
	}
}

static void
collect(const struct task *task, Solver *solver, struct result *result)
{
	const Pool *pool = task->universe->pool;
	const Repo *installed = task->universe->installed;
	Queue decisions;

	queue_init(&decisions);
	solver_get_decisionqueue(solver, &decisions);
	for (int i = 0; i < decisions.count; i++) {
		Id p = decisions.elements[i];

		if (p <= SYSTEMSOLVABLE || pool->solvables[p].repo == installed)
			continue;
		queue_push(&result->added, p);
		queue_push(&result->causes, cause_of(task, solver, p));
	}
	for (int i = 0; i < decisions.count; i++) {
		Id p = -decisions.elements[i];

		if (p <= SYSTEMSOLVABLE ||
		    pool->solvables[p].repo != installed ||
		    is_replaced(task, &result->added, p))
			continue;
		queue_push(&result->removed, p);
		queue_push(&result->blamed, cause_of(task, solver, p));
	}
	queue_free(&decisions);
}

/* Kernels are installed beside each other, as dnf.conf(5) lists them. */
static void
beside_each_other(const struct universe *universe, Queue *jobs)
{
	static const char *const names[] = {"kernel", "kernel-PAE",
	    "installonlypkg(kernel)", "installonlypkg(kernel-module)",
	    "installonlypkg(vm)", "multiversion(kernel)"};

	if (universe->scheme != VERSION_RPM)
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		queue_push2(jobs,
		    SOLVER_MULTIVERSION | SOLVER_SOLVABLE_PROVIDES,
		    pool_str2id(universe->pool, names[i], 1));
}

static void
add_jobs(struct task *task, const Queue *wanted, Queue *jobs)
{
	const struct universe *universe = task->universe;
	Queue targets;
	Id p;
	Solvable *s;

	queue_init(&targets);
	queue_empty(&task->parents);
	beside_each_other(universe, jobs);
	for (int i = 0; i < universe->held.count; i++)
		queue_push2(jobs, SOLVER_LOCK | SOLVER_SOLVABLE,
		    universe->held.elements[i]);
	FOR_REPO_SOLVABLES (universe->installed, p, s)
		if (MAPTST(&task->may_go, p))
			queue_push2(
			    jobs, SOLVER_ALLOWUNINSTALL | SOLVER_SOLVABLE, p);
	for (int i = 0; i < task->settled.count; i++)
		queue_push(jobs, task->settled.elements[i]);
	for (int i = 0; i < wanted->count; i++) {
		p = task->wishes[wanted->elements[i]].target;
		queue_push2(jobs, SOLVER_INSTALL | SOLVER_SOLVABLE, p);
		queue_push(&targets, p);
	}
	if (universe->scheme == VERSION_DEB)
		choose_as_apt(universe, &targets, jobs, &task->parents);
	queue_free(&targets);
}

/* What the solver finds wrong, in one line. */
static void
describe(struct task *task, Solver *solver)
{
	const char *text = solver_problem2str(
	    solver, solver_next_problem(solver, 0));
	char *copy = arena_allocate(task->text, strlen(text) + 1);

	memcpy(copy, text, strlen(text));
	for (char *p = copy; *p != '\0'; p++)
		if ((unsigned char)*p < ' ')
			*p = ' ';
	buffer_reset(&task->message);
	buffer_printf(&task->message, "%s", copy);
}

/* Solve for the wanted wishes; on failure the message says why. */
static bool
run(struct task *task, const Queue *wanted, bool all_may_go,
    struct result *result)
{
	Solver *solver = solver_create(task->universe->pool);
	Queue jobs;
	bool solved;

	queue_init(&jobs);
	add_jobs(task, wanted, &jobs);
	solver_set_flag(solver, SOLVER_FLAG_ALLOW_UNINSTALL, all_may_go);
	solver_set_flag(solver, SOLVER_FLAG_ALLOW_VENDORCHANGE, 1);
	solver_set_flag(solver, SOLVER_FLAG_IGNORE_RECOMMENDED, 1);
	solver_set_flag(solver, SOLVER_FLAG_YUM_OBSOLETES,
	    task->universe->scheme == VERSION_RPM);
	solved = solver_solve(solver, &jobs) == 0;
	if (solved)
		collect(task, solver, result);
	else
		describe(task, solver);
	queue_free(&jobs);
	solver_free(solver);
	return solved;
}

/* ---- removals */

static bool
all_may_go(const struct task *task, const struct result *result)
{
	for (int i = 0; i < result->removed.count; i++)
		if (!MAPTST(&task->may_go, result->removed.elements[i]))
			return false;
	return true;
}

static int
span_order(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

/* "would remove A, B, which allow_remove does not name" */
static void
describe_removals(struct task *task, const struct result *result)
{
	struct span *names = memory_array(
	    NULL, (size_t)result->removed.count + 1, sizeof(*names));
	size_t n = 0;

	for (int i = 0; i < result->removed.count; i++)
		if (!MAPTST(&task->may_go, result->removed.elements[i]))
			names[n++] = universe_name(
			    task->universe, result->removed.elements[i]);
	qsort(names, n, sizeof(*names), span_order);
	buffer_reset(&task->message);
	buffer_printf(&task->message, "would remove ");
	for (size_t i = 0; i < n; i++)
		buffer_printf(&task->message, "%s%.*s", i > 0 ? ", " : "",
		    SPAN_ARG(names[i]));
	buffer_printf(&task->message, ", which allow_remove does not name");
	free(names);
}

/* Solved, and nothing goes that may not. */
static bool
attempt(struct task *task, const Queue *wanted, struct result *result)
{
	struct result with_removals;

	if (run(task, wanted, false, result)) {
		if (all_may_go(task, result))
			return true;
		describe_removals(task, result);
		return false;
	}
	if (wanted->count > task->accepted.count + 1)
		return false; /* nobody will read the reason */
	result_init(&with_removals);
	{
		struct span first = say(task);

		if (run(task, wanted, true, &with_removals))
			describe_removals(task, &with_removals);
		else
			buffer_printf(&task->message, "%.*s", SPAN_ARG(first));
	}
	result_free(&with_removals);
	return false;
}

/* ---- which wishes go together */

static void
accept(struct task *task, const Queue *wanted, struct result *result)
{
	queue_free(&task->accepted);
	queue_init_clone(&task->accepted, wanted);
	result_free(&task->result);
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
	result_init(&result);
	queue_init_clone(&wanted, &task->accepted);
	for (int i = 0; i < count; i++)
		queue_push(&wanted, wishes[i]);
	if (attempt(task, &wanted, &result)) {
		accept(task, &wanted, &result);
	} else if (count == 1) {
		task->wishes[wishes[0]].problem = say(task);
		result_free(&result);
	} else {
		result_free(&result);
		add(task, wishes, count / 2);
		add(task, wishes + count / 2, count - count / 2);
	}
	queue_free(&wanted);
}

/* ---- from solvables to changes */

/* The wish that has this target, or NONE. */
static uint32_t
wish_of(const struct task *task, Id p)
{
	for (size_t i = 0; i < task->count; i++)
		if (task->wishes[i].target == p &&
		    task->wishes[i].problem.n == 0)
			return (uint32_t)i;
	return NONE;
}

/* Follow the causes up to a wish. */
static uint32_t
root_of(const struct task *task, Id p, Id cause)
{
	const struct result *result = &task->result;
	uint32_t wish = wish_of(task, p);

	for (int steps = 0; wish == NONE && steps < result->added.count + 1;
	     steps++) {
		int at = 0;

		wish = cause == 0 ? NONE : wish_of(task, cause);
		if (wish != NONE || cause == 0)
			break;
		while (at < result->added.count &&
		       result->added.elements[at] != cause)
			at++;
		if (at == result->added.count)
			break;
		cause = result->causes.elements[at];
	}
	return wish;
}

static struct span
keep(struct task *task, struct span text)
{
	return arena_copy(task->text, text);
}

/* Can the version be had again? */
static struct span
backout_of(struct task *task, Id installed)
{
	struct span name = universe_name(task->universe, installed);
	struct span version = universe_version(task->universe, installed);

	return universe_offered(task->universe, name, version) == 0
		   ? SPAN("unavailable")
		   : keep(task, version);
}

static struct change *
change_new(struct task *task, struct solution *solution, Id p, Id cause)
{
	struct change *change;

	solution->changes = memory_grow(solution->changes, &solution->capacity,
	    solution->count + 1, sizeof(*change));
	change = &solution->changes[solution->count++];
	*change = (struct change){
	    .package = keep(task, universe_name(task->universe, p)),
	    .from = SPAN("-"),
	    .to = SPAN("-"),
	    .backout = SPAN("-"),
	    .wish = NONE,
	    .root = root_of(task, p, cause)};
	if (cause > SYSTEMSOLVABLE)
		change->cause = keep(
		    task, universe_name(task->universe, cause));
	return change;
}

static void
change_add(struct task *task, struct solution *solution, enum visit_kind kind,
    Id p, Id cause)
{
	struct change *change = change_new(task, solution, p, cause);
	Id installed = universe_installed(task->universe, change->package);

	change->kind = kind;
	change->to = keep(task, universe_version(task->universe, p));
	change->wish = wish_of(task, p);
	change->bytes = universe_download(task->universe, p);
	change->growth = (int64_t)universe_size(task->universe, p);
	if (installed == 0)
		return;
	change->from = keep(task, universe_version(task->universe, installed));
	change->growth -= (int64_t)universe_size(task->universe, installed);
	change->backout = backout_of(task, installed);
}

static void
change_remove(struct task *task, struct solution *solution,
    enum visit_kind kind, Id p, Id cause)
{
	struct change *change = change_new(task, solution, p, cause);

	change->kind = kind;
	change->removal = true;
	change->from = keep(task, universe_version(task->universe, p));
	change->growth = -(int64_t)universe_size(task->universe, p);
	change->backout = backout_of(task, p);
}

/* Was it decided for the visit before? */
static bool
is_settled(const struct task *task, Id p)
{
	for (int i = 1; i < task->settled.count; i += 2)
		if (task->settled.elements[i] == p)
			return true;
	return false;
}

static void
write_changes(
    struct task *task, struct solution *solution, enum visit_kind kind)
{
	const struct result *result = &task->result;

	for (int i = 0; i < result->added.count; i++)
		if (!is_settled(task, result->added.elements[i]))
			change_add(task, solution, kind,
			    result->added.elements[i],
			    result->causes.elements[i]);
	for (int i = 0; i < result->removed.count; i++)
		if (!is_settled(task, result->removed.elements[i]))
			change_remove(task, solution, kind,
			    result->removed.elements[i],
			    result->blamed.elements[i]);
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
		wish->problem = say(task);
		any = true;
	}
	return any;
}

/* ---- the whole */

static void
settle(struct task *task)
{
	for (int i = 0; i < task->result.added.count; i++)
		if (!is_settled(task, task->result.added.elements[i]))
			queue_push2(&task->settled,
			    SOLVER_INSTALL | SOLVER_SOLVABLE,
			    task->result.added.elements[i]);
	for (int i = 0; i < task->result.removed.count; i++)
		if (!is_settled(task, task->result.removed.elements[i]))
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
		result_free(&task->result);
		result_init(&task->result);
		for (size_t i = 0; i < task->count; i++)
			if (task->wishes[i].kind == kind &&
			    task->wishes[i].problem.n == 0 &&
			    !is_settled(task, task->wishes[i].target))
				queue_push(&open, (Id)i);
		add(task, open.elements, open.count);
		if (task->accepted.count > 0)
			write_changes(task, solution, kind);
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
			wish->problem = say(task);
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
			MAPSET(&task->may_go, p);
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
	result_init(&task.result);
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
	result_free(&task.result);
	buffer_release(&task.message);
}
