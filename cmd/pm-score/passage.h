/* What reaches an address past the firewalls that stand before it. */
#ifndef PM_SCORE_PASSAGE_H
#define PM_SCORE_PASSAGE_H

#include "firewalls.h"

struct target {
	struct address address;
	struct span proto;
	uint16_t port;
};

/* The first rule that lets some of the traffic pass, for the reason. */
struct pass {
	uint32_t firewall;
	uint64_t rule;
	bool set;
};

/* The chains that stand before an address. */
struct standing {
	const struct firewalls *firewalls;
	uint32_t host; /* text; 0 when no record names it */
	const struct address *address;
};

/* Is the chain one of the host's own, which sees traffic of this family? */
bool passage_guards(
    const struct standing *standing, const struct firewall_chain *chain);

/*
 * A firewall stands before a host when one of its rules names the host's
 * address; which one stands before the others nobody told.
 */
bool passage_stands_before(const struct standing *standing, uint32_t firewall);

/*
 * Can some of the sources reach the target?  before: through the firewalls
 * before the host, any of which may be the way in; then past its own.
 */
bool passage_open(const struct standing *standing, const struct target *target,
    const char *from, bool before, struct pass *pass);

#endif
