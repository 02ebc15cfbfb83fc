/*
 * The closure of what is to be installed on a host: that and all that it needs.
 * Hosts with the same repositories, packages and wishes share one, which is
 * solved once.
 */
#ifndef PM_CLOSURES_H
#define PM_CLOSURES_H

#include "solve.h"

struct closure {
	struct span key;     /* what it depends on, as text */
	struct wish *wishes; /* in the order of the host's needs */
	size_t count;
	struct solution solution;
	uint32_t guessed, foreign; /* as in struct universe */
};

/* To begin: only repositories and installed, the rest zero. */
struct closures {
	struct repositories *repositories; /* opened, and not owned */
	struct installed *installed;	   /* shared, and not owned */
	struct place *places;		   /* with a universe each */
	size_t place_count, place_capacity;
	struct closure *items;
	size_t count, capacity;
	struct hash_table index; /* closures by key */
	struct arena text;
	struct buffer key;
};

/* A wish of its host: is a package to be installed for it by this plan? */
bool need_is_wish(const struct need *need);

/*
 * The closure of a host with this set of packages; NULL when no repository is
 * for such hosts.  Valid until the next call.
 */
const struct closure *closures_of(struct closures *closures,
    struct fleet *fleet, const struct host *host, uint32_t set);

void closures_release(struct closures *closures);

#endif
