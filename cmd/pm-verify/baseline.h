/*
 * Judging hosts by a baseline: pm-baseline(5), pm-verify --baseline.
 *
 *	baseline_read()   rules and wishes, from files and folders
 *	machines_*()      what is known of the hosts
 *	applies_*()       whom a line is for
 *	test_*()          one fact against what is expected
 *	judge_baseline()  the verdicts, host by host
 *	custom_*()        checks that are programs
 */
#ifndef PM_VERIFY_BASELINE_H
#define PM_VERIFY_BASELINE_H

#include "check.h"
#include "hash.h"
#include "input.h"
#include "intern.h"
#include "rules_pattern.h"

#define NO_VALUE UINT32_MAX /* nobody looked */
#define NO_KEY UINT32_MAX   /* there is no such fact */

/* ---- whom a line is for */

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN };

struct term {
	bool fact; /* of a fact, else of a column of the host */
	bool negated;
	unsigned column; /* of the host, or of the facts */
	struct span values;
};

struct applies {
	struct term *terms;
	size_t count;
};

/* ---- what is expected */

enum test {
	TEST_IS_ONE_OF,
	TEST_IS_NOT,
	TEST_AT_LEAST,
	TEST_AT_MOST,
	TEST_MODE,
	TEST_HAS,
	TEST_LACKS,
	TEST_WITHIN,
	TEST_MATCHES,
	TESTS
};

struct rule_line {
	struct span id, title, value, remedy, reference, why;
	struct applies applies;
	unsigned *facts; /* numbers of keys */
	unsigned *boots; /* and of what holds after the next boot, or NO_KEY */
	size_t fact_count;
	enum test test;
	struct pattern *pattern; /* of TEST_MATCHES */
	uint64_t weight;
	bool channel;
};

enum want_kind {
	WISH_PACKAGE,
	WISH_SERVICE,
	WISH_SETTING,
	WISH_LISTEN,
	WISH_ONLY,
	WISHES
};

struct wish {
	enum want_kind kind;
	struct applies applies;
	struct span subject, value, remedy, reason;
	struct span where; /* FILE:LINE */
	unsigned fact;	   /* of a setting or service */
	bool channel;
};

struct custom {
	char *path;
	struct span name;
};

struct baseline {
	struct arena arena;
	struct rule_line *rules;
	size_t rule_count, rule_capacity;
	struct wish *wishes;
	size_t wish_count, wish_capacity;
	struct custom *customs;
	size_t custom_count, custom_capacity;
	struct intern keys; /* of the facts that are asked for */
	struct pattern_engine engine;
	const char *only; /* the one check that is wanted, or NULL */
	bool closed;	  /* packages beside those wanted are drift */
};

/*
 * Add what a file has, or what all files of a folder have: *.tsv are read,
 * those that may be executed are checks.  A mistake ends the program with
 * status 78.
 */
void baseline_read(struct baseline *baseline, const char *path);

/* Drop what was not asked for; status 64 when nothing is left. */
void baseline_select(struct baseline *baseline, const char *only);
void baseline_release(struct baseline *baseline);

/* The number of a key, which is asked for from now on. */
unsigned baseline_key(struct baseline *baseline, struct span key);

/* ---- baseline_applies.c */

/* False and a reason when it is none. */
bool applies_parse(struct baseline *baseline, struct span text,
    struct applies *applies, const char **reason);

struct machine;
struct machines;
enum answer applies_to(const struct applies *applies,
    const struct machines *machines, const struct machine *machine);

/* ---- baseline_test.c */

bool test_find(struct span name, enum test *test);
const char *test_name(enum test test);

/* Is the value one that can be expected?  The reason when not, else NULL. */
const char *test_check(enum test test, struct span value);
bool test_holds(
    struct baseline *baseline, const struct rule_line *rule, struct span value);

/* ---- baseline_hosts.c */

struct listener {
	struct span proto, address, port, process, package, unit;
};

struct installed {
	struct span package, version;
	bool automatic, whole;
};

struct machine {
	struct span name;
	bool there; /* has a host record */
	struct span column[HOST_COLUMNS];
	uint32_t *values; /* by number of key; words, or NO_VALUE */
	size_t value_count;
	struct installed *packages;
	size_t package_count, package_capacity;
	struct listener *listeners;
	size_t listener_count, listener_capacity;
	bool listened;	    /* it is known what listens */
	struct buffer text; /* all records, for checks that are programs */
};

struct machines {
	struct baseline *baseline;
	struct intern names, words;
	struct machine *items;
	size_t count, capacity;
	bool keep_text;
};

/* A record of an inventory; true when it is to be passed on. */
bool machines_record(struct machines *machines, const struct record *record);

/* The value of a key, "-" with NO_VALUE. */
struct span machine_value(const struct machines *machines,
    const struct machine *machine, unsigned key, bool *known);
const struct installed *machine_package(
    const struct machine *machine, struct span package);

/* All have been read: in the order of their names. */
void machines_settle(struct machines *machines);
void machines_release(struct machines *machines);

/* ---- baseline_judge.c, baseline_wish.c */

enum { COUNTS = 4 };

/* How much of a baseline holds; by PASS, FAIL, NOT_APPLICABLE, NOT_EXAMINED. */
struct score {
	uint64_t count[COUNTS];
	uint64_t weight, passed;
};

struct verdicts {
	struct baseline *baseline;
	struct machines *machines;
	struct checks *checks;
	struct output *output;
	struct arena text; /* of the host at hand */
	struct score score;
	bool remedies;	       /* write remedy records */
	struct buffer *script; /* write a script of remedies, or NULL */
};

/* Every host; writes records; returns how many hosts were examined at all. */
uint64_t judge_baseline(struct verdicts *verdicts);

/* Text that lives until the host at hand is written. */
struct span verdict_text(struct verdicts *verdicts, const char *format, ...)
    PM_PRINTF(2, 3);

/* Count a verdict. */
void score_add(struct score *score, enum verdict verdict, uint64_t weight);

void judge_wishes(struct verdicts *verdicts, const struct machine *machine);

/*
 * A command that would mend what was found, to be written where one was asked
 * for.
 */
void remedy_add(struct verdicts *verdicts, const struct machine *machine,
    const struct rule_line *rule, struct span found);
void remedy_line(struct verdicts *verdicts, struct span command, bool channel,
    struct span comment);

/* ---- baseline_script.c */
void script_begin(struct buffer *text, struct span host);
void script_end(struct buffer *text);

/* ---- baseline.c */

struct baseline_request {
	const char *only;   /* one check alone, or NULL */
	const char *script; /* the host to write a script for, or NULL */
	bool remedies;
	bool keep; /* pass on what was read */
};

/* --baseline FILE, as often as it is given. */
void baseline_add(const char *path);
bool baseline_given(void);

/* The whole of pm-verify --baseline. */
enum pm_exit baseline_verify(struct input *input, struct output *output,
    const struct baseline_request *request);

/* ---- baseline_custom.c */

/* Run the checks that are programs, for all hosts, some at a time. */
void custom_run(struct verdicts *verdicts);

/* What they said of a host: checks of kind baseline. */
void custom_judge(struct verdicts *verdicts, size_t machine);
void custom_release(void);

#endif
