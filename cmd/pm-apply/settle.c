/* What becomes of the steps of a visit: which are left, may begin, have ended. */
#include "stages.h"

#include "verdict.h"

struct history *
visit_history(const struct visit *visit, struct step *step)
{
	return visit->back ? &step->back : &step->forth;
}

/* Does the journal have it begun and not ended? */
bool
visit_is_open(const struct visit *visit, struct step *step)
{
	enum outcome last = visit_history(visit, step)->last;

	return last == OUTCOME_STARTED || last == OUTCOME_LOST;
}

bool
visit_is_left(const struct visit *visit, struct step *step)
{
	enum outcome last = visit_history(visit, step)->last;

	if (!step->selected || step->result != OUTCOME_NONE)
		return false;
	if (visit->back)
		return step->undo && !step->rolled_back;
	/* After a rollback the plan is not carried out again. */
	if (visit->undone && step->action != ACTION_UNSILENCE &&
	    (last == OUTCOME_FAILED || last == OUTCOME_REFUSED))
		return false;
	return !step->rolled_back && last != OUTCOME_DONE &&
	       last != OUTCOME_SKIPPED;
}

/* A hundred steps that wait for the same thing need one message. */
static void
say_once(
    const struct visit *visit, const char *what, const struct buffer *reason)
{
	static struct buffer last;

	if (span_equal(buffer_span(reason), buffer_span(&last)))
		return;
	buffer_reset(&last);
	buffer_add_span(&last, buffer_span(reason));
	warning("%.*s: %s: %.*s", SPAN_ARG(visit->host), what,
	    SPAN_ARG(buffer_span(reason)));
}

/*
 * May the step begin?  If not, that is its outcome in this run.  A dry run goes
 * on and only says so.
 */
bool
visit_admits(struct visit *visit, struct step *step)
{
	struct buffer reason = {0};
	struct event event = visit_idle_event(visit, OUTCOME_REFUSED, SPAN(""));
	enum pm_exit status;

	/* What goes wrong is taken back although the window has closed. */
	if (visit->back && !visit->site->back)
		return true;
	status = gate_step(&visit->site->gate, step, &reason);
	if (status == PM_EXIT_OK && step->action < ACTION_INSTALL)
		status = gate_visit(
		    &visit->site->gate, visit->steps, visit->count, &reason);
	if (status == PM_EXIT_OK && step->pull != PULL_NOT &&
	    visit->site->transport.kind == TRANSPORT_COMMAND) {
		buffer_printf(&reason,
		    "the host does it by itself: give it the script of "
		    "--export, and --import what comes back");
		status = PM_EXIT_AGAIN;
	}
	if (status == PM_EXIT_OK && !visit->back)
		status = gate_after(&visit->site->gate, step, &reason);
	if (status != PM_EXIT_OK && visit->site->dry_run) {
		say_once(visit, "would be refused", &reason);
		status = PM_EXIT_OK;
	}
	if (status != PM_EXIT_OK) {
		event.rc = status;
		event.detail = buffer_span(&reason);
		say_once(visit, "refused", &reason);
		ledger_report(&visit->site->ledger, step, &event);
	}
	buffer_release(&reason);
	return status == PM_EXIT_OK;
}

/* The package manager would bring it in with the others, so they wait. */
static void
refuse_dependents(struct visit *visit, const struct step *needed)
{
	struct buffer reason = {0};

	buffer_printf(&reason,
	    "others of the visit need %.*s %.*s, which may not be installed",
	    SPAN_ARG(needed->package), SPAN_ARG(needed->to));
	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];
		struct event event = visit_idle_event(
		    visit, OUTCOME_REFUSED, buffer_span(&reason));

		if (!step->pending || visit_is_open(visit, step))
			continue;
		event.rc = PM_EXIT_REFUSED;
		step->pending = false;
		ledger_report(&visit->site->ledger, step, &event);
	}
	buffer_release(&reason);
}

/*
 * One step may name another of the same transaction as coming before, so all are
 * pending before any is asked about, and asked again when one is refused.
 */
void
visit_admit_pending(struct visit *visit, bool begins)
{
	bool again = true;

	while (again) {
		again = false;
		for (size_t i = 0; i < visit->count; i++) {
			struct step *step = visit->steps[i];

			if (!step->pending ||
			    (!begins && visit_is_open(visit, step)) ||
			    visit_admits(visit, step))
				continue;
			step->pending = false;
			if (step->prerequisite)
				refuse_dependents(visit, step);
			again = true;
		}
	}
}

struct event
visit_event(const struct visit *visit, enum outcome outcome, struct span detail)
{
	return (struct event){
	    .outcome = outcome,
	    .back = visit->back,
	    .try = visit->try,
	    .started = visit->began,
	    .ended = gate_now(),
	    .rc = -1,
	    .detail = detail,
	};
}

/* What was only looked at has neither try nor times. */
struct event
visit_idle_event(
    const struct visit *visit, enum outcome outcome, struct span detail)
{
	return (struct event){
	    .outcome = outcome,
	    .back = visit->back,
	    .rc = -1,
	    .detail = detail,
	};
}

void
visit_report(struct visit *visit, struct step *step, enum outcome outcome,
    const char *detail)
{
	struct event event = visit_idle_event(visit, outcome, span_of(detail));

	step->pending = false;
	ledger_report(&visit->site->ledger, step, &event);
}

static bool
is_failure(enum outcome outcome)
{
	return outcome == OUTCOME_FAILED || outcome == OUTCOME_TIMEOUT ||
	       outcome == OUTCOME_LOST || outcome == OUTCOME_UNREACHABLE;
}

/* Settle one pending step. */
void
visit_settle(struct visit *visit, struct step *step, struct event event)
{
	if (event.outcome == OUTCOME_DONE && visit->back) {
		event.outcome = OUTCOME_ROLLED_BACK;
		visit->undone = true;
	}
	step->pending = false;
	if (is_failure(event.outcome))
		visit->failed = true;
	if (visit->site->dry_run)
		ledger_report(&visit->site->ledger, step, &event);
	else
		ledger_settle(&visit->site->ledger, step, &event);
}

/* Settle every pending step in the same way. */
void
visit_settle_all(
    struct visit *visit, enum outcome outcome, struct span detail, int64_t rc)
{
	for (size_t i = 0; i < visit->count; i++) {
		struct event event = visit->site->dry_run
					 ? visit_idle_event(
					       visit, outcome, detail)
					 : visit_event(visit, outcome, detail);

		event.rc = rc;
		if (visit->steps[i]->pending)
			visit_settle(visit, visit->steps[i], event);
	}
}

size_t
visit_pending(const struct visit *visit)
{
	size_t count = 0;

	for (size_t i = 0; i < visit->count; i++)
		count += visit->steps[i]->pending;
	return count;
}

/* Those whose version is there already, whoever put it there. */
void
visit_settle_reached(struct visit *visit, struct span reply, int64_t rc)
{
	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];
		struct buffer remark = {0};
		struct event event;

		if (!step->pending || !action_is_package(step->action) ||
		    !verdict_reached(reply, step, visit->back))
			continue;
		if (visit->back && visit->why_back.n > 0)
			buffer_add_span(&remark, buffer_span(&visit->why_back));
		verdict_remark(&remark, reply, step);
		event = visit_event(visit, OUTCOME_DONE, buffer_span(&remark));
		event.rc = rc;
		if (!visit_is_open(visit, step)) {
			event = visit_idle_event(visit, OUTCOME_SKIPPED,
			    SPAN("the version was there already"));
		}
		visit_settle(visit, step, event);
		buffer_release(&remark);
	}
}
