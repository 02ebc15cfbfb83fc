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

/*
 * The state of an adv record for an offer, when all are taken: fixed, manual,
 * request, outranked or pinned, see pm-stream(5).  *above is the version that
 * the installed one must be newer than for it to be taken, or "-".
 */
struct span apt_rank_state(const struct apt_rank *rank,
    const struct apt_package *package, struct span *above);

void apt_rank_release(struct apt_rank *rank);

#endif
