/* What rules on needs see: columns of the need, some of policy, its host's. */
#ifndef PM_SCORE_COLUMNS_H
#define PM_SCORE_COLUMNS_H

#include "rules.h"

enum {
	SEEN_EXPLOITATION = NEED_COLUMNS,
	SEEN_HUMAN_IMPACT,
	SEEN_PATCHING_RISKIER,
	SEEN_MIN_AGE,
	SEEN_HOST,
	SEEN_COLUMNS = SEEN_HOST + HOST_COLUMNS
};

_Static_assert((int)SEEN_COLUMNS <= (int)RULES_COLUMNS_MAX, "policy columns");

/* The columns of needs as rules see them, those of the host behind them. */
const struct rule_columns *judge_columns(void);

/* Which columns of host records the rules on needs test. */
struct rule_mask judge_host_columns(const struct rules *rules);

#endif
