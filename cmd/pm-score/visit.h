/*
 * The needs of one host, held until the last of them is known: patching takes
 * the packages of one source together, and how many these are (the closure) is
 * a column of each.
 *
 * The needs of a host must therefore stand together, as pm-match writes them;
 * other records of the host may be among them.  One that comes later ends the
 * program, since the others were decided without it.  Needs without the
 * column source, or with the column closure already, are not held.
 */
#ifndef PM_SCORE_VISIT_H
#define PM_SCORE_VISIT_H

#include "host.h"

struct visit {
	struct arena arena;
	struct record *records; /* copies, in the order of the input */
	uint32_t *parts;	/* by record: the number of its part, or none */
	size_t count, capacity, part_capacity;
	struct visit_source *sources; /* a part is what one source needs */
	size_t source_count, source_capacity;
	struct hash_table source_index, package_index;
};

/* Is this a need that must wait for the others of its host? */
bool visit_waits(const struct record *record);

/* Is it of the host that is held?  No when none is. */
bool visit_fits(const struct visit *visit, const struct record *record);

/*
 * Keep a need that waits, or another record of the host that is held.  False:
 * it is for the caller to treat.  Before a record that does not fit take what
 * is held, up to visit->count records, and call visit_forget().
 */
bool visit_keep(
    struct visit *visit, struct fleet *fleet, const struct record *record);

/* The closure of the need that was kept as record i; 0 when unknown. */
uint64_t visit_closure(const struct visit *visit, size_t i);

void visit_forget(struct visit *visit);
void visit_release(struct visit *visit);

#endif
