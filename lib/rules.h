/*
 * The policy language, pm-policy(5): one rule a line, conditions on columns,
 * an arrow, assignments; for each assigned column the first rule that matches
 * wins.  A policy that cannot be parsed ends the program with status 78: there
 * is no reading of half a policy.
 *
 *	host~^shop\d+  os=debian   -> role=ecommerce tier=mission owner=web
 *	kev=yes exposed=yes        -> decision=emergency due=3d
 *	site=lab                   -> tier:=operational
 *
 * The calls that end the program are wrappers of rules_parse() and rules_try(),
 * which keep no state outside struct rules and return errors.
 */
#ifndef PM_RULES_H
#define PM_RULES_H

#include "rules_mask.h"
#include "schema.h"
#include "span.h"

struct rules;

/*
 * The names that policy has for the columns of a host and of a need.  They are
 * the stream's, but for four: the kind of machine (class of host) is `device`,
 * since `class` is what is decided of a need; the state of a host is
 * `host_state`, that of a need `state`; the need's list of rules is
 * `policy_lines`, and its source `source_package`.
 */
extern const char *const rule_host_columns[HOST_COLUMNS];
extern const char *const rule_need_columns[NEED_COLUMNS];

/* Is this the name of a column in any program's policy? */
bool rules_known_column(struct span name);

/* What the values of a column are. */
enum rule_value {
	RULE_TEXT,
	RULE_LIST,     /* comma list, of few words where there are choices;
	                  = tests membership */
	RULE_CHOICE,   /* one of few words; any other is a mistake */
	RULE_DURATION, /* as duration_parse() */
	RULE_NUMBER,   /* a whole number from 1 */
	RULE_SHARE     /* a number from 1, or 1% to 100% */
};

/* A column of the whole suite's policy. */
struct rule_column {
	const char *name;
	enum rule_value value;
	bool settable;	     /* some program decides it */
	const char *choices; /* of RULE_CHOICE, RULE_LIST: comma list */
};

/* The column with this name, or NULL. */
const struct rule_column *rules_column(struct span name);

/*
 * What a word of a RULE_CHOICE stands for: itself, or a comma list of choices
 * for which it is short.  A condition means any of them, a value the first.
 */
struct span rules_meaning(const struct rule_column *column, struct span word);

/* Which rule decided. */
struct rule_origin {
	const char *file; /* as citations name it; NULL: no rule did */
	unsigned line;
	bool override; /* := replaced a value that the subject had */
};

/*
 * The columns that this program offers, by number.  Conditions may test every
 * name; assignments set those for which settable says so.
 */
struct rule_columns {
	const char *const *names;
	const bool *settable;
	unsigned count; /* at most RULES_COLUMNS_MAX */
};

/*
 * An empty policy over the given columns, which must outlive it.  A program
 * reads the whole policy of a site; rules that set only columns which this
 * program does not decide are checked and left out.
 */
struct rules *rules_new(const struct rule_columns *columns);

/*
 * Add the rules of a file, or of every *.pm file of a directory in byte order.
 * Rules of files added earlier win.  Citations name a file by its last path
 * component, or by the whole path when an earlier file has the same.
 */
void rules_add(struct rules *rules, const char *path);

/* Add rules from memory, under the name that messages shall show. */
void rules_add_text(struct rules *rules, const char *name, struct span text);

/* "file:line:column: reason; remedy" */
struct rule_error {
	char text[1024];
};

/*
 * As rules_add_text(), but says what is wrong instead of ending the program.
 * After false the rules must not be used for deciding.
 */
bool rules_parse(struct rules *rules, const char *name, struct span text,
    struct rule_error *error);

/*
 * Decide.  values[] holds the subject's value of every column ("-" when it has
 * none).  A column that has a value keeps it, unless a rule assigns with :=.
 * For each settable column that some rule sets and whose bit is in `wanted`,
 * values[] is replaced by the value of the first rule that matches and
 * origins[] says which; other origins are left alone.  Rules are tried top
 * down, and a condition sees the values that earlier rules set.  Assigned
 * values live as long as the rules and are canonical field text.  Returns the
 * set of columns that were set.
 *
 * A pattern that hits its match limit ends the program with status 78 and the
 * name of the rule.
 */
struct rule_mask rules_decide(struct rules *rules, struct rule_mask wanted,
    struct span *values, struct rule_origin *origins);

/* The same, returning false and the error; values[] are then half decided. */
bool rules_try(struct rules *rules, struct rule_mask wanted,
    struct span *values, struct rule_origin *origins, struct rule_mask *set,
    struct rule_error *error);

/* The columns that conditions of the rules look at. */
struct rule_mask rules_tested(const struct rules *rules);

/* The columns that rules of this policy can set. */
struct rule_mask rules_set(const struct rules *rules);

void rules_free(struct rules *rules);

#endif
