/* What a parsed policy is; rules.c decides by it, rules_parse.c builds it. */
#ifndef PM_RULES_MODEL_H
#define PM_RULES_MODEL_H

#include "rules_mask.h"
#include "rules_pattern.h"

struct rule_columns;

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
	struct rule_mask fills;	    /* columns set by = */
	struct rule_mask overrides; /* columns set by := */
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
	struct rule_mask tested, set;
	struct pattern_engine engine;
};

#endif
