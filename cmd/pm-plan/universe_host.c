/*
 * The packages of a host in its universe: with the dependencies that a
 * repository or a status file tells, and the candidates that they leave.
 */
#include "universe_parts.h"

#include <solv/evr.h>
#include <solv/queue.h>

/* The relation behind an id, NULL for a plain name: ISRELDEP, GETRELDEP. */
static const Reldep *
relation(const Pool *pool, Id id)
{
	const uint32_t mark = UINT32_C(0x80000000);
	uint32_t bits = (uint32_t)id;

	return (bits & mark) == 0 ? NULL : pool->rels + (bits ^ mark);
}

/* Copy dependencies; "= FROM", the package's own version, becomes "= TO". */
static Offset
copy(struct universe *universe, Id from, Id to, Id key, Id marker)
{
	Pool *pool = universe->pool;
	Id old = pool->solvables[from].evr, new = pool->solvables[to].evr;
	Offset ids = 0;
	Queue deps;

	queue_init(&deps);
	solvable_lookup_deparray(
	    pool_id2solvable(pool, from), key, &deps, marker);
	for (int i = 0; i < deps.count; i++) {
		Id id = deps.elements[i];
		const Reldep *rel = relation(pool, id);

		if (old != new &&rel != NULL && rel->evr == old &&
		    rel->flags == REL_EQ)
			id = pool_rel2id(pool, rel->name, new, REL_EQ, 1);
		ids = repo_addid(universe->installed, ids, id);
	}
	queue_free(&deps);
	return ids;
}

/*
 * The dependencies of an installed package are those of the same version where
 * a repository or a status file has it, else those of the next newer one: they
 * rarely change within a release.
 */
static Id
like(struct universe *universe, const Solvable *s)
{
	Pool *pool = universe->pool;
	Id p = universe_same_version(
	    universe, s->name, pool_id2str(pool, s->evr), false);
	Id nearest = 0;

	if (p != 0 || s->name >= universe->names)
		return p;
	universe->guessed++;
	for (p = universe->first[s->name]; p != 0; p = universe->next[p]) {
		Id evr = pool->solvables[p].evr;

		if (pool_evrcmp(pool, evr, s->evr, EVRCMP_COMPARE) < 0)
			continue;
		if (nearest == 0 ||
		    pool_evrcmp(pool, evr, pool->solvables[nearest].evr,
			EVRCMP_COMPARE) < 0)
			nearest = p;
	}
	return nearest;
}

static void
depend(struct universe *universe, Id p)
{
	Pool *pool = universe->pool;
	Solvable *s = pool_id2solvable(pool, p);
	Id from = like(universe, s);

	if (from == 0) {
		s->provides = repo_addid(universe->installed, 0,
		    pool_rel2id(pool, s->name, s->evr, REL_EQ, 1));
		return;
	}
	s->provides = copy(universe, from, p, SOLVABLE_PROVIDES, 0);
	s->requires = copy(universe, from, p, SOLVABLE_REQUIRES, 0);
	if (pool->solvables[from].evr != s->evr)
		return;
	s->conflicts = copy(universe, from, p, SOLVABLE_CONFLICTS, 0);
	s->obsoletes = copy(universe, from, p, SOLVABLE_OBSOLETES, 0);
}

static void
install(struct universe *universe, struct span row)
{
	Pool *pool = universe->pool;
	struct span name = installed_field(row, INSTALLED_NAME);
	struct span version = universe_without_epoch(
	    installed_field(row, INSTALLED_VERSION));
	struct span arch = installed_field(row, INSTALLED_ARCH);
	Solvable *s;
	Id p;

	if (span_is(name, "gpg-pubkey"))
		return; /* a key, no package */
	if (span_absent(arch))
		arch = universe->scheme == VERSION_DEB ? SPAN("all")
						       : SPAN("noarch");
	p = repo_add_solvable(universe->installed);
	s = pool_id2solvable(pool, p);
	s->name = pool_strn2id(pool, name.p, (unsigned)name.n, 1);
	s->evr = pool_strn2id(pool, version.p, (unsigned)version.n, 1);
	s->arch = pool_strn2id(pool, arch.p, (unsigned)arch.n, 1);
	if (universe->scheme == VERSION_DEB &&
	    !universe_is_native(universe, s)) {
		repo_free_solvable(universe->installed, p, 1);
		universe->foreign++;
		return;
	}
	depend(universe, p);
	if (span_list_has(installed_field(row, INSTALLED_STATE), SPAN("held")))
		queue_push(&universe->held, p);
}

/* The candidates, which depend on what is installed. */
static void
consider_candidates(struct universe *universe)
{
	Pool *pool = universe->pool;
	Id p;
	Solvable *s;

	map_free(&universe->considered);
	map_init(&universe->considered, pool->nsolvables);
	memcpy(universe->considered.map, universe->base.map,
	    (size_t)universe->base.size);
	FOR_REPO_SOLVABLES (universe->installed, p, s) {
		Id best;

		map_set(&universe->considered, p);
		if (universe->scheme != VERSION_DEB ||
		    s->name >= universe->names)
			continue;
		for (Id q = universe->first[s->name]; q != 0;
		     q = universe->next[q])
			map_clr(&universe->considered, q);
		best = universe_best(universe, s->name, s->evr);
		if (best != 0)
			map_set(&universe->considered, best);
	}
}

void
universe_install(struct universe *universe, const struct installed_set *set)
{
	repo_empty(universe->installed, 1);
	queue_empty(&universe->held);
	universe->guessed = universe->foreign = 0;
	for (size_t i = 0; i < set->count; i++)
		install(universe, set->rows[i]);
	consider_candidates(universe);
}

void
universe_consider(struct universe *universe, Id p)
{
	map_set(&universe->considered, p);
}

void
universe_consider_all(struct universe *universe)
{
	for (Id p = 2; p < universe->offered_end; p++)
		if (universe->rank[p] > 0)
			map_set(&universe->considered, p);
}

void
universe_prepare(struct universe *universe)
{
	universe->pool->considered = &universe->considered;
	pool_createwhatprovides(universe->pool);
}
