/*
 * A host held back, with the records behind it, until what it listens on is
 * known: its exposure is a column of the host record, which is written first.
 * That is only done where allow records came before, so without firewall data
 * the stream flows.
 *
 * The sockets of a host must therefore stand between its host record and its
 * first need, as pm-collect and pm-match write them.  A socket that comes later
 * is an error, since the host was decided without it.
 */
#ifndef PM_SCORE_HOLD_H
#define PM_SCORE_HOLD_H

#include "exposure.h"

struct hold {
	struct firewalls firewalls;
	struct sockets sockets;
	struct arena arena;
	struct record *records; /* copies; the first is the host's */
	size_t count, capacity;
	uint64_t hosts;
	uint64_t unknown; /* of which nobody knows who can reach them */
	struct buffer why;
};

/* How many of those are named; the others are counted. */
enum { UNKNOWN_NAMED = 5 };

/* What the host that is held back is exposed to, for fleet_host(). */
struct held {
	const struct record *records;
	size_t count;
	struct span exposed; /* "-": not known */
	struct span why;     /* empty: not known */
};

/* An allow record; behind the first host it ends the program, status 65. */
void hold_allow(struct hold *hold, const struct record *record);

/*
 * Keep the record if a host is to be held back with it.  False: it is for the
 * caller to treat.  Before a host or need call hold_take().
 */
bool hold_keep(struct hold *hold, const struct record *record);

/* What is held back, valid until hold_forget(); false: nothing is. */
bool hold_take(struct hold *hold, struct held *held);
void hold_forget(struct hold *hold);

void hold_release(struct hold *hold);

#endif
