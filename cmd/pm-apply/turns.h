/*
 * What may begin beside what is under way.  The visits of one slot take turns:
 * a wave begins when the one before it has ended.  Slots do not wait for each
 * other, but a visit waits for those that its steps come after, for another
 * visit to its host, and while as many are under way as the plan allows for
 * its site, link or hypervisor.
 */
#ifndef PM_APPLY_TURNS_H
#define PM_APPLY_TURNS_H

#include "intern.h"
#include "visit.h"

/* The visits of one slot. */
struct turn {
	int64_t start, end;
	struct visit **visits; /* by wave, then in the order of the plan */
	size_t count, capacity;
	size_t next;	  /* all before it have begun */
	size_t under_way; /* of one wave */
	uint64_t wave;	  /* that one */
};

/* So many visits may be under way that name the same thing. */
struct limit {
	uint32_t name; /* interned: a host, or what column limits names */
	uint64_t most;
};

struct turns {
	const struct plan *plan;
	bool any_time;	    /* windows do not matter */
	struct turn *turns; /* by start */
	size_t count, capacity;
	struct visit **of; /* step number to the visit that it is in, or NULL */
	struct intern names;
	uint64_t *busy; /* visits under way, by name */
	size_t busy_capacity;
};

/* Visits come by wave.  A limit that is no number ends with status 65. */
void turns_add(struct turns *turns, struct visit *visit);

/*
 * The visit of the lowest wave that may begin now, or NULL.  With `any`, the
 * first of those that are left, whatever it waits for.
 */
struct visit *turns_next(struct turns *turns, bool any);

void turns_begun(struct turns *turns, struct visit *visit);
void turns_over(struct turns *turns, struct visit *visit);
void turns_release(struct turns *turns);

#endif
