/* How many hosts do the same work, so that one may be down. */
#ifndef PM_SCORE_PEERS_H
#define PM_SCORE_PEERS_H

#include "host.h"

struct peers {
	struct intern places; /* role and site */
	uint64_t *hosts;      /* in each */
	size_t capacity;
};

/* Count the hosts of an inventory, as policy sees them. */
void peers_read(struct peers *peers, struct rules *rules, const char *path);

/* How many have this role and site; 0 when that was not counted. */
uint64_t peers_of(
    const struct peers *peers, struct span role, struct span site);

void peers_release(struct peers *peers);

#endif
