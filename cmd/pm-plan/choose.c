#include "choose.h"

#include <solv/bitmap.h>
#include <solv/queue.h>
#include <solv/solver.h>

struct chooser {
	const struct universe *universe;
	Map planned;  /* solvables that are to be installed */
	Map replaced; /* installed ones of the same names */
	Queue *jobs;
	Queue *parents;
};

static void
plan(struct chooser *chooser, Id p)
{
	Pool *pool = chooser->universe->pool;
	Id name = pool->solvables[p].name, q;
	Solvable *s;

	map_set(&chooser->planned, p);
	FOR_REPO_SOLVABLES (chooser->universe->installed, q, s)
		if (s->name == name)
			map_set(&chooser->replaced, q);
}

static bool
is_satisfied(const struct chooser *chooser, Id dep)
{
	Pool *pool = chooser->universe->pool;
	Id p, pp;

	FOR_PROVIDES (p, pp, dep) {
		if (MAPTST(&chooser->planned, p))
			return true;
		if (pool->solvables[p].repo == chooser->universe->installed &&
		    !MAPTST(&chooser->replaced, p))
			return true;
	}
	return false;
}

struct merit {
	bool installed; /* in another version */
	bool real;	/* has the name that is asked for */
	uint64_t priority;
};

static struct merit
merit_of(const struct chooser *chooser, Id p, Id name)
{
	const struct universe *universe = chooser->universe;
	Solvable *s = pool_id2solvable(universe->pool, p);
	struct merit merit = {.real = s->name == name,
	    .priority = solvable_lookup_num(s, universe->priority, 9)};
	Solvable *other;
	Id q;

	FOR_REPO_SOLVABLES (universe->installed, q, other)
		if (other->name == s->name)
			merit.installed = true;
	return merit;
}

static bool
is_better(struct merit a, struct merit b)
{
	if (a.installed != b.installed)
		return a.installed;
	if (a.real != b.real)
		return a.real;
	return a.priority < b.priority;
}

static const Reldep *
relation(const Pool *pool, Id id)
{
	const uint32_t mark = UINT32_C(0x80000000);
	uint32_t bits = (uint32_t)id;

	return (bits & mark) == 0 ? NULL : pool->rels + (bits ^ mark);
}

/* The best that one alternative offers, or 0. */
static Id
offer_of(const struct chooser *chooser, Id dep)
{
	Pool *pool = chooser->universe->pool;
	const Reldep *rel = relation(pool, dep);
	Id name = rel == NULL ? dep : rel->name, best = 0, p, pp;
	struct merit best_merit = {0};

	FOR_PROVIDES (p, pp, dep) {
		struct merit merit;

		if (pool->solvables[p].repo == chooser->universe->installed)
			continue;
		merit = merit_of(chooser, p, name);
		if (best == 0 || is_better(merit, best_merit)) {
			best = p;
			best_merit = merit;
		}
	}
	return best;
}

static void visit(struct chooser *chooser, Id p);

/* Take what was chosen, if the rest allows it. */
static void
take(struct chooser *chooser, Id p, Id parent)
{
	if (MAPTST(&chooser->planned, p))
		return;
	queue_push2(chooser->parents, p, parent);
	queue_push2(
	    chooser->jobs, SOLVER_INSTALL | SOLVER_SOLVABLE | SOLVER_WEAK, p);
	visit(chooser, p);
}

static void
choose(struct chooser *chooser, Id dep, Id parent)
{
	Pool *pool = chooser->universe->pool;
	Id best = 0;

	for (;;) {
		const Reldep *rel = relation(pool, dep);
		bool is_or = rel != NULL && rel->flags == REL_OR;

		best = offer_of(chooser, is_or ? rel->name : dep);
		if (best != 0 || !is_or)
			break;
		dep = rel->evr;
	}
	if (best != 0)
		take(chooser, best, parent);
}

/* Plan the package, what it depends on, and what is built with it. */
static void
visit(struct chooser *chooser, Id p)
{
	Queue deps;

	plan(chooser, p);
	queue_init(&deps);
	solvable_lookup_deparray(pool_id2solvable(chooser->universe->pool, p),
	    SOLVABLE_REQUIRES, &deps, 0);
	for (int i = 0; i < deps.count; i++)
		if (deps.elements[i] != SOLVABLE_PREREQMARKER &&
		    !is_satisfied(chooser, deps.elements[i]))
			choose(chooser, deps.elements[i], p);
	queue_empty(&deps);
	universe_siblings(chooser->universe, p, &deps);
	for (int i = 0; i < deps.count; i++)
		take(chooser, deps.elements[i], p);
	queue_free(&deps);
}

void
choose_as_apt(const struct universe *universe, const Queue *targets,
    Queue *jobs, Queue *parents)
{
	Pool *pool = universe->pool;
	struct chooser chooser = {
	    .universe = universe, .jobs = jobs, .parents = parents};

	map_init(&chooser.planned, pool->nsolvables);
	map_init(&chooser.replaced, pool->nsolvables);
	for (int i = 0; i < targets->count; i++)
		plan(&chooser, targets->elements[i]);
	for (int i = 0; i < targets->count; i++)
		visit(&chooser, targets->elements[i]);
	map_free(&chooser.planned);
	map_free(&chooser.replaced);
}
