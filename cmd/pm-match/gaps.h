/*
 * What an inventory says that it could not see of a host's packages: facts
 * not_seen, whose text begins with what was not seen and a colon.
 */
#ifndef PM_MATCH_GAPS_H
#define PM_MATCH_GAPS_H

#include <stdbool.h>

#include "memory.h"
#include "intern.h"

/* Of one host.  The texts stand behind each other, with "; " between them. */
struct gaps {
	struct buffer packages; /* some may not be listed at all */
	struct buffer sources;	/* or not from which source they come */
	struct buffer others;	/* or not all else that decides */
};

/* Those of hosts whose other records come later or came before, by name. */
struct gaps_away {
	struct intern hosts;
	struct gaps *gaps; /* by number of the host's name */
	size_t capacity, count;
	size_t left; /* that nobody has taken yet */
};

/* Take the value of a fact not_seen in; false when it is not about packages. */
bool gaps_add(struct gaps *gaps, struct span text);

/* The same for a host that is not the current one. */
void gaps_add_away(struct gaps_away *away, struct span host, struct span text);

/* Move what is known of a host into, or out of, what is kept for later. */
void gaps_put(struct gaps_away *away, struct span host, struct gaps *gaps);
void gaps_take(struct gaps_away *away, struct span host, struct gaps *gaps);

void gaps_reset(struct gaps *gaps);
void gaps_release(struct gaps *gaps);
void gaps_away_release(struct gaps_away *away);

#endif
