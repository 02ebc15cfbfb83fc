/* What comes after the transaction of a visit: restarts, reboot, check. */
#include "stages.h"

#include "driver.h"
#include "verdict.h"

static void
report_manual(struct visit *visit, struct step *step, const char *detail)
{
	struct event event = visit_idle_event(
	    visit, OUTCOME_MANUAL, span_of(detail));

	ledger_report(&visit->site->ledger, step, &event);
}

static void
skip(struct visit *visit, struct step *step, const char *detail)
{
	struct event event = visit_idle_event(
	    visit, OUTCOME_SKIPPED, span_of(detail));

	ledger_settle(&visit->site->ledger, step, &event);
}

/*
 * A reboot is for a person to do, at a time that suits.  The journal keeps
 * which boot it was when the reboot became due; another one settles the step.
 */
void
afterwards_boot_seen(struct visit *visit, struct span reply)
{
	static const char word[] = "running since boot ";
	struct step *step = visit->current;
	struct buffer detail = {0};
	struct reply_line line = {0};
	struct event event;

	reply_find(reply, "boot", NULL, &line);
	buffer_printf(&detail, "%s%.*s", word, SPAN_ARG(line.field[1]));
	if (step->forth.last != OUTCOME_STARTED) {
		event = visit_event(
		    visit, OUTCOME_STARTED, buffer_span(&detail));
		event.ended = 0;
		ledger_begin(&visit->site->ledger, step, &event);
	} else if (!span_equal(step->forth.detail, buffer_span(&detail))) {
		event = visit_event(visit, OUTCOME_DONE, buffer_span(&detail));
		visit_settle(visit, step, event);
	}
	if (step->result == OUTCOME_NONE)
		report_manual(
		    visit, step, "reboot it by hand, then start this again");
	buffer_release(&detail);
	visit_look_after(visit);
}

void
afterwards_checked(struct visit *visit, struct span reply)
{
	struct buffer detail = {0};
	struct span package;
	struct event event = visit_event(visit, OUTCOME_DONE, SPAN(""));
	size_t good = 0;

	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];

		if (!visit_concerns(visit, step))
			continue;
		if (verdict_reached(reply, step, false)) {
			good++;
			continue;
		}
		if (detail.n > 0)
			buffer_add_span(&detail, SPAN("; "));
		verdict_explain(&detail, reply, step);
	}
	if (verdict_broken(reply, &package))
		buffer_printf(&detail, "%s%.*s is not in order, see dpkg -C",
		    detail.n > 0 ? "; " : "", SPAN_ARG(package));
	if (detail.n > 0)
		event.outcome = OUTCOME_FAILED;
	else
		buffer_printf(
		    &detail, "%zu packages as planned, all in order", good);
	event.detail = buffer_span(&detail);
	visit->current->pending = true;
	visit_settle(visit, visit->current, event);
	buffer_release(&detail);
	visit_look_after(visit);
}

/* The steps of the visit that come after its transaction, one by one. */
void
visit_look_after(struct visit *visit)
{
	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];

		if (step->action == ACTION_INSTALL ||
		    !visit_is_left(visit, step))
			continue;
		if (visit->site->dry_run) {
			struct event event = visit_idle_event(
			    visit, OUTCOME_DRY_RUN, SPAN(""));

			ledger_report(&visit->site->ledger, step, &event);
			continue;
		}
		if (!visit_admits(visit, step))
			continue;
		if (step->action == ACTION_RESTART) {
			report_manual(visit, step,
			    "restart it by hand; pm-verify sees whether it was");
			continue;
		}
		if (step->action == ACTION_REBOOT &&
		    visit->site->transport.kind == TRANSPORT_ROOT) {
			skip(visit, step, "an image does not run");
			continue;
		}
		visit->current = step;
		visit->try = 1;
		visit->began = gate_now();
		visit_send(visit,
		    step->action == ACTION_CHECK ? PHASE_CHECK : PHASE_BOOT);
		return;
	}
	visit->over(visit);
}
