#include "stages.h"

#include <inttypes.h>
#include <signal.h>

#include "driver.h"
#include "verdict.h"

enum {
	SILENCE_LIMIT = 600 * SECOND /* for a host that has begun */
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
	case RUN_OVERFLOW:
		buffer_add_span(out, SPAN("an answer that does not end"));
		return;
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

static bool
is_rebooting(const struct visit *visit)
{
	return visit->current != NULL && visit->open &&
	       visit->current->action == ACTION_REBOOT;
}

/*
 * How long a host is asked again that has begun: it goes on by itself.  One
 * that was told to reboot must be back in time; one that an earlier run has
 * given up is asked once.
 */
static int64_t
patience(struct visit *visit)
{
	int64_t limit = SILENCE_LIMIT;

	if (is_rebooting(visit)) {
		if (visit->current->forth.last == OUTCOME_LOST)
			return 0;
		return visit->until - visit->silent;
	}
	if (!visit->answered)
		return 0;
	if (limit > visit->site->timeout * SECOND)
		limit = visit->site->timeout * SECOND;
	return limit;
}

static void
ask_again(struct visit *visit, struct span reason, int64_t waited)
{
	enum { LONGEST = 30 * SECOND };
	int64_t pause = waited / 2 + SECOND;

	if (is_rebooting(visit)) {
		pause = 2 * SECOND;
		if (!visit->told)
			warning("%.*s: reboots; waiting for it",
			    SPAN_ARG(visit->host));
		visit->told = true;
	} else {
		warning("%.*s: %.*s; asking again", SPAN_ARG(visit->host),
		    SPAN_ARG(reason));
	}
	visit->job.ended = retry;
	run_later(&visit->job, pause < LONGEST ? pause : LONGEST);
}

/* A host that was never reached has not begun anything. */
static void
unanswered(struct visit *visit)
{
	int64_t now = run_clock();
	struct buffer reason = {0};

	describe_silence(&reason, &visit->job);
	if (visit->silent == 0)
		visit->silent = now;
	if (visit->phase == PHASE_CHECK || !visit->open) {
		visit_settle_all(
		    visit, OUTCOME_UNREACHABLE, buffer_span(&reason), -1);
	} else if (now - visit->silent < patience(visit)) {
		ask_again(visit, buffer_span(&reason), now - visit->silent);
		buffer_release(&reason);
		return;
	} else {
		if (is_rebooting(visit))
			buffer_add_span(&reason,
			    SPAN("; it was told to reboot and did not come "
				 "back in time"));
		visit_settle_all(visit, OUTCOME_LOST, buffer_span(&reason), -1);
	}
	buffer_release(&reason);
	visit_next(visit);
}

static void
dispatch(struct visit *visit, struct span reply, uint64_t status)
{
	struct reply_line line = {0};
	struct buffer detail = {0};
	uint64_t rc = 0;

	if (visit->phase != PHASE_SIMULATE && status != 0) {
		verdict_errors(&detail, reply, "the driver failed");
		visit_settle_all(visit, OUTCOME_FAILED, buffer_span(&detail),
		    (int64_t)status);
		buffer_release(&detail);
		visit_next(visit);
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
		transaction_started(visit, reply);
		break;
	case PHASE_FOLLOW:
		transaction_followed(visit, reply, line.field[1], rc);
		break;
	case PHASE_CHECK:
		check_replied(visit, reply);
		break;
	case PHASE_LOOK:
		visit_settle_reached(visit, reply, -1);
		if (visit_pending(visit) > 0)
			visit_send(visit, PHASE_SIMULATE);
		else
			visit_next(visit);
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
	if (visit->phase == PHASE_HOOK) {
		hook_ended(visit);
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

/* Only what a driver can do; never a guess. */
static void
refuse_system(struct visit *visit, struct span os)
{
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
	const struct plan_host *host = plan_host(site->plan, visit->host);
	struct span os = host == NULL ? SPAN("-") : host->os;

	visit->driver = driver_for(site->drivers, os);
	if (visit->driver.n == 0) {
		refuse_system(visit, os);
		return;
	}
	snprintf(visit->name, sizeof(visit->name), "%.16s-%u",
	    site->plan->digest, visit->number);
	visit->back = site->back;
	for (size_t i = 0; i < visit->count; i++)
		visit->undone |= visit->steps[i]->rolled_back;
	if (site->back || site->dry_run || !backout_resume(visit))
		visit_next(visit);
}

void
visit_release(struct visit *visit)
{
	run_release(&visit->job);
	buffer_release(&visit->script);
	buffer_release(&visit->why_back);
	arena_release(&visit->arena);
	free(visit->steps);
	free(visit->limits);
}
