#include "universe_parts.h"

#include <solv/evr.h>
#include <solv/poolarch.h>
#include <solv/queue.h>

#include "pins.h"

/* ---- repositories */

static const int types[] = {
    [VERSION_DEB] = DISTTYPE_DEB,
    [VERSION_RPM] = DISTTYPE_RPM,
    [VERSION_PACMAN] = DISTTYPE_ARCH,
};

static bool
has_type(enum version_scheme scheme)
{
	return scheme == VERSION_DEB || scheme == VERSION_RPM ||
	       scheme == VERSION_PACMAN;
}

bool
universe_is_native(const struct universe *universe, const Solvable *s)
{
	struct span arch = span_of(pool_id2str(universe->pool, s->arch));

	return span_absent(universe->arch) ||
	       span_equal(arch, universe->arch) || span_is(arch, "all") ||
	       span_is(arch, "noarch") || span_is(arch, "any");
}

static void
rank_repo(struct universe *universe, const Repo *repo, int rank)
{
	Id p;
	Solvable *s;

	FOR_REPO_SOLVABLES (repo, p, s)
		if (universe_is_native(universe, s))
			universe->rank[p] = rank;
}

/* What the pins of the hosts say goes before what their Release files say. */
static void
prefer(struct universe *universe, struct span os, struct span release)
{
	universe->preference = memory_zeroed(
	    (size_t)universe->pool->nsolvables, sizeof(struct preference *));
	for (Id p = 2; p < universe->pool->nsolvables; p++) {
		const struct preference *row;

		if (universe->rank[p] == 0)
			continue;
		row = preferences_find(os, release, universe_name(universe, p),
		    universe_version(universe, p));
		universe->preference[p] = row;
		if (row != NULL)
			universe->rank[p] = row->priority;
	}
}

/* Chains of what has one name, in the order of the repositories. */
static void
index_names(struct universe *universe)
{
	Pool *pool = universe->pool;

	universe->names = pool->ss.nstrings;
	universe->offered_end = pool->nsolvables;
	universe->first = memory_zeroed((size_t)universe->names, sizeof(Id));
	universe->next = memory_zeroed((size_t)pool->nsolvables, sizeof(Id));
	for (Id p = pool->nsolvables - 1; p >= 2; p--) {
		const Solvable *s = pool_id2solvable(pool, p);

		if (s->repo == NULL || !universe_is_native(universe, s))
			continue;
		universe->next[p] = universe->first[s->name];
		universe->first[s->name] = p;
	}
}

/* Is a the better choice than b?  Equal ones: the first repository's. */
static bool
is_better(const struct universe *universe, Id a, Id b)
{
	const Solvable *x = pool_id2solvable(universe->pool, a);
	const Solvable *y = pool_id2solvable(universe->pool, b);

	if (universe->rank[a] != universe->rank[b])
		return universe->rank[a] > universe->rank[b];
	return pool_evrcmp(universe->pool, x->evr, y->evr, EVRCMP_COMPARE) > 0;
}

/* Does it go before an installed version, as apt_preferences(5) has it? */
static bool
goes_before(const struct universe *universe, Id p, Id installed)
{
	const Pool *pool = universe->pool;
	int order = pool_evrcmp(
	    pool, pool->solvables[p].evr, installed, EVRCMP_COMPARE);
	const struct preference *row = universe->preference == NULL
					   ? NULL
					   : universe->preference[p];

	if (order < 0)
		return universe->rank[p] >= PRIORITY_DOWNGRADE;
	if (order == 0)
		return true;
	switch (row == NULL ? PINS_SILENT
			    : pins_of(row->installed,
				  span_of(pool_id2str(pool, installed)))) {
	case PINS_KEEP:
		return false;
	case PINS_LEAVE:
		return true;
	default:
		return universe->rank[p] >= PRIORITY_INSTALLED;
	}
}

Id
universe_best(const struct universe *universe, Id name, Id installed)
{
	Id best = 0;

	if (name == 0 || name >= universe->names)
		return 0;
	for (Id p = universe->first[name]; p != 0; p = universe->next[p]) {
		if (universe->rank[p] <= 0 ||
		    (installed != 0 && !goes_before(universe, p, installed)))
			continue;
		if (best == 0 || is_better(universe, p, best))
			best = p;
	}
	return best;
}

static void
find_candidates(struct universe *universe)
{
	map_init(&universe->base, universe->offered_end);
	if (universe->scheme != VERSION_DEB) {
		for (Id p = 2; p < universe->offered_end; p++)
			if (universe->rank[p] > 0)
				map_set(&universe->base, p);
		return;
	}
	for (Id name = 1; name < universe->names; name++) {
		Id best = universe_best(universe, name, 0);

		if (best != 0)
			map_set(&universe->base, best);
	}
}

struct universe *
universe_open(const struct repositories *repositories, struct span os,
    struct span release, struct span arch)
{
	struct universe *universe = NULL;
	enum version_scheme scheme = version_scheme_of(os);
	Repo **repos = memory_zeroed(repositories->count + 1, sizeof(*repos));

	for (size_t i = 0; i < repositories->count && has_type(scheme); i++) {
		const struct repository *row = &repositories->items[i];

		if (!repository_fits(row, os, release, arch))
			continue;
		if (universe == NULL) {
			universe = memory_zeroed(1, sizeof(*universe));
			universe->scheme = scheme;
			universe->arch = arch;
			universe->pool = pool_create();
			pool_setdisttype(universe->pool, types[scheme]);
			if (!span_absent(arch))
				pool_setarch(universe->pool, arch.p);
		}
		repos[i] = repository_load(row, universe->pool);
	}
	if (universe != NULL) {
		Pool *pool = universe->pool;

		pool_addfileprovides(pool);
		universe->essential = pool_str2id(pool, KEY_ESSENTIAL, 1);
		universe->priority = pool_str2id(pool, KEY_PRIORITY, 1);
		universe->rank = memory_zeroed(
		    (size_t)pool->nsolvables, sizeof(int));
		for (size_t i = 0; i < repositories->count; i++)
			if (repos[i] != NULL &&
			    repositories->items[i].kind != REPOSITORY_STATUS)
				rank_repo(universe, repos[i],
				    repositories->items[i].priority);
		if (preferences_any())
			prefer(universe, os, release);
		index_names(universe);
		find_candidates(universe);
		universe->installed = repo_create(pool, "installed");
		pool_set_installed(pool, universe->installed);
		queue_init(&universe->held);
		map_init(&universe->considered, 0);
	}
	free(repos);
	return universe;
}

void
universe_close(struct universe *universe)
{
	universe->pool->considered = NULL;
	map_free(&universe->base);
	map_free(&universe->considered);
	queue_free(&universe->held);
	free(universe->first);
	free(universe->next);
	free(universe->rank);
	free(universe->preference);
	pool_free(universe->pool);
	free(universe);
}

/* ---- looking up */

static Id
name_id(const struct universe *universe, struct span name)
{
	return pool_strn2id(universe->pool, name.p, (unsigned)name.n, 0);
}

Id
universe_same_version(const struct universe *universe, Id name,
    const char *version, bool offers_only)
{
	Pool *pool = universe->pool;

	if (name == 0 || name >= universe->names)
		return 0;
	for (Id p = universe->first[name]; p != 0; p = universe->next[p]) {
		const Solvable *s = pool_id2solvable(pool, p);

		if (offers_only && universe->rank[p] == 0)
			continue;
		if (pool_evrcmp_str(pool, pool_id2str(pool, s->evr), version,
			EVRCMP_COMPARE) == 0)
			return p;
	}
	return 0;
}

struct span
universe_without_epoch(struct span version)
{
	return span_starts(version, SPAN("0:")) ? span_skip(version, 2)
						: version;
}

Id
universe_offered(
    const struct universe *universe, struct span name, struct span version)
{
	char text[256];

	version = universe_without_epoch(version);
	if (version.n >= sizeof(text))
		return 0;
	memcpy(text, version.p, version.n);
	text[version.n] = '\0';
	return universe_same_version(
	    universe, name_id(universe, name), text, true);
}

Id
universe_installed(const struct universe *universe, struct span name)
{
	Pool *pool = universe->pool;
	Id id = name_id(universe, name), p, found = 0;
	Solvable *s;

	if (id == 0)
		return 0;
	FOR_REPO_SOLVABLES (universe->installed, p, s)
		if (s->name == id &&
		    (found == 0 ||
			pool_evrcmp(pool, s->evr, pool->solvables[found].evr,
			    EVRCMP_COMPARE) > 0))
			found = p;
	return found;
}

Id
universe_candidate(const struct universe *universe, struct span name)
{
	Id p = universe_installed(universe, name);

	return universe_best(universe, name_id(universe, name),
	    p == 0 ? 0 : universe->pool->solvables[p].evr);
}

uint64_t
universe_size(const struct universe *universe, Id p)
{
	Pool *pool = universe->pool;
	Solvable *s = pool_id2solvable(pool, p);
	Id from = p;

	if (s->repo == universe->installed)
		from = universe_same_version(
		    universe, s->name, pool_id2str(pool, s->evr), false);
	if (from == 0)
		from = universe_best(universe, s->name, s->evr);
	if (from == 0)
		return 0;
	return solvable_lookup_num(
	    pool_id2solvable(pool, from), SOLVABLE_INSTALLSIZE, 0);
}

uint64_t
universe_download(const struct universe *universe, Id p)
{
	return solvable_lookup_num(
	    pool_id2solvable(universe->pool, p), SOLVABLE_DOWNLOADSIZE, 0);
}

bool
universe_essential(const struct universe *universe, Id p)
{
	Pool *pool = universe->pool;
	const Solvable *s = pool_id2solvable(pool, p);

	if (s->name >= universe->names)
		return false;
	for (Id q = universe->first[s->name]; q != 0; q = universe->next[q])
		if (solvable_lookup_num(
			pool_id2solvable(pool, q), universe->essential, 0) != 0)
			return true;
	return false;
}

struct span
universe_name(const struct universe *universe, Id p)
{
	return span_of(
	    pool_id2str(universe->pool, universe->pool->solvables[p].name));
}

struct span
universe_version(const struct universe *universe, Id p)
{
	return span_of(
	    pool_id2str(universe->pool, universe->pool->solvables[p].evr));
}

struct source {
	Id name, version;
};

static struct source
source_of(const struct universe *universe, Id p)
{
	Solvable *s = pool_id2solvable(universe->pool, p);
	struct source source = {solvable_lookup_id(s, SOLVABLE_SOURCENAME),
	    solvable_lookup_id(s, SOLVABLE_SOURCEEVR)};

	if (source.name == 0)
		source.name = s->name;
	if (source.version == 0)
		source.version = s->evr;
	return source;
}

void
universe_siblings(const struct universe *universe, Id p, Queue *siblings)
{
	struct source source = source_of(universe, p), other;
	Id q, best;
	Solvable *s;

	FOR_REPO_SOLVABLES (universe->installed, q, s) {
		best = universe_best(universe, s->name, s->evr);
		if (best == 0 || best == p ||
		    pool_evrcmp(universe->pool,
			universe->pool->solvables[best].evr, s->evr,
			EVRCMP_COMPARE) <= 0)
			continue;
		other = source_of(universe, best);
		if (other.name == source.name &&
		    other.version == source.version)
			queue_pushunique(siblings, best);
	}
}
