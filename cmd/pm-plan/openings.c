/*
 * What is done in an opening of a window: its shelves follow each other by wave
 * and in time, since a wave begins when the one before it has ended.
 */
#include "plan.h"

struct opening
opening_new(struct slot slot)
{
	struct opening opening = {.slot = slot, .refused = INT64_MAX};

	for (unsigned label = 0; label < LABELS; label++)
		opening.full[label] = INT64_MAX;
	return opening;
}

/* The end of the visits there, so that a host can be restored behind them. */
static int64_t
latest_end(const struct opening *opening, const struct visit *visit)
{
	return opening->slot.end == SLOT_FOREVER
		   ? SLOT_FOREVER
		   : opening->slot.end - visit->restore;
}

/* Behind the shelves before `low`, ahead of those from `high` on. */
static struct gap
gap_between(const struct opening *opening, const struct visit *visit,
    size_t low, size_t high)
{
	struct gap gap = {.before = UINT64_MAX,
	    .from = opening->slot.start,
	    .until = latest_end(opening, visit)};

	if (low > 0) {
		gap.after = opening->shelves[low - 1].wave;
		gap.from = opening->shelves[low - 1].end;
	}
	if (high < opening->shelf_count) {
		gap.before = opening->shelves[high].wave;
		if (gap.until > opening->shelves[high].begin)
			gap.until = opening->shelves[high].begin;
	}
	return gap;
}

/* The number of shelves before a wave; most ask for one near the end. */
static size_t
shelves_before(const struct opening *opening, wave_position wave)
{
	size_t at = opening->shelf_count;

	while (at > 0 && opening->shelves[at - 1].wave >= wave)
		at--;
	return at;
}

static bool
is_shelf(const struct opening *opening, size_t at, wave_position wave)
{
	return at < opening->shelf_count && opening->shelves[at].wave == wave;
}

struct gap
opening_gap(const struct opening *opening, const struct visit *visit)
{
	size_t at = shelves_before(opening, visit->position);

	return gap_between(opening, visit, at,
	    is_shelf(opening, at, visit->position) ? at + 1 : at);
}

bool
opening_gap_at(const struct opening *opening, const struct visit *visit,
    size_t number, unsigned label, struct gap *gap)
{
	size_t at = number / 2;
	bool within = number % 2 == 0;

	if (at > opening->shelf_count || (within && at == opening->shelf_count))
		return false;
	if (!within) {
		*gap = gap_between(opening, visit, at, at);
		return true;
	}
	if (wave_label(opening->shelves[at].wave) != label)
		return false;
	*gap = gap_between(opening, visit, at, at + 1);
	gap->after = opening->shelves[at].wave - 1;
	gap->before = opening->shelves[at].wave + 1;
	return true;
}

void
opening_take(struct opening *opening, const struct visit *visit)
{
	size_t at = shelves_before(opening, visit->position);
	struct shelf *shelf;

	if (!is_shelf(opening, at, visit->position)) {
		opening->shelves = memory_grow(opening->shelves,
		    &opening->shelf_capacity, opening->shelf_count + 1,
		    sizeof(*opening->shelves));
		shelf = &opening->shelves[at];
		memmove(shelf + 1, shelf,
		    (opening->shelf_count++ - at) * sizeof(*shelf));
		*shelf = (struct shelf){
		    visit->position, visit->begin, visit->end};
		return;
	}
	shelf = &opening->shelves[at];
	if (visit->begin < shelf->begin)
		shelf->begin = visit->begin;
	if (visit->end > shelf->end)
		shelf->end = visit->end;
}
