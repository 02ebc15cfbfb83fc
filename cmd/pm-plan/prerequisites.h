/*
 * What the planned needs bring with them: prerequisites, removals, bytes and
 * the way back, from the metadata of repositories and the packages of hosts.
 */
#ifndef PM_PREREQUISITES_H
#define PM_PREREQUISITES_H

#include "installed.h"
#include "plan.h"

/* Take pkg records, and facts about free space. */
void prerequisites_read(const struct record *record);

/* What is installed, when all has been read; NULL without pkg records. */
struct installed *prerequisites_installed(void);

/*
 * For all hosts whose repositories were named: give planned needs their exact
 * versions, add the prerequisites as rows of their own, and block what cannot
 * be.  Without --repository nothing changes.
 */
void prerequisites_solve(struct fleet *fleet);

/* Totals on standard error. */
void prerequisites_report(void);

/*
 * Write the way back of each visit to a file, as step records with a trailer.
 */
void backout_write(
    const struct fleet *fleet, const char *file, struct span plan);

#endif
