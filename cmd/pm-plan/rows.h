/* Writing step records, the trailer's digest kept along; rows.c, steps.c. */
#ifndef PM_PLAN_ROWS_H
#define PM_PLAN_ROWS_H

#include "plan.h"
#include "trailer.h"

struct writer {
	struct fleet *fleet;
	struct output *output;
	struct trailer trailer;
	struct buffer line;
	struct span plan;
};

void rows_start(struct writer *writer, struct fleet *fleet,
    struct output *output, struct span plan);

/* A step; empty columns are written as "-". */
void rows_write(struct writer *writer, const struct span *value);

/* The trailer. */
void rows_finish(struct writer *writer);

/* HOST/ACTION/-, or with the kind of the visit when it is no regular one. */
struct span rows_visit_id(
    struct fleet *fleet, const struct visit *visit, enum action action);

/*
 * HOST/install/PACKAGE; a package may be needed once more in another state, and
 * that one carries the state as well.
 */
struct span rows_need_id(struct fleet *fleet, const struct need *need);

/* A sorted, comma-joined list without duplicates; "-" when it is empty. */
struct span rows_join(struct fleet *fleet, struct span *ids, size_t count);

struct span rows_number(struct fleet *fleet, int64_t number);
struct span rows_time(struct fleet *fleet, int64_t time);

#endif
