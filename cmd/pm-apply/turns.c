#include "turns.h"

#include <stdlib.h>

/* ---- who may be under way beside whom */

static void
add_limit(
    struct turns *turns, struct visit *visit, struct span name, uint64_t most)
{
	uint32_t at = intern_add(&turns->names, name);

	while (turns->busy_capacity <= at) {
		size_t had = turns->busy_capacity;

		turns->busy = memory_grow(turns->busy, &turns->busy_capacity,
		    (size_t)at + 1, sizeof(*turns->busy));
		memset(turns->busy + had, 0,
		    (turns->busy_capacity - had) * sizeof(*turns->busy));
	}
	visit->limits = memory_grow(visit->limits, &visit->limit_capacity,
	    visit->limit_count + 1, sizeof(*visit->limits));
	visit->limits[visit->limit_count++] = (struct limit){at, most};
}

/* NAME=NUMBER, with commas between; a host is one name more. */
static void
add_limits(struct turns *turns, struct visit *visit)
{
	add_limit(turns, visit, visit->host, 1);
	for (size_t i = 0; i < visit->count; i++) {
		const struct step *step = visit->steps[i];
		struct span rest = span_absent(step->limits) ? (struct span){0}
							     : step->limits;

		while (rest.p != NULL) {
			struct span number = span_cut(&rest, ',');
			struct span name = span_cut(&number, '=');
			uint64_t most;

			if (!span_number(number, &most) || most == 0)
				die(PM_EXIT_DATA,
				    "%s: step %.*s: limits '%.*s' is not "
				    "NAME=NUMBER; make the plan again with "
				    "pm-plan",
				    turns->plan->file, SPAN_ARG(step->id),
				    SPAN_ARG(step->limits));
			add_limit(turns, visit, name, most);
		}
	}
}

static bool
is_free(const struct turns *turns, const struct visit *visit)
{
	for (size_t i = 0; i < visit->limit_count; i++)
		if (turns->busy[visit->limits[i].name] >= visit->limits[i].most)
			return false;
	return true;
}

/* ---- what comes after what */

static struct visit *
visit_of(const struct turns *turns, struct span id)
{
	const struct step *step = plan_find(turns->plan, id);

	return step == NULL ? NULL : turns->of[step - turns->plan->steps];
}

/*
 * Is all over that the visit comes after and that this run is about?  What was
 * found to be over is not asked for again.
 */
static bool
is_due(const struct turns *turns, struct visit *visit)
{
	if (visit->waits_for != NULL && !visit->waits_for->ended)
		return false;
	visit->waits_for = NULL;
	while (visit->asked < visit->count) {
		if (visit->rest.p == NULL &&
		    !span_absent(visit->steps[visit->asked]->after))
			visit->rest = visit->steps[visit->asked]->after;
		while (visit->rest.p != NULL) {
			struct visit *other = visit_of(
			    turns, span_cut(&visit->rest, ','));

			if (other == NULL || other == visit || other->ended)
				continue;
			visit->waits_for = other;
			return false;
		}
		visit->asked++;
	}
	return true;
}

/* ---- turns */

/* Where the slot of the step is among the turns, or belongs. */
static size_t
turn_index(const struct turns *turns, const struct step *step)
{
	size_t low = 0, high = turns->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct turn *turn = &turns->turns[middle];

		if (turn->start < step->start ||
		    (turn->start == step->start && turn->end < step->end))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* That of a visit that was added. */
static struct turn *
turn_of(const struct turns *turns, const struct visit *visit)
{
	return &turns->turns[turn_index(turns, visit->steps[0])];
}

static struct turn *
turn_open(struct turns *turns, const struct step *step)
{
	size_t at = turn_index(turns, step);
	struct turn *turn;

	if (at < turns->count && turns->turns[at].start == step->start &&
	    turns->turns[at].end == step->end)
		return &turns->turns[at];
	turns->turns = memory_grow(turns->turns, &turns->capacity,
	    turns->count + 1, sizeof(*turns->turns));
	turn = &turns->turns[at];
	memmove(turn + 1, turn, (turns->count++ - at) * sizeof(*turn));
	*turn = (struct turn){.start = step->start, .end = step->end};
	return turn;
}

void
turns_add(struct turns *turns, struct visit *visit)
{
	struct turn *turn = turn_open(turns, visit->steps[0]);

	if (turns->of == NULL)
		turns->of = memory_zeroed(
		    turns->plan->count + 1, sizeof(struct visit *));
	for (size_t i = 0; i < visit->count; i++)
		turns->of[visit->steps[i] - turns->plan->steps] = visit;
	add_limits(turns, visit);
	turn->visits = memory_grow(turn->visits, &turn->capacity,
	    turn->count + 1, sizeof(struct visit *));
	turn->visits[turn->count++] = visit;
}

/* The first visit of the slot's wave that may begin, or NULL. */
static struct visit *
first_of(const struct turns *turns, const struct turn *turn)
{
	uint64_t wave = turn->visits[turn->next]->wave;

	if (turn->under_way > 0 && turn->wave != wave)
		return NULL;
	for (size_t i = turn->next;
	     i < turn->count && turn->visits[i]->wave == wave; i++) {
		struct visit *visit = turn->visits[i];

		if (!visit->begun && is_due(turns, visit) &&
		    is_free(turns, visit))
			return visit;
	}
	return NULL;
}

static bool
is_before(const struct visit *visit, const struct visit *other)
{
	if (other == NULL || visit->wave != other->wave)
		return other == NULL || visit->wave < other->wave;
	return visit->number < other->number;
}

/* Turns that are over are taken out, so the others move. */
struct visit *
turns_next(struct turns *turns, bool any)
{
	struct visit *best = NULL;
	int64_t now = gate_now();
	size_t left = 0;

	for (size_t i = 0; i < turns->count; i++) {
		struct turn *turn = &turns->turns[i];
		struct visit *visit = NULL;

		while (
		    turn->next < turn->count && turn->visits[turn->next]->begun)
			turn->next++;
		if (turn->next == turn->count && turn->under_way == 0) {
			free(turn->visits);
			continue;
		}
		if (turn->next < turn->count && any)
			visit = turn->visits[turn->next];
		else if (turn->next < turn->count &&
			 (turns->any_time || turn->start <= now))
			visit = first_of(turns, turn);
		if (visit != NULL && is_before(visit, best))
			best = visit;
		turns->turns[left++] = *turn;
	}
	turns->count = left;
	return best;
}

void
turns_begun(struct turns *turns, struct visit *visit)
{
	struct turn *turn = turn_of(turns, visit);

	visit->begun = true;
	turn->under_way++;
	turn->wave = visit->wave;
	for (size_t i = 0; i < visit->limit_count; i++)
		turns->busy[visit->limits[i].name]++;
}

void
turns_over(struct turns *turns, struct visit *visit)
{
	turn_of(turns, visit)->under_way--;
	visit->ended = true;
	for (size_t i = 0; i < visit->limit_count; i++)
		turns->busy[visit->limits[i].name]--;
}

void
turns_release(struct turns *turns)
{
	for (size_t i = 0; i < turns->count; i++)
		free(turns->turns[i].visits);
	free(turns->turns);
	free(turns->of);
	free(turns->busy);
	intern_release(&turns->names);
}
