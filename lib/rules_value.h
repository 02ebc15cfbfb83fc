/* What a column of policy may have: words, durations, numbers, shares. */
#ifndef PM_RULES_VALUE_H
#define PM_RULES_VALUE_H

#include "rules.h"
#include "rules_words.h"

/*
 * May the column have this value?  at is where it was written; false when it may
 * not, and the cursor says why.
 */
bool rules_check_value(struct cursor *cursor, const char *at,
    const struct rule_column *column, struct span value);

#endif
