/* How one need was judged, for those who ask why. */
#ifndef PM_SCORE_VERDICT_H
#define PM_SCORE_VERDICT_H

#include "risk.h"
#include "rules.h"
#include "timestamp.h"

struct verdict {
	struct threat threat;
	struct fared fared;
	struct risk risk;
	struct rule_origin origins[RULES_COLUMNS_MAX];
	struct span within; /* the duration behind due */
	char text[4][32];   /* figures */
	char first_seen[TIMESTAMP_SIZE], due[TIMESTAMP_SIZE];
};

#endif
