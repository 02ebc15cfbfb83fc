#include "schedule.h"

#include <inttypes.h>

#include "progress.h"

static struct schedule *running; /* for the signal's function */

static bool
belongs(const struct visit *visit, const struct step *step)
{
	const struct step *first = visit->steps[0];

	return visit->wave == step->wave &&
	       span_equal(visit->host, step->host) &&
	       first->start == step->start && first->end == step->end;
}

static void
add_step(struct visit *visit, struct step *step)
{
	visit->steps = memory_grow(visit->steps, &visit->capacity,
	    visit->count + 1, sizeof(struct step *));
	visit->steps[visit->count++] = step;
}

static int
by_wave(const void *a, const void *b)
{
	const struct visit *x = a, *y = b;

	if (x->wave != y->wave)
		return x->wave < y->wave ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/*
 * A plan lists the steps of a visit together, so the visit that a step belongs
 * to is one of the last few.
 */
void
schedule_make(struct schedule *schedule, struct site *site)
{
	enum { LOOK_BACK = 8 };
	struct plan *plan = site->plan;
	size_t capacity = 0;

	schedule->site = site;
	for (size_t i = 0; i < plan->count; i++) {
		struct step *step = &plan->steps[i];
		struct visit *visit = NULL;

		for (size_t back = 1; visit == NULL && back <= LOOK_BACK &&
				      back <= schedule->count;
		     back++)
			if (belongs(&schedule->visits[schedule->count - back],
				step))
				visit =
				    &schedule->visits[schedule->count - back];
		if (visit == NULL) {
			schedule->visits = memory_grow(schedule->visits,
			    &capacity, schedule->count + 1, sizeof(*visit));
			visit = &schedule->visits[schedule->count++];
			*visit = (struct visit){
			    .site = site,
			    .host = step->host,
			    .wave = step->wave,
			    .number = (unsigned)schedule->count,
			    .context = schedule,
			};
		}
		add_step(visit, step);
	}
	if (schedule->count > 0)
		qsort(schedule->visits, schedule->count,
		    sizeof(*schedule->visits), by_wave);
}

static bool
is_concerned(const struct visit *visit)
{
	for (size_t i = 0; i < visit->count; i++)
		if (visit->steps[i]->selected)
			return true;
	return false;
}

size_t
schedule_visits(const struct schedule *schedule)
{
	size_t count = 0;

	for (size_t i = 0; i < schedule->count; i++)
		count += is_concerned(&schedule->visits[i]);
	return count;
}

/* Why no further visit is begun, or NULL. */
static const char *
bar(struct schedule *schedule)
{
	if (schedule->failed >= schedule->max_fail) {
		schedule->halted = true;
		return "halted: too many hosts failed before, see --max-fail";
	}
	if (schedule->interrupted)
		return "interrupted before it was begun; start again";
	if (schedule->site->until != 0 &&
	    run_clock() >= schedule->site->until) {
		schedule->late = true;
		return "not begun within --run-timeout; start again";
	}
	return NULL;
}

/*
 * While something is under way, what may not begin yet may do so later.  When
 * nothing is, it is tried anyway, and its gates say why not.
 */
static struct visit *
next_visit(struct schedule *schedule)
{
	struct visit *visit;

	if (schedule->active > 0 && schedule->active >= schedule->jobs)
		return NULL;
	visit = turns_next(&schedule->turns, false);
	if (visit == NULL && schedule->active == 0)
		visit = turns_next(&schedule->turns, true);
	return visit;
}

static void
leave_rest(struct schedule *schedule, const char *reason)
{
	for (size_t i = 0; i < schedule->count; i++) {
		struct visit *visit = &schedule->visits[i];

		if (visit->begun || !is_concerned(visit))
			continue;
		visit->begun = visit->ended = true;
		visit_leave(visit, OUTCOME_REFUSED,
		    schedule->halted ? PM_EXIT_HALTED : PM_EXIT_AGAIN, reason);
	}
}

static void
begin_some(struct schedule *schedule)
{
	struct visit *visit;

	schedule->beginning = true;
	while ((visit = next_visit(schedule)) != NULL) {
		const char *reason = bar(schedule);

		if (reason != NULL) {
			leave_rest(schedule, reason);
			break;
		}
		turns_begun(&schedule->turns, visit);
		schedule->active++;
		visit_begin(visit);
	}
	schedule->beginning = false;
}

static void
visit_over(struct visit *visit)
{
	struct schedule *schedule = visit->context;

	schedule->active--;
	turns_over(&schedule->turns, visit);
	schedule->failed += visit->failed;
	schedule->answered += visit->answered;
	schedule->over++;
	progress_show();
	if (visit->interrupted)
		visit_leave(visit, OUTCOME_LOST, -1,
		    "interrupted; what was "
		    "begun goes on at the host, start again to learn of it");
	if (!schedule->beginning)
		begin_some(schedule);
}

static void
interrupted(unsigned count)
{
	running->interrupted = true;
	if (count == 1) {
		warning("interrupted: waiting for what is under way, beginning"
			" nothing more; once more to leave it");
		return;
	}
	run_abandon();
}

void
schedule_run(struct schedule *schedule)
{
	running = schedule;
	run_catch_signals(interrupted);
	progress_start(schedule);
	schedule->turns = (struct turns){.plan = schedule->site->plan,
	    .any_time = schedule->site->back || schedule->site->dry_run};
	for (size_t i = 0; i < schedule->count; i++) {
		schedule->visits[i].over = visit_over;
		if (is_concerned(&schedule->visits[i]))
			turns_add(&schedule->turns, &schedule->visits[i]);
	}
	begin_some(schedule);
	run_wait();
	progress_end();
}

void
schedule_release(struct schedule *schedule)
{
	turns_release(&schedule->turns);
	for (size_t i = 0; i < schedule->count; i++)
		visit_release(&schedule->visits[i]);
	free(schedule->visits);
}
