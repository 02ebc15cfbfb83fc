/*
 * The policy language, pm-policy(5): one rule a line, conditions on columns,
 * an arrow, assignments; for each assigned column the first rule that matches
 * wins.  A policy that cannot be parsed ends the program with status 78: there
 * is no reading of half a policy.
 *
 *	host~^shop\d+  os=debian   -> role=ecommerce tier=mission owner=web
 *	kev=yes exposed=yes        -> decision=emergency due=3d
 */
#ifndef PM_RULES_H
#define PM_RULES_H

#include "memory.h"
#include "span.h"

struct rules;

/* Which file and line decided; "default" has file NULL. */
struct rule_origin {
	const char *file;
	unsigned line;
};

/*
 * The columns that rules may test and set, by number.  Conditions may test
 * every name; assignments only those for which settable says so.
 */
struct rule_columns {
	const char *const *names;
	const bool *settable;
	unsigned count; /* at most 64 */
};

/*
 * An empty policy over the given columns, which must outlive it.  A program
 * reads the whole policy of a site; rules that set only columns which other
 * programs own are checked for syntax and left out, so a name is an error only
 * when no program knows it (rules_known_column()).
 */
struct rules *rules_new(const struct rule_columns *columns);

/* Is this the name of a column in any program's policy? */
bool rules_known_column(struct span name);

/*
 * Add the rules of a file, or of every *.pm file of a directory in byte order.
 * Rules of files added earlier win.
 */
void rules_add(struct rules *rules, const char *path);

/* Add rules from memory, under the name that messages shall show. */
void rules_add_text(struct rules *rules, const char *name, struct span text);

/*
 * Decide.  values[] holds the subject's value of every column ("-" when it has
 * none).  For each settable column that some rule sets and whose bit is in
 * `wanted`, values[] is replaced by the rule's value and origins[] says which
 * rule.  Rules are tried top down, and a condition sees the values that earlier
 * rules set.  Assigned values live as long as the rules.  Returns the mask of
 * columns that were set.
 */
uint64_t rules_decide(struct rules *rules, uint64_t wanted, struct span *values,
    struct rule_origin *origins);

/* The columns that conditions of the rules look at, as a mask. */
uint64_t rules_tested(const struct rules *rules);

void rules_free(struct rules *rules);

#endif
