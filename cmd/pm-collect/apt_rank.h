/*
 * Which of the offered versions of a package apt would take, with the pins of
 * the machine: apt_preferences(5), "APT's Default Priority Assignments".
 */
#ifndef PM_APT_RANK_H
#define PM_APT_RANK_H

#include "apt_pins.h"
#include "intern.h"

struct apt_rank {
	struct intern packages;
	struct ranked *offers; /* every package, version and architecture */
	size_t count, capacity;
	uint32_t *first; /* offer, plus 1, by number of the package */
	size_t first_capacity;
	struct arena arena;
};

/* Take an offer; several of the same version count as one, as apt has it. */
void apt_rank_add(struct apt_rank *rank, const struct apt_package *package,
    const struct apt_priority *priority);

/* Would apt take an offer? */
struct apt_verdict {
	int priority;	   /* what pins give to it */
	struct span state; /* of its adv record, pm-stream(5) */
	struct span above; /* what the installed version must be newer than
			      for that, or "-" */
	struct buffer installed; /* what pins say of that one: pins.h */
};

/*
 * Say it of an offer, when all are taken: fixed, manual, request, outranked or
 * pinned.
 */
void apt_rank_judge(const struct apt_rank *rank, const struct apt_pins *pins,
    const struct apt_package *package, struct apt_verdict *verdict);

void apt_rank_release(struct apt_rank *rank);

#endif
