/* What the files of lib/rules share; nobody else includes this. */
#ifndef PM_RULES_PRIVATE_H
#define PM_RULES_PRIVATE_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "rules.h"

enum {
	RULES_TEXT_MAX = 16 * 1024 * 1024, /* bytes of one policy file */
	RULES_TERMS_MAX = 256,		   /* conditions, or assignments */
	PATTERN_MEMO = 120		   /* longest value remembered */
};

/*
 * A pattern.  Most are plain words with or without anchors; those are compared
 * as bytes and never see PCRE2.  The verdict on the last value is remembered,
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

/* In the order of their cost: a rule's conditions are tested in this order. */
enum rule_test {
	TEST_IS,     /* = and != */
	TEST_MEMBER, /* the same on a list */
	TEST_LESS,
	TEST_LESS_EQUAL,
	TEST_GREATER,
	TEST_GREATER_EQUAL,
	TEST_PATTERN /* ~ and !~ */
};

struct condition {
	enum rule_test test;
	bool negated;
	unsigned column;
	struct span *alternatives;
	size_t count;
	double number;
	struct pattern *pattern;
};

struct assignment {
	unsigned column;
	bool override;
	struct span value;
};

struct rule_file {
	const char *path; /* for messages */
	const char *name; /* for citations */
};

struct rule {
	uint64_t fills;	    /* columns set by = */
	uint64_t overrides; /* columns set by := */
	struct condition *conditions;
	struct assignment *assignments;
	unsigned condition_count;
	unsigned assignment_count;
	unsigned line;
	uint32_t file;
};

struct rules {
	const struct rule_columns *columns;
	struct arena arena;
	struct rule *rules;
	size_t count, capacity;
	struct rule_file *files;
	size_t file_count, file_capacity;
	struct pattern **patterns; /* those in use, to be freed */
	size_t pattern_count, pattern_capacity;
	uint64_t tested, set;
	struct pattern_engine engine;
};

/*
 * Compile text into an arena-allocated pattern.  Returns NULL, PCRE2's reason
 * (of at least 256 bytes) and the offset in text when it is no pattern.
 */
struct pattern *pattern_compile(struct arena *arena, struct span text,
    char *reason, size_t size, size_t *offset);

/*
 * Does the pattern occur in the value?  1 yes, 0 no, and below 0 a code of
 * PCRE2 when a limit was hit.
 */
int pattern_match(
    struct pattern *pattern, struct pattern_engine *engine, struct span value);

void pattern_release(struct pattern *pattern);
void pattern_engine_release(struct pattern_engine *engine);

#endif
