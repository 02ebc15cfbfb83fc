/* Sets of columns of a policy, by number. */
#ifndef PM_RULES_MASK_H
#define PM_RULES_MASK_H

#include <stdbool.h>
#include <stdint.h>

enum { RULES_COLUMNS_MAX = 128 };

struct rule_mask {
	uint64_t low, high; /* columns below 64, and the others */
};

static const struct rule_mask rule_mask_none = {0, 0};
static const struct rule_mask rule_mask_all = {UINT64_MAX, UINT64_MAX};

static inline struct rule_mask
rule_mask_of(unsigned column)
{
	uint64_t bit = UINT64_C(1) << column % 64;

	return column < 64 ? (struct rule_mask){bit, 0}
			   : (struct rule_mask){0, bit};
}

static inline bool
rule_mask_has(struct rule_mask mask, unsigned column)
{
	return ((column < 64 ? mask.low : mask.high) >> column % 64 & 1) != 0;
}

static inline bool
rule_mask_empty(struct rule_mask mask)
{
	return (mask.low | mask.high) == 0;
}

static inline struct rule_mask
rule_mask_or(struct rule_mask a, struct rule_mask b)
{
	return (struct rule_mask){a.low | b.low, a.high | b.high};
}

static inline struct rule_mask
rule_mask_and(struct rule_mask a, struct rule_mask b)
{
	return (struct rule_mask){a.low & b.low, a.high & b.high};
}

/* Those of a that are not in b. */
static inline struct rule_mask
rule_mask_without(struct rule_mask a, struct rule_mask b)
{
	return (struct rule_mask){a.low & ~b.low, a.high & ~b.high};
}

static inline void
rule_mask_add(struct rule_mask *mask, unsigned column)
{
	*mask = rule_mask_or(*mask, rule_mask_of(column));
}

#endif
