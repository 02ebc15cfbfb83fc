/*
 * What the parts of solve.c share: solve_run.c asks the solver, solve_changes.c
 * says in words what it decided.
 */
#ifndef PM_SOLVE_TASK_H
#define PM_SOLVE_TASK_H

#include <solv/bitmap.h>
#include <solv/queue.h>

#include "solve.h"

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

/* What stands in the message, for good; empties it. */
struct span solve_say(struct task *task);

/* ---- solve_run.c */

void solve_result_init(struct result *result);
void solve_result_free(struct result *result);

/*
 * Can these wishes be fulfilled together, and nothing goes that may not?
 * Otherwise the message says why.
 */
bool solve_attempt(
    struct task *task, const Queue *wanted, struct result *result);

/* ---- solve_changes.c */

/* Was it decided for the visit before? */
bool solve_is_settled(const struct task *task, Id p);

/* Add to the solution what the accepted result changes in this visit. */
void solve_changes(
    struct task *task, struct solution *solution, enum visit_kind kind);

#endif
