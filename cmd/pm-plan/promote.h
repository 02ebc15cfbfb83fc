/* Promote records for what is verified on test systems. */
#ifndef PM_PLAN_PROMOTE_H
#define PM_PLAN_PROMOTE_H

#include "output.h"

struct promotion {
	const char *who;
	const char *channel;
	const char *reason; /* or NULL */
	int64_t expiry;	    /* or INT64_MAX */
};

/*
 * The files are a plan and checks of it.  Status 3 when a patch is held back,
 * which is said.
 */
enum pm_exit promote_write(struct output *output, int count, char **files,
    const struct promotion *promotion);

#endif
