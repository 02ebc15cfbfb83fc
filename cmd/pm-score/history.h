/*
 * What is known of patches apart from the catalogue: how they fared in journals
 * (done) and reports (event), whether they were tested (test), and problems
 * that a host has and that a patch shall solve (event).
 */
#ifndef PM_SCORE_HISTORY_H
#define PM_SCORE_HISTORY_H

#include "input.h"
#include "intern.h"

enum test_result { TEST_RESULT_NONE, TEST_RESULT_PASSED, TEST_RESULT_FAILED };

/* How a package fared, on all hosts and in all versions. */
struct fared {
	uint64_t tried, failed;
	enum test_result test; /* of the version to be installed */
	struct span tester;
};

struct history_test {
	enum test_result result;
	struct span who;
};

struct history {
	struct arena text;
	struct intern packages; /* number of a package = its counts */
	struct fared *counts;
	size_t capacity;
	struct intern versions; /* package and version that were tested */
	struct history_test *tests;
	size_t test_capacity;
	struct intern problems; /* host and package with a problem */
};

/*
 * Read a record of type done, event or test.  Others of the three that say
 * nothing about a patch, and tests and events that have expired, are left out.
 */
void history_add(struct history *history, const struct record *record);

struct fared history_fared(
    const struct history *history, struct span package, struct span version);

/* Does an event name a problem of this host that the package solves? */
bool history_problem(
    const struct history *history, struct span host, struct span package);

void history_release(struct history *history);

#endif
