/* What was decided about how many needs, and since when they are known. */
#ifndef PM_SCORE_TOTALS_H
#define PM_SCORE_TOTALS_H

#include "span.h"

enum { CLASSES = 4, DECISIONS = 6 }; /* the words, and none */

struct totals {
	uint64_t needs, undecided, overdue;
	int64_t oldest, longest; /* seconds known, and overdue */
	uint64_t by_class[CLASSES], by_decision[DECISIONS];
};

/* One more need; values are by column, after its decision. */
void totals_count(struct totals *totals, const struct span *values);

/* On standard error. */
void totals_report(const struct totals *totals);

#endif
