/*
 * A universe: the repositories that some hosts have in common, in one pool of
 * libsolv, and the packages of the host that is being looked at.
 */
#ifndef PM_UNIVERSE_H
#define PM_UNIVERSE_H

#include <solv/pool.h>
#include <solv/repo.h>

#include "installed.h"
#include "preferences.h"
#include "repository.h"

struct universe {
	Pool *pool;
	Repo *installed;
	enum version_scheme scheme;
	struct span arch;
	Id essential, priority; /* keys */
	Id *first;		/* by id of a name: its first solvable */
	Id *next;		/* by solvable: the next one of its name */
	Id names;		/* ids that first has room for */
	Id offered_end;		/* solvables of repositories are below */
	int *rank; /* by solvable: priority as of apt; 0: no offer */
	const struct preference **preference; /* by solvable; or NULL */
	Map base;	/* candidates of a host without packages */
	Map considered; /* those of the host, and what it has */
	/* of the host that is being looked at */
	Queue held;	  /* solvables that must stay as they are */
	uint32_t guessed; /* installed packages without dependency data */
	uint32_t foreign; /* those of other architectures, left out */
};

/* All repositories that fit such a host; NULL when there are none. */
struct universe *universe_open(const struct repositories *repositories,
    struct span os, struct span release, struct span arch);

/* Make these the packages of the host. */
void universe_install(
    struct universe *universe, const struct installed_set *set);

/* The installed package of this name, the newest if there are several; or 0 */
Id universe_installed(const struct universe *universe, struct span name);

/* What is offered under this name in this very version; 0 when nothing is. */
Id universe_offered(
    const struct universe *universe, struct span name, struct span version);

/* The version that the host would install under this name; 0 without one. */
Id universe_candidate(const struct universe *universe, struct span name);

/*
 * The candidates of the installed packages that are built from the same source
 * as p, in the same version of it, and newer than what is installed.
 */
void universe_siblings(const struct universe *universe, Id p, Queue *siblings);

/* Let the solver see this package too, or all; then prepare the pool. */
void universe_consider(struct universe *universe, Id p);
void universe_consider_all(struct universe *universe);
void universe_prepare(struct universe *universe);

/* Bytes that it takes when installed, and to download; 0 when unknown. */
uint64_t universe_size(const struct universe *universe, Id p);
uint64_t universe_download(const struct universe *universe, Id p);

/* Is it marked essential in any version, so that nothing may remove it? */
bool universe_essential(const struct universe *universe, Id p);

/* Text of a solvable. */
struct span universe_name(const struct universe *universe, Id p);
struct span universe_version(const struct universe *universe, Id p);

void universe_close(struct universe *universe);

#endif
