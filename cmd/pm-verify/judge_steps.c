/* One verdict for each step of a host. */
#include <inttypes.h>

#include "fleet.h"
#include "timestamp.h"

static enum version_order
compare(const struct judged *judged, struct span a, struct span b)
{
	return version_compare(host_scheme(judged->host), a, b);
}

/* ---- installs */

static bool
says_done(const struct run *run)
{
	return span_is(run->outcome, "done") ||
	       span_is(run->outcome, "skipped");
}

/* The installed version is below the one to reach. */
static enum verdict
judge_old(struct judged *judged, const struct step *step, struct span *detail)
{
	const struct run *run = &step->history.forth;
	enum version_order order = compare(judged, step->installed, step->from);

	if (order == VERSION_LESS) {
		*detail = SPAN("older than before the plan");
		return VERDICT_REGRESSION;
	}
	if (order == VERSION_GREATER) {
		*detail = SPAN(
		    "neither the version before nor the one planned");
		return VERDICT_WRONG_VERSION;
	}
	if (says_done(run)) {
		*detail = fleet_text(judged->fleet, "the journal says %.*s",
		    SPAN_ARG(run->outcome));
		return VERDICT_WRONG_VERSION;
	}
	if (run->begun)
		*detail = fleet_text(judged->fleet, "%.*s: %.*s",
		    SPAN_ARG(run->outcome), SPAN_ARG(run->detail));
	else if (step->history.idle.n > 0)
		*detail = step->history.idle;
	else
		*detail = SPAN("no record that it was done");
	return VERDICT_NOT_APPLIED;
}

/*
 * The step was to be undone: what was there before must be there again, whether
 * or not the journal says that it worked.
 */
static enum verdict
judge_undone(
    struct judged *judged, const struct step *step, struct span *detail)
{
	const struct run *back = &step->history.back;

	*detail = fleet_text(judged->fleet, "rollback %.*s: %.*s",
	    SPAN_ARG(back->outcome), SPAN_ARG(back->detail));
	if ((step->installed.n == 0 && span_absent(step->from)) ||
	    compare(judged, step->installed, step->from) == VERSION_EQUAL)
		return VERDICT_ROLLED_BACK;
	return VERDICT_WRONG_VERSION;
}

/* The package is not there; the step may have been to add it. */
static enum verdict
judge_absent(
    struct judged *judged, const struct step *step, struct span *detail)
{
	if (span_absent(step->from) && history_undone(&step->history))
		return judge_undone(judged, step, detail);
	if (span_absent(step->from) && !says_done(&step->history.forth))
		return judge_old(judged, step, detail);
	*detail = SPAN("no longer installed");
	return VERDICT_MISSING;
}

static enum verdict
judge_installed(
    struct judged *judged, const struct step *step, struct span *detail)
{
	const struct run *run = &step->history.forth;
	enum version_order order;

	if (step->installed.n == 0)
		return judge_absent(judged, step, detail);
	if (step->broken.n > 0) {
		*detail = step->broken;
		return VERDICT_HALF_CONFIGURED;
	}
	if (history_undone(&step->history))
		return judge_undone(judged, step, detail);
	order = compare(judged, step->installed, step->to);
	if (order == VERSION_LESS)
		return judge_old(judged, step, detail);
	if (order == VERSION_INVALID) {
		*detail = SPAN("the versions cannot be compared");
		return VERDICT_WRONG_VERSION;
	}
	if (order == VERSION_GREATER) {
		*detail = SPAN("higher than planned");
		return VERDICT_NEWER;
	}
	if (run->begun && !says_done(run))
		*detail = fleet_text(judged->fleet, "the journal says %.*s",
		    SPAN_ARG(run->outcome));
	else if (!run->begun)
		*detail = SPAN("no record that this plan did it");
	return VERDICT_VERIFIED;
}

/*
 * A step that names a tester is verified only when the tester has said so
 * since: the last word counts.
 */
static enum verdict
judge_tested(
    struct judged *judged, const struct step *step, struct span *detail)
{
	const struct fleet *fleet = judged->fleet;
	const struct note *note = note_first(fleet, judged->host, NOTE_TEST);
	const struct note *last = NULL;
	int64_t when, latest = INT64_MIN;

	if (step->history.forth.begun)
		latest = step->history.forth.time;
	else
		timestamp_parse(step->start, &latest);
	for (; note != NULL; note = note_next(fleet, note)) {
		if (!span_equal(note->value[0], step->package) &&
		    !span_absent(note->value[0]) &&
		    !span_is(note->value[0], "*"))
			continue;
		if (!span_list_has(step->tester, note->value[1]) ||
		    !timestamp_parse(note->value[2], &when) || when < latest)
			continue;
		latest = when;
		last = note;
	}
	if (last != NULL && span_is(last->value[3], "passed"))
		return VERDICT_VERIFIED;
	*detail = fleet_text(judged->fleet, "%s by %.*s",
	    last == NULL ? "no test since" : "tested", SPAN_ARG(step->tester));
	return last == NULL ? VERDICT_NOT_TESTED : VERDICT_TEST_FAILED;
}

static void
judge_install(struct judged *judged, struct step *step, struct check *check)
{
	struct span untested;
	enum verdict tested;

	check->expected = history_undone(&step->history) ? step->from
							 : step->to;
	if (judged->host->packages == 0) {
		check->verdict = VERDICT_NOT_EXAMINED;
		check->detail = SPAN("the inventory has no packages of it");
		return;
	}
	check->verdict = judge_installed(judged, step, &check->detail);
	if (!verdict_good(check->verdict) || span_absent(step->tester))
		return;
	tested = judge_tested(judged, step, &untested);
	if (tested == VERDICT_VERIFIED)
		return;
	check->verdict = tested;
	check->detail = untested;
}

/* ---- reboots, restarts */

static void
judge_reboot(struct judged *judged, struct check *check)
{
	const struct look *before = &judged->host->before;
	const struct look *after = &judged->host->after;

	check->actual = after->boot_id;
	if (before->there && !span_absent(before->boot_id))
		check->expected = fleet_text(
		    judged->fleet, "not %.*s", SPAN_ARG(before->boot_id));
	check->detail = judge_reboot_reason(judged);
	if (check->detail.n > 0) {
		check->verdict = VERDICT_REBOOT_PENDING;
	} else if (check->expected.n == 0 || span_absent(after->boot_id)) {
		check->verdict = VERDICT_NOT_EXAMINED;
		check->detail = SPAN("no boot id to compare");
	} else if (span_equal(before->boot_id, after->boot_id)) {
		check->verdict = VERDICT_REBOOT_PENDING;
		check->detail = SPAN("not booted since the plan was made");
	} else {
		check->verdict = VERDICT_VERIFIED;
	}
}

static void
judge_restart(struct judged *judged, struct step *step, struct check *check)
{
	const struct fleet *fleet = judged->fleet;
	const struct note *note = note_first(fleet, judged->host, NOTE_STALE);

	check->verdict = VERDICT_VERIFIED;
	for (; note != NULL; note = note_next(fleet, note)) {
		struct span rest = note->value[0];
		struct span name = span_cut(&rest, '/');

		if (!span_absent(step->package) &&
		    !span_equal(name, step->package))
			continue;
		check->verdict = VERDICT_STALE_SERVICE;
		check->detail = note->value[0];
		return;
	}
	note = note_first(fleet, judged->host, NOTE_NOT_SEEN);
	if (note == NULL)
		return;
	check->verdict = VERDICT_NOT_EXAMINED;
	check->detail = note->value[0];
}

/* ---- removals, hardening, and what only the journal knows */

static void
judge_remove(
    struct judged *judged, const struct step *step, struct check *check)
{
	check->expected = SPAN("absent");
	if (judged->host->packages == 0) {
		check->verdict = VERDICT_NOT_EXAMINED;
		check->detail = SPAN("the inventory has no packages of it");
	} else if (step->installed.n == 0) {
		check->verdict = VERDICT_VERIFIED;
	} else {
		check->verdict = VERDICT_NOT_APPLIED;
		check->detail = step->history.forth.begun
				    ? step->history.forth.outcome
				    : SPAN("no record that it was done");
	}
}

/* Only what pm-verify --baseline says of the fresh facts counts. */
static void
judge_harden(
    struct judged *judged, const struct step *step, struct check *check)
{
	const struct note *note = note_first(
	    judged->fleet, judged->host, NOTE_BASELINE);

	check->expected = SPAN("pass");
	check->verdict = VERDICT_NOT_EXAMINED;
	check->detail = SPAN("no check of this rule in the inventory: put it "
			     "through pm-verify --baseline --keep first");
	for (; note != NULL; note = note_next(judged->fleet, note)) {
		if (!span_equal(note->value[0], step->package))
			continue;
		check->actual = note->value[2];
		check->detail = note->value[1];
		check->verdict = span_is(note->value[1], "pass")
				     ? VERDICT_VERIFIED
				 : span_is(note->value[1], "fail")
				     ? VERDICT_NOT_APPLIED
				     : VERDICT_NOT_EXAMINED;
	}
}

static void
judge_record(const struct step *step, struct check *check)
{
	const struct run *run = &step->history.forth;

	check->actual = run->begun ? run->outcome : step->history.idle;
	check->expected = SPAN("done");
	check->verdict = says_done(run) ? VERDICT_RECORDED
					: VERDICT_NOT_APPLIED;
	check->detail = run->begun ? run->detail
				   : SPAN("no record that it was done");
}

/* ---- visits: the check that ends what is done on a host in one go */

static void
judge_visit(
    struct judged *judged, const struct step *visit, struct check *check)
{
	const struct fleet *fleet = judged->fleet;
	uint64_t all = 0, verified = 0;

	for (uint32_t i = judged->host->first_step; i != NONE;
	     i = fleet->steps[i].next) {
		const struct step *step = &fleet->steps[i];

		if (!step->planned || step->action == ACTION_CHECK ||
		    step->action == ACTION_RECORD ||
		    !span_equal(step->wave, visit->wave))
			continue;
		all++;
		if (verdict_good(step->verdict))
			verified++;
	}
	check->verdict = all == verified ? VERDICT_VERIFIED
					 : VERDICT_INCOMPLETE;
	check->detail = fleet_text(judged->fleet,
	    "%" PRIu64 " of %" PRIu64 " %s verified", verified, all,
	    PLURAL(all, "step", "steps"));
}

/* ---- all steps */

/* What was decided stays, whatever was seen; that goes into the detail. */
static void
judge_decided(
    struct judged *judged, const struct step *step, struct check *check)
{
	check->verdict = step->decided;
	check->detail = step->reason;
	if (judged->obstacle.n > 0 || step->installed.n == 0 ||
	    step->action != ACTION_INSTALL || span_absent(step->to) ||
	    (compare(judged, step->installed, step->to) &
		(VERSION_EQUAL | VERSION_GREATER)) == 0)
		return;
	check->detail = fleet_text(
	    judged->fleet, "%.*s; installed meanwhile", SPAN_ARG(step->reason));
}

static void
judge_step(struct judged *judged, struct step *step)
{
	static const char *const kinds[] = {
	    [ACTION_INSTALL] = "package",
	    [ACTION_REBOOT] = "reboot",
	    [ACTION_RESTART] = "service",
	    [ACTION_CHECK] = "visit",
	    [ACTION_REMOVE] = "package",
	    [ACTION_HARDEN] = "baseline",
	    [ACTION_RECORD] = "action",
	};
	struct check check = {
	    .kind = kinds[step->action],
	    .subject = step->action == ACTION_INSTALL ||
			       step->action == ACTION_REMOVE ||
			       step->action == ACTION_HARDEN
			   ? step->package
			   : step->id,
	    .actual = step->installed,
	    .due = step->due,
	    .of_step = true,
	};

	if (!step->planned) {
		check.expected = step->to;
		judge_decided(judged, step, &check);
	} else if (judged->obstacle.n > 0) {
		check.expected = step->to;
		check.actual = (struct span){NULL, 0};
		check.verdict = VERDICT_NOT_EXAMINED;
		check.detail = judged->obstacle;
	} else if (step->action == ACTION_INSTALL) {
		judge_install(judged, step, &check);
	} else if (step->action == ACTION_REBOOT) {
		judge_reboot(judged, &check);
	} else if (step->action == ACTION_RESTART) {
		judge_restart(judged, step, &check);
	} else if (step->action == ACTION_REMOVE) {
		judge_remove(judged, step, &check);
	} else if (step->action == ACTION_HARDEN) {
		judge_harden(judged, step, &check);
	} else if (step->action == ACTION_RECORD) {
		judge_record(step, &check);
	} else {
		judge_visit(judged, step, &check);
	}
	step->verdict = check.verdict;
	checks_add(judged->checks, &check);
}

static void
check_window(struct judged *judged, const struct step *step)
{
	if (step->history.outside.n == 0)
		return;
	checks_add(judged->checks,
	    &(struct check){.kind = "window",
		.subject = step->id,
		.expected = fleet_text(judged->fleet, "%.*s/%.*s",
		    SPAN_ARG(step->start), SPAN_ARG(step->end)),
		.actual = step->history.outside,
		.verdict = VERDICT_OUTSIDE_WINDOW});
}

void
judge_steps(struct judged *judged)
{
	struct fleet *fleet = judged->fleet;
	uint32_t first = judged->host->first_step;

	for (uint32_t i = first; i != NONE; i = fleet->steps[i].next)
		if (fleet->steps[i].action != ACTION_CHECK)
			judge_step(judged, &fleet->steps[i]);
	for (uint32_t i = first; i != NONE; i = fleet->steps[i].next)
		if (fleet->steps[i].action == ACTION_CHECK)
			judge_step(judged, &fleet->steps[i]);
	for (uint32_t i = first; i != NONE; i = fleet->steps[i].next) {
		check_window(judged, &fleet->steps[i]);
		judge_approval(judged, &fleet->steps[i]);
	}
}
