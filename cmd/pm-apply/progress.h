/*
 * How far the run is: a line on a terminal that is kept up to date, and a
 * message whenever SIGUSR1 asks for one.
 */
#ifndef PM_APPLY_PROGRESS_H
#define PM_APPLY_PROGRESS_H

#include "schedule.h"

void progress_start(const struct schedule *schedule);

/* A visit has ended. */
void progress_show(void);

/* Take the line away. */
void progress_end(void);

#endif
