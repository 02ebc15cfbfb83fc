/* From the solver's decisions to changes of packages. */
#include "solve_task.h"

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

bool
solve_is_settled(const struct task *task, Id p)
{
	for (int i = 1; i < task->settled.count; i += 2)
		if (task->settled.elements[i] == p)
			return true;
	return false;
}

void
solve_changes(
    struct task *task, struct solution *solution, enum visit_kind kind)
{
	const struct result *result = &task->result;

	for (int i = 0; i < result->added.count; i++)
		if (!solve_is_settled(task, result->added.elements[i]))
			change_add(task, solution, kind,
			    result->added.elements[i],
			    result->causes.elements[i]);
	for (int i = 0; i < result->removed.count; i++)
		if (!solve_is_settled(task, result->removed.elements[i]))
			change_remove(task, solution, kind,
			    result->removed.elements[i],
			    result->blamed.elements[i]);
}
