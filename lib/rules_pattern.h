/*
 * Patterns of policy: PCRE2, unanchored, on bytes, with limits, so that no
 * pattern stalls a run.
 */
#ifndef PM_RULES_PATTERN_H
#define PM_RULES_PATTERN_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "memory.h"
#include "span.h"

enum { PATTERN_MEMO = 120 }; /* longest value remembered */

/*
 * Most patterns are plain words with or without anchors; those are compared as
 * bytes and never see PCRE2.  The verdict on the last value is remembered,
 * because neighbouring records mostly have the same.
 */
struct pattern {
	enum {
		PATTERN_CONTAINS,
		PATTERN_STARTS,
		PATTERN_ENDS,
		PATTERN_IS,
		PATTERN_PCRE
	} kind;
	struct span literal;
	pcre2_code *code;
	bool verdict;
	size_t memo_length; /* SIZE_MAX: nothing remembered */
	char memo[PATTERN_MEMO];
};

/* What PCRE2 needs for matching; one for all patterns of a policy. */
struct pattern_engine {
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
};

/*
 * Compile text into a pattern in the arena.  When it is no pattern: NULL, the
 * reason in `reason`, and in *offset the byte of text where it went wrong.
 */
struct pattern *pattern_compile(struct arena *arena, struct span text,
    char *reason, size_t size, size_t *offset);

/*
 * Does the pattern occur in the value?  1 yes, 0 no, and below 0 a code of
 * PCRE2 when a limit was hit.
 */
int pattern_match(
    struct pattern *pattern, struct pattern_engine *engine, struct span value);

/* Free what is not in the arena. */
void pattern_release(struct pattern *pattern);
void pattern_engine_release(struct pattern_engine *engine);

#endif
