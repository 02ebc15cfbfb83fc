/* What runs on the host, detached: the packages of a visit, or one step. */
#include "gates.h"
#include "stages.h"

#include <inttypes.h>

#include "verdict.h"

enum {
	TRIES = 1000,
	STARTS = 5,    /* when no answer comes to a start */
	OVERTIME = 120 /* seconds more than two limits on the target */
};

/* The open try, or the one after the last. */
static void
find_try(struct visit *visit)
{
	visit->try = 0;
	visit->open = false;
	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];
		const struct history *history = visit_history(visit, step);

		if (visit->current != NULL ? step != visit->current
					   : !action_is_package(step->action))
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

enum step_action
transaction_action(const struct visit *visit)
{
	return visit->current == NULL ? ACTION_INSTALL : visit->current->action;
}

void
transaction_begin(struct visit *visit)
{
	const struct site *site = visit->site;
	bool reboot = transaction_action(visit) == ACTION_REBOOT;

	visit->began = gate_now();
	visit->until = run_clock() + (reboot ? site->reboot_wait
					     : 2 * site->timeout + OVERTIME) *
					 SECOND;
	visit->starts = 0;
	visit->again = visit->told = false;
	visit->silent = 0;
	find_try(visit);
	transaction_ask(visit);
}

/*
 * Asking happens under the id of the try that is open, or the next one.  The
 * id follows from plan, visit and try, so that every later run finds it.
 */
void
transaction_ask(struct visit *visit)
{
	const char *action = visit->back
				 ? "rollback"
				 : action_name(transaction_action(visit));

	snprintf(visit->id, sizeof(visit->id), "%s-%s%" PRIu64, visit->name,
	    action, visit->try);
	visit_send(visit, PHASE_ASK);
}

void
transaction_record(struct visit *visit, const char *what)
{
	const char *attended = visit->site->gate.attended;
	struct buffer detail = {0};

	ledger_reserve(&visit->site->ledger, visit->count);
	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];
		const struct history *history = visit_history(visit, step);
		struct event event;

		if (!step->pending || (history->last == OUTCOME_STARTED &&
					  history->try == visit->try))
			continue;
		buffer_reset(&detail);
		buffer_printf(&detail, "%s %s", what, visit->id);
		if (attended != NULL)
			buffer_printf(&detail, "; attended by %s", attended);
		if (step->answer.n > 0)
			buffer_printf(
			    &detail, ", who %.*s", SPAN_ARG(step->answer));
		if (visit->current != NULL)
			gates_harden_journal(
			    &visit->site->gate, visit->current, &detail);
		event = visit_event(
		    visit, OUTCOME_STARTED, buffer_span(&detail));
		event.ended = 0;
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
		visit_next(visit);
		return;
	}
	if (visit->again) {
		visit_settle_all(visit, OUTCOME_LOST,
		    SPAN("the transaction stopped twice without an end; see "
			 "its log below /var/lib/pm on the host"),
		    -1);
		visit_next(visit);
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

void
transaction_asked(
    struct visit *visit, struct span reply, struct span state, uint64_t rc)
{
	if (span_is(state, "running")) {
		transaction_record(visit, "transaction");
		visit_send(visit, PHASE_FOLLOW);
	} else if (span_is(state, "unknown")) {
		visit_settle_reached(visit, reply, -1);
		/* Asking is always allowed; beginning when nothing bars it. */
		if (visit->current == NULL)
			visit_admit_pending(visit, true);
		if (visit_pending(visit) == 0) {
			visit_next(visit);
			return;
		}
		if (visit->starts++ == STARTS) {
			visit_settle_all(visit, OUTCOME_LOST,
			    SPAN("the host never answered that it began"), -1);
			visit_next(visit);
			return;
		}
		transaction_record(visit, "transaction");
		visit_send(visit, PHASE_START);
	} else if (visit->open && span_is(state, "ended")) {
		transaction_ended(visit, reply, rc);
	} else if (visit->open) {
		begin_again(visit, reply);
	} else if (visit->try < TRIES) {
		/* Known to the host, not to the journal: an older try. */
		visit->try++;
		transaction_ask(visit);
	} else {
		visit_settle_all(
		    visit, OUTCOME_FAILED, SPAN("too many tries"), -1);
		visit_next(visit);
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
		visit_next(visit);
	} else if (span_is(state, "ended")) {
		transaction_ended(visit, reply, rc);
	} else if (span_is(state, "lost")) {
		begin_again(visit, reply);
	} else {
		/* It was begun; that the host forgot it is no good sign. */
		visit_settle_reached(visit, reply, -1);
		visit_settle_all(visit, OUTCOME_LOST,
		    SPAN("the host does not know the transaction any more"),
		    -1);
		visit_next(visit);
	}
}

/* Begun, or refused on the host at the last moment. */
void
transaction_started(struct visit *visit, struct span reply)
{
	struct buffer detail = {0};
	struct reply_line line;

	if (!reply_find(reply, "refused", NULL, &line)) {
		visit_send(visit, PHASE_FOLLOW);
		return;
	}
	while (reply_next(&reply, &line)) {
		if (!span_is(line.field[0], "refused"))
			continue;
		if (detail.n > 0)
			buffer_add_span(&detail, SPAN("; "));
		buffer_add_span(&detail, line.field[1]);
	}
	warning("%.*s: refused: %.*s", SPAN_ARG(visit->host),
	    SPAN_ARG(buffer_span(&detail)));
	visit_settle_all(
	    visit, OUTCOME_REFUSED, buffer_span(&detail), PM_EXIT_REFUSED);
	buffer_release(&detail);
	visit_next(visit);
}
