/*
 * Which visits are made and when: so many at a time, as turns.h lets them begin,
 * none after too many have failed.
 */
#ifndef PM_APPLY_SCHEDULE_H
#define PM_APPLY_SCHEDULE_H

#include "turns.h"

struct schedule {
	struct site *site;
	struct visit *visits; /* by wave, then in the order of the plan */
	size_t count;
	uint64_t jobs;	   /* at most so many at a time */
	uint64_t max_fail; /* halt when so many have failed */

	struct turns turns;
	size_t active;
	bool beginning; /* inside the loop that begins visits */
	uint64_t failed;
	uint64_t answered; /* visits whose host did */
	bool halted;	   /* visits were left out for it */
	bool interrupted;
	bool late;     /* visits were left out, for the time is over */
	uint64_t over; /* visits that have ended */
};

/* Group the steps of the plan into visits. */
void schedule_make(struct schedule *schedule, struct site *site);

/* How many visits have selected steps. */
size_t schedule_visits(const struct schedule *schedule);

/* Make the visits that have selected steps; returns when all is settled. */
void schedule_run(struct schedule *schedule);

void schedule_release(struct schedule *schedule);

#endif
