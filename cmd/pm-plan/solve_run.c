/* One run of the solver: what is to be done, what comes of it, or why not. */
#include "solve_task.h"

#include <solv/problems.h>
#include <solv/solver.h>

#include "choose.h"

void
solve_result_init(struct result *result)
{
	queue_init(&result->added);
	queue_init(&result->causes);
	queue_init(&result->removed);
	queue_init(&result->blamed);
}

void
solve_result_free(struct result *result)
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
bool
solve_attempt(struct task *task, const Queue *wanted, struct result *result)
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
	solve_result_init(&with_removals);
	{
		struct span first = solve_say(task);

		if (run(task, wanted, true, &with_removals))
			describe_removals(task, &with_removals);
		else
			buffer_printf(&task->message, "%.*s", SPAN_ARG(first));
	}
	solve_result_free(&with_removals);
	return false;
}
