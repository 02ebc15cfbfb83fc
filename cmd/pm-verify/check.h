/* Verdicts, and the check records of one host at a time. */
#ifndef PM_VERIFY_CHECK_H
#define PM_VERIFY_CHECK_H

#include "output.h"

/*
 * The words of the verdict column, pm-verify(1).  Those from VERDICT_BLOCKED on
 * are findings, which --strict turns into an exit status.
 */
enum verdict {
	VERDICT_VERIFIED,
	VERDICT_NEWER,
	VERDICT_RECORDED,
	VERDICT_EXAMINED,
	VERDICT_NEW_SERVICE,
	VERDICT_IN_TIME,
	VERDICT_OPEN,
	VERDICT_WAIVED,
	VERDICT_MITIGATED,
	VERDICT_ACCEPTED,
	VERDICT_DEFERRED,
	VERDICT_PASS,
	VERDICT_NOT_APPLICABLE,
	VERDICT_BLOCKED,
	VERDICT_NOT_APPLIED,
	VERDICT_WRONG_VERSION,
	VERDICT_REGRESSION,
	VERDICT_MISSING,
	VERDICT_HALF_CONFIGURED,
	VERDICT_ROLLED_BACK,
	VERDICT_NOT_TESTED,
	VERDICT_TEST_FAILED,
	VERDICT_INCOMPLETE,
	VERDICT_REBOOT_PENDING,
	VERDICT_STALE_SERVICE,
	VERDICT_MISSING_SERVICE,
	VERDICT_OTHER_SERVICE,
	VERDICT_OUTSIDE_WINDOW,
	VERDICT_LATE,
	VERDICT_OVERDUE,
	VERDICT_UNPLANNED,
	VERDICT_PARTIAL,
	VERDICT_NOT_EXAMINED,
	VERDICT_TORN,
	VERDICT_TAMPERED,
	VERDICT_LEFTOVER,
	VERDICT_FAIL,
	VERDICT_ABSENT,
	VERDICT_EXTRA,
	VERDICT_VERSION,
	VERDICT_SETTING,
	VERDICT_UNNEEDED,
	VERDICT_UNAPPROVED,
	VERDICTS
};

/* Is a step with this verdict as it was planned? */
static inline bool
verdict_good(enum verdict verdict)
{
	return verdict == VERDICT_VERIFIED || verdict == VERDICT_NEWER;
}

/* The word, such as "wrong-version". */
const char *verdict_name(enum verdict verdict);

/*
 * One check record to be; an empty span is written as "-".  The spans must
 * live until checks_write().
 */
struct check {
	const char *kind;
	struct span subject;
	struct span expected;
	struct span actual;
	struct span due;
	struct span detail;
	enum verdict verdict;
	bool of_step; /* the one row that a step of the plan ends in */
};

struct checks {
	struct span plan;    /* that is verified; empty where none is */
	struct check *items; /* of the host at hand */
	size_t count;
	size_t capacity;
	uint64_t steps[VERDICTS];  /* written so far, rows of steps */
	uint64_t others[VERDICTS]; /* and all others */
};

void checks_add(struct checks *checks, const struct check *check);

/* Write all that were added as records of the host, sorted, and forget them. */
void checks_write(
    struct checks *checks, struct span host, struct output *output);

/* How many rows of steps were written. */
uint64_t checks_steps(const struct checks *checks);

/* Was any of them a finding? */
bool checks_finding(const struct checks *checks);

/* Add "8 verified, 2 blocked" to the text. */
void checks_tally(
    const uint64_t *counts, const char *separator, struct buffer *text);

void checks_release(struct checks *checks);

#endif
