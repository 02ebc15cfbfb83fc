/* Which step of a visit is next. */
#include "stages.h"

#include "attend.h"
#include "driver.h"

/*
 * Does the operator let these begin?  Nobody is asked where nobody need be
 * present, nor again of what is under way.
 */
static bool
is_let(struct visit *visit, struct step **steps, size_t count)
{
	struct span remark;

	if (count == 0 || visit->site->dry_run || visit->back)
		return true;
	if (attend_ask(visit, QUESTION_BEGIN, steps, count, &remark)) {
		for (size_t i = 0; i < count; i++)
			steps[i]->answer = arena_copy(
			    &visit->site->plan->arena, remark);
		return true;
	}
	warning("%.*s: refused: %.*s", SPAN_ARG(visit->host), SPAN_ARG(remark));
	for (size_t i = 0; i < count; i++) {
		struct event event = visit_idle_event(
		    visit, OUTCOME_REFUSED, remark);

		event.rc = PM_EXIT_REFUSED;
		steps[i]->pending = false;
		ledger_report(&visit->site->ledger, steps[i], &event);
	}
	return false;
}

/* Ask once for all packages of the visit that need somebody present. */
static void
ask_for_packages(struct visit *visit)
{
	struct step **steps = memory_array(
	    NULL, visit->count, sizeof(struct step *));
	size_t count = 0;

	for (size_t i = 0; i < visit->count; i++)
		if (visit->steps[i]->pending && visit->steps[i]->attended &&
		    !visit_is_open(visit, visit->steps[i]))
			steps[count++] = visit->steps[i];
	is_let(visit, steps, count);
	free(steps);
}

bool
visit_begin_packages(struct visit *visit)
{
	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];

		if (action_is_package(step->action))
			step->pending = visit_is_left(visit, step);
	}
	visit_admit_pending(visit, false);
	ask_for_packages(visit);
	if (visit_pending(visit) == 0)
		return false;
	if (visit->site->dry_run)
		visit_send(visit, PHASE_LOOK);
	else
		transaction_begin(visit);
	return true;
}

/* The operator may have done it; otherwise it stays to be done. */
static void
leave_to_person(struct visit *visit, struct step *step)
{
	const char *who = visit->site->gate.attended;
	struct buffer detail = {0};
	struct event event;
	struct span remark;

	if (who == NULL ||
	    !attend_ask(visit, QUESTION_DONE, &step, 1, &remark)) {
		visit_report(visit, step, OUTCOME_MANUAL,
		    "do it by hand and say so with --attended, or name a "
		    "folder with a program for it: --hooks");
		return;
	}
	buffer_printf(&detail, "done by hand; attended by %s, who %.*s", who,
	    SPAN_ARG(remark));
	event = visit_idle_event(visit, OUTCOME_DONE, buffer_span(&detail));
	event.started = event.ended = gate_now();
	visit_settle(visit, step, event);
	buffer_release(&detail);
}

/* What no program can do here and now; manual when a person can. */
static bool
is_impossible(struct visit *visit, struct step *step)
{
	const struct site *site = visit->site;
	bool image = site->transport.kind == TRANSPORT_ROOT;

	switch (step->action) {
	case ACTION_RESTART:
	case ACTION_REBOOT:
		if (image)
			visit_settle(visit, step,
			    visit_idle_event(visit, OUTCOME_SKIPPED,
				SPAN("an image does not run")));
		return image;
	case ACTION_SILENCE:
	case ACTION_BACKUP:
	case ACTION_SNAPSHOT:
	case ACTION_HARDEN:
	case ACTION_UNSILENCE:
		if (!hook_exists(site, step->action))
			leave_to_person(visit, step);
		return !hook_exists(site, step->action);
	default:
		return false;
	}
}

/* The alarm is put back whatever became of the visit. */
static bool
was_silenced(const struct visit *visit)
{
	for (size_t i = 0; i < visit->count; i++)
		if (visit->steps[i]->action == ACTION_SILENCE &&
		    visit->steps[i]->forth.last == OUTCOME_DONE)
			return true;
	return false;
}

/* Begin one step that is not of packages; false when it is settled. */
static bool
begin_step(struct visit *visit, struct step *step)
{
	bool hook = hook_exists(visit->site, step->action);

	if (visit->site->dry_run) {
		visit_report(visit, step, OUTCOME_DRY_RUN, "");
		return false;
	}
	if (visit->undone && step->action != ACTION_UNSILENCE) {
		visit_settle(visit, step,
		    visit_idle_event(visit, OUTCOME_REFUSED,
			SPAN("the visit was rolled back")));
		return false;
	}
	if (!(step->action == ACTION_UNSILENCE && was_silenced(visit)) &&
	    !visit_is_open(visit, step) && !visit_admits(visit, step))
		return false;
	if (is_impossible(visit, step))
		return false;
	if (step->attended && !visit_is_open(visit, step) &&
	    !is_let(visit, &step, 1))
		return false;
	visit->current = step;
	step->pending = true;
	if (step->action == ACTION_CHECK)
		check_begin(visit, step);
	else if (hook)
		hook_begin(visit, step);
	else
		transaction_begin(visit);
	return true;
}

void
visit_next(struct visit *visit)
{
	visit->current = NULL;
	if (visit->back && !visit->site->back)
		visit->back = false;
	for (unsigned action = 0; action < ACTIONS; action++) {
		if (action == ACTION_INSTALL && visit_begin_packages(visit))
			return;
		if (action_is_package((enum step_action)action))
			continue;
		for (size_t i = 0; i < visit->count; i++) {
			struct step *step = visit->steps[i];

			if ((unsigned)step->action == action &&
			    visit_is_left(visit, step) &&
			    begin_step(visit, step))
				return;
		}
	}
	visit->over(visit);
}
