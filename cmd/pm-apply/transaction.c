/* The installations of a visit, which are one transaction on the host. */
#include "stages.h"

#include <inttypes.h>

#include "verdict.h"

enum {
	TRIES = 1000,
	STARTS = 5 /* when no answer comes to a start */
};

/* The open try of the visit, or the one after the last. */
void
transaction_find_try(struct visit *visit)
{
	visit->try = 0;
	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];
		const struct history *history = visit_history(visit, step);

		if (step->action != ACTION_INSTALL)
			continue;
		if (history->try > visit->try) {
			visit->try = history->try;
			visit->open = false;
		}
		if (history->try == visit->try && visit_is_open(visit, step))
			visit->open = true;
	}
	if (!visit->open)
		visit->try++;
}

/*
 * Asking happens under the id of the try that is open, or the next one.  The
 * id follows from plan, visit and try, so that every later run finds it.
 */
void
transaction_ask(struct visit *visit)
{
	snprintf(visit->id, sizeof(visit->id), "%.16s-%u-%s%" PRIu64,
	    visit->site->plan->digest, visit->number,
	    visit->site->back ? "rollback" : "install", visit->try);
	visit_send(visit, PHASE_ASK);
}

/* The transaction has ended with rc; what is not there did not work. */
static void
settle_ended(struct visit *visit, struct span reply, uint64_t rc)
{
	enum { TIMED_OUT = 124 }; /* timeout(1) */

	visit_settle_reached(visit, reply, (int64_t)rc);
	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];
		struct buffer detail = {0};
		struct event event;

		if (!step->pending)
			continue;
		verdict_explain(&detail, reply, step);
		event = visit_event(
		    visit, OUTCOME_FAILED, buffer_span(&detail));
		event.rc = (int64_t)rc;
		if (rc == TIMED_OUT)
			event.outcome = OUTCOME_TIMEOUT;
		visit_settle(visit, step, event);
		buffer_release(&detail);
	}
	visit_look_after(visit);
}

/* Record that the pending steps begin, unless the journal says so already. */
static void
record_begin(struct visit *visit)
{
	const char *attended = visit->site->gate.attended;
	struct buffer detail = {0};
	struct event event;

	ledger_reserve(&visit->site->ledger, visit->count);
	buffer_printf(&detail, "transaction %s", visit->id);
	if (attended != NULL)
		buffer_printf(&detail, "; attended by %s", attended);
	event = visit_event(visit, OUTCOME_STARTED, buffer_span(&detail));
	event.ended = 0;
	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];
		const struct history *history = visit_history(visit, step);

		if (step->pending && (history->last != OUTCOME_STARTED ||
					 history->try != visit->try))
			ledger_begin(&visit->site->ledger, step, &event);
	}
	buffer_release(&detail);
	visit->open = true;
}

/* The transaction stopped without an end: power loss, or it was killed. */
static void
begin_again(struct visit *visit, struct span reply)
{
	visit_settle_reached(visit, reply, -1);
	if (visit_pending(visit) == 0) {
		visit_look_after(visit);
		return;
	}
	if (visit->again) {
		visit_settle_all(visit, OUTCOME_LOST,
		    SPAN("the transaction stopped twice without an end; see "
			 "its log below /var/lib/pm on the host"),
		    -1);
		visit_look_after(visit);
		return;
	}
	warning("%.*s: the transaction %s stopped without an end; it is begun "
		"again",
	    SPAN_ARG(visit->host), visit->id);
	visit->again = true;
	visit->open = false;
	visit->try++;
	transaction_ask(visit);
}

/* Asking is always allowed; beginning only when nothing bars it. */
static void
admit_pending(struct visit *visit)
{
	for (size_t i = 0; i < visit->count; i++)
		if (visit->steps[i]->pending)
			visit->steps[i]->pending = visit_admits(
			    visit, visit->steps[i]);
}

void
transaction_asked(
    struct visit *visit, struct span reply, struct span state, uint64_t rc)
{
	if (span_is(state, "running")) {
		record_begin(visit);
		visit_send(visit, PHASE_FOLLOW);
	} else if (span_is(state, "unknown")) {
		visit_settle_reached(visit, reply, -1);
		admit_pending(visit);
		if (visit_pending(visit) == 0) {
			visit_look_after(visit);
			return;
		}
		if (visit->starts++ == STARTS) {
			visit_settle_all(visit, OUTCOME_LOST,
			    SPAN("the host never answered that it began"), -1);
			visit_look_after(visit);
			return;
		}
		record_begin(visit);
		visit_send(visit, PHASE_START);
	} else if (visit->open && span_is(state, "ended")) {
		settle_ended(visit, reply, rc);
	} else if (visit->open) {
		begin_again(visit, reply);
	} else if (visit->try < TRIES) {
		/* Known to the host, not to the journal: an older try. */
		visit->try++;
		transaction_ask(visit);
	} else {
		visit_settle_all(
		    visit, OUTCOME_FAILED, SPAN("too many tries"), -1);
		visit_look_after(visit);
	}
}

void
transaction_followed(
    struct visit *visit, struct span reply, struct span state, uint64_t rc)
{
	if (span_is(state, "running") && run_clock() < visit->until) {
		visit_send(visit, PHASE_FOLLOW);
	} else if (span_is(state, "running")) {
		visit_settle_all(visit, OUTCOME_TIMEOUT,
		    SPAN("the transaction does not end although its time is "
			 "over; look at the host"),
		    -1);
		visit_look_after(visit);
	} else if (span_is(state, "ended")) {
		settle_ended(visit, reply, rc);
	} else if (span_is(state, "lost")) {
		begin_again(visit, reply);
	} else {
		/* It was begun; that the host forgot it is no good sign. */
		visit_settle_reached(visit, reply, -1);
		visit_settle_all(visit, OUTCOME_LOST,
		    SPAN("the host does not know the transaction any more"),
		    -1);
		visit_look_after(visit);
	}
}
