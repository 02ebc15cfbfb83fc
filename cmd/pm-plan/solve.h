/*
 * The closure of what is to be installed on one host, with libsolv.  Section
 * "Prerequisites" of pm-plan(1) has the rules.
 */
#ifndef PM_SOLVE_H
#define PM_SOLVE_H

#include "plan.h"
#include "universe.h"

/* What shall be installed; a problem says why it cannot be. */
struct wish {
	struct span package;
	struct span version;
	enum visit_kind kind; /* an emergency can take over a regular one */
	bool exact;	      /* no newer version will do */
	bool way_back;	      /* not without a version to go back to */
	struct span problem;  /* empty when there is none */
	Id target;
};

/* One package that changes. */
struct change {
	enum visit_kind kind;
	bool removal;
	struct span package;
	struct span from;    /* "-" when it is new */
	struct span to;	     /* "-" when it goes */
	uint32_t wish;	     /* that it fulfils, or NONE */
	uint32_t root;	     /* the wish that it serves, or NONE */
	struct span cause;   /* the package that needs it so, or empty */
	uint64_t bytes;	     /* to download */
	int64_t growth;	     /* of what is installed */
	struct span backout; /* version to go back to, unavailable or "-" */
};

struct solution {
	struct change *changes; /* by kind, removals last, then by package */
	size_t count, capacity;
};

/*
 * Solve for the packages that universe_install() was given.  Wishes that cannot
 * be fulfilled get a problem, and the others are solved without them.
 * allow_remove lists names, or beginnings with a star, of what may go.  Text
 * goes into the arena.
 */
void solve(struct universe *universe, struct wish *wishes, size_t count,
    struct span allow_remove, struct arena *text, struct solution *solution);

#endif
