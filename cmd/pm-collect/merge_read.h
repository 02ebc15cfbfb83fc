/*
 * Reading streams for pm-collect merge: whose report each record belongs to.
 *
 * A host record begins a report, and the fact, pkg and svc records of that host
 * behind it in the same file belong to it.  What merge itself wrote is read
 * back exactly: a host that several reporters spoke of is followed by a report
 * record for each of them, which has the columns that it won and, in holds, the
 * types of records that it gave; the column reporter tells these apart where
 * two reporters gave the same type.
 */
#ifndef PM_MERGE_READ_H
#define PM_MERGE_READ_H

#include "input.h"
#include "inventory.h"

/* Column names of hosts: those of the schema, then others as they were met. */
struct columns {
	struct span *names;
	size_t count;
	size_t capacity;
	struct arena arena;
};

/* Records of a type that is not merged by host. */
struct others {
	struct span name; /* of the type */
	bool headed;
	struct row *rows;
	size_t count;
	size_t capacity;
};

struct merge {
	struct inventory inventory;
	struct machine *recent; /* whose record came last */
	struct columns columns;
	struct others *others;
	size_t other_count;
	size_t other_capacity;
	uint64_t reports;
	uint64_t rejected; /* by merge itself */
};

/* Facts that merge works out anew each time. */
#define FACT_STALE "stale_inventory"
#define FACT_MISSING "missing"

/* Read all of the input. */
void merge_read(struct merge *merge, struct input *input);

void merge_release(struct merge *merge);

#endif
