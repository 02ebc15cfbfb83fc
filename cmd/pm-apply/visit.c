#include "stages.h"

#include <inttypes.h>
#include <signal.h>

#include "driver.h"
#include "verdict.h"
#include "version.h"

enum {
	SILENCE_LIMIT = 600 * SECOND, /* for a host that has begun */
	OVERTIME = 120 /* seconds more than two limits on the target */
};

/* What there is to say of a job that brought no whole reply. */
static void
describe_silence(struct buffer *out, const struct run_job *job)
{
	struct span messages = buffer_span(&job->messages);
	struct span last = {0};

	switch (job->result) {
	case RUN_NOT_STARTED:
		buffer_printf(out, "%s cannot be started: %s", job->argv[0],
		    strerror(job->status));
		return;
	case RUN_TIMEOUT:
		buffer_printf(
		    out, "no answer within %" PRId64 " s", job->limit / SECOND);
		break;
	case RUN_SIGNALLED:
		buffer_printf(out, "%s was ended by signal %d (%s)",
		    job->argv[0], job->status, strsignal(job->status));
		break;
	default:
		buffer_printf(out,
		    "%s ended with %d before the answer was "
		    "complete",
		    job->argv[0], job->status);
	}
	while (messages.p != NULL) {
		struct span line = span_trim(span_cut(&messages, '\n'));

		if (line.n > 0)
			last = line;
	}
	if (last.n > 0)
		buffer_printf(out, ": %.*s", SPAN_ARG(last));
}

static void
retry(struct run_job *job)
{
	struct visit *visit = job->context;

	transaction_ask(visit);
}

/*
 * A host that was never reached has not begun anything.  One that has begun
 * goes on by itself: it is asked again for a while.
 */
static void
unanswered(struct visit *visit)
{
	int64_t now = run_clock(), limit = SILENCE_LIMIT, pause;
	struct buffer reason = {0};

	describe_silence(&reason, &visit->job);
	if (limit > visit->site->timeout * SECOND)
		limit = visit->site->timeout * SECOND;
	if (visit->silent == 0)
		visit->silent = now;
	pause = (now - visit->silent) / 2 + SECOND;
	if (visit->phase == PHASE_CHECK || visit->phase == PHASE_BOOT)
		visit->current->pending = true;
	if (visit->phase == PHASE_CHECK || visit->phase == PHASE_BOOT ||
	    !visit->open) {
		visit_settle_all(
		    visit, OUTCOME_UNREACHABLE, buffer_span(&reason), -1);
	} else if (!visit->answered || now - visit->silent >= limit) {
		visit_settle_all(visit, OUTCOME_LOST, buffer_span(&reason), -1);
	} else {
		warning("%.*s: %.*s; asking again", SPAN_ARG(visit->host),
		    SPAN_ARG(buffer_span(&reason)));
		visit->job.ended = retry;
		run_later(
		    &visit->job, pause < 30 * SECOND ? pause : 30 * SECOND);
		buffer_release(&reason);
		return;
	}
	buffer_release(&reason);
	visit_look_after(visit);
}

static void
dispatch(struct visit *visit, struct span reply, uint64_t status)
{
	struct reply_line line = {0};
	struct buffer detail = {0};
	uint64_t rc = 0;

	if (visit->phase != PHASE_SIMULATE && status != 0) {
		verdict_errors(&detail, reply, "the driver failed");
		if (visit->phase == PHASE_CHECK || visit->phase == PHASE_BOOT)
			visit->current->pending = true;
		visit_settle_all(visit, OUTCOME_FAILED, buffer_span(&detail),
		    (int64_t)status);
		buffer_release(&detail);
		visit_look_after(visit);
		return;
	}
	reply_find(reply, "transaction", NULL, &line);
	if (line.field[2].n > 0 && !span_number(line.field[2], &rc))
		rc = 1;
	switch (visit->phase) {
	case PHASE_ASK:
		transaction_asked(visit, reply, line.field[1], rc);
		break;
	case PHASE_START:
		visit_send(visit, PHASE_FOLLOW);
		break;
	case PHASE_FOLLOW:
		transaction_followed(visit, reply, line.field[1], rc);
		break;
	case PHASE_CHECK:
		afterwards_checked(visit, reply);
		break;
	case PHASE_BOOT:
		afterwards_boot_seen(visit, reply);
		break;
	case PHASE_LOOK:
		visit_settle_reached(visit, reply, -1);
		if (visit_pending(visit) > 0)
			visit_send(visit, PHASE_SIMULATE);
		else
			visit_look_after(visit);
		break;
	case PHASE_SIMULATE:
		rehearsal_simulated(visit, reply, status);
		break;
	default:
		rehearsal_way_back(visit, reply);
	}
}

void
visit_replied(struct run_job *job)
{
	struct visit *visit = job->context;
	struct buffer reply = job->output;
	uint64_t status;

	if (job->result == RUN_ABANDONED) {
		visit->interrupted = true;
		visit->over(visit);
		return;
	}
	/* The next job of the visit fills the buffer anew: keep this reply. */
	job->output = (struct buffer){0};
	if (job->output_cut || !reply_whole(buffer_span(&reply),
				   visit_verbs[visit->phase], &status)) {
		unanswered(visit);
	} else {
		visit->silent = 0;
		visit->answered = true;
		dispatch(visit, buffer_span(&reply), status);
	}
	buffer_release(&reply);
}

void
visit_leave(
    struct visit *visit, enum outcome outcome, int64_t rc, const char *reason)
{
	for (size_t i = 0; i < visit->count; i++) {
		struct event event = visit_idle_event(
		    visit, outcome, span_of(reason));

		event.rc = rc;
		if (visit_is_left(visit, visit->steps[i]))
			ledger_report(
			    &visit->site->ledger, visit->steps[i], &event);
	}
}

/* Only what the driver can do; never a guess. */
static void
refuse_system(struct visit *visit)
{
	struct span os = plan_os(visit->site->plan, visit->host);
	struct buffer reason = {0};

	if (span_absent(os))
		buffer_printf(&reason, "the plan does not say which system the "
				       "host has");
	else
		buffer_printf(&reason,
		    "there is no driver for %.*s; install by "
		    "hand, pm-verify sees whether it was",
		    SPAN_ARG(os));
	buffer_add_byte(&reason, '\0');
	warning("%.*s: refused: %s", SPAN_ARG(visit->host), reason.p);
	visit_leave(visit, OUTCOME_REFUSED, PM_EXIT_REFUSED, reason.p);
	buffer_release(&reason);
	visit->over(visit);
}

void
visit_begin(struct visit *visit)
{
	const struct site *site = visit->site;

	if (version_scheme_of(plan_os(site->plan, visit->host)) !=
	    VERSION_DEB) {
		refuse_system(visit);
		return;
	}
	visit->began = gate_now();
	visit->until = run_clock() + (2 * site->timeout + OVERTIME) * SECOND;
	transaction_find_try(visit);
	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];

		if (step->action == ACTION_INSTALL &&
		    visit_is_left(visit, step))
			step->pending = visit_is_open(visit, step) ||
					visit_admits(visit, step);
	}
	if (visit_pending(visit) == 0)
		visit_look_after(visit);
	else if (site->dry_run)
		visit_send(visit, PHASE_LOOK);
	else
		transaction_ask(visit);
}

void
visit_release(struct visit *visit)
{
	run_release(&visit->job);
	buffer_release(&visit->script);
	arena_release(&visit->arena);
	free(visit->steps);
}
