/*
 * How feeds that speak of many systems name them, as the os and release of
 * hosts: OSV's ecosystems (OSV schema, affected[].package.ecosystem), and the
 * products of SUSE, which CSAF names too.
 */
#ifndef PM_ECOSYSTEM_H
#define PM_ECOSYSTEM_H

#include "span.h"

struct ecosystem {
	const char *os;
	const char *by;	     /* source or binary */
	struct span release; /* borrowed, or in text */
	bool subscription;   /* only with a contract */
	char text[32];
};

/*
 * Returns NULL when it is understood, else why it is not, a phrase that lives
 * as long as the program.
 */
const char *ecosystem_parse(struct span name, struct ecosystem *ecosystem);

/* The same for a product of SUSE, "Linux Enterprise Server 15 SP5". */
const char *ecosystem_suse(struct span name, struct ecosystem *ecosystem);

#endif
