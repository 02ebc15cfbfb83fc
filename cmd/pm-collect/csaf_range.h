/*
 * Version ranges as CSAF documents write them in product_version_range and
 * product_version: vers (VERS, purl-spec), and the looser forms that are common
 * without it.
 *
 *	vers:all/<V5.6.0   < V7.58   >= 1.0 | <= 1.4   4.20 | 4.30   *
 */
#ifndef PM_CSAF_RANGE_H
#define PM_CSAF_RANGE_H

#include "memory.h"

struct csaf_range {
	struct span introduced, fixed, last; /* empty where it is open */
	struct span without; /* introduced itself is not meant: "> 1.0" */
};

struct csaf_ranges {
	struct csaf_range *range;
	size_t count, capacity;
	struct arena text;
};

/*
 * Read a text.  False when it is in words, or in another way not understood;
 * ranges has then no meaning.
 */
bool csaf_range_parse(struct csaf_ranges *ranges, struct span text);
void csaf_range_release(struct csaf_ranges *ranges);

#endif
