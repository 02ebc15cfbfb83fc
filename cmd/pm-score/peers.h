/* How many hosts do the same work, so that one may be down. */
#ifndef PM_SCORE_PEERS_H
#define PM_SCORE_PEERS_H

#include "host.h"

struct peers {
	struct intern names;  /* hosts that were counted */
	struct intern places; /* role and site */
	uint64_t *hosts;      /* in each */
	size_t capacity;
};

/* Count a host, as policy sees it; one that comes twice counts once. */
void peers_add(
    struct peers *peers, struct rules *rules, const struct record *record);

/* Count the hosts of an inventory. */
void peers_read(struct peers *peers, struct rules *rules, const char *path);

/*
 * Count the hosts of the input, when it is all files that can be read twice;
 * else nothing.  What is malformed is left for the second reading to say.
 */
void peers_scan(
    struct peers *peers, struct rules *rules, int count, char **files);

/* How many have this role and site; 0 when that was not counted. */
uint64_t peers_of(
    const struct peers *peers, struct span role, struct span site);

void peers_release(struct peers *peers);

#endif
