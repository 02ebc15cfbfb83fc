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

size_t
opening_gap_after(const struct opening *opening, int64_t from)
{
	size_t low = 0, high = opening->shelf_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (opening->shelves[middle].begin <= from)
			low = middle + 1;
		else
			high = middle;
	}
	/* within the shelf before; what is between it and that one is over */
	return low == 0 ? 0 : 2 * (low - 1);
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

/* ---- groups without room */

/* Visits are alike when they take as many of these. */
enum { QUARTER = 15 * 60 };

static struct refusal
refusal_key(const struct opening *opening, uint32_t group,
    const struct visit *visit, unsigned label, int64_t from)
{
	int64_t start = opening->slot.start;

	return (struct refusal){.group = group,
	    .label = label,
	    .length = (visit->seconds + visit->restore) / QUARTER,
	    .from = from > start ? from : start};
}

static uint64_t
refusal_hash(const struct refusal *key)
{
	return hash_mix(
	    hash_mix(key->group, key->label), (uint64_t)key->length);
}

static struct refusal *
refusal_find(const struct opening *opening, const struct refusal *key)
{
	struct hash_probe probe = hash_first(
	    &opening->refusal_index, refusal_hash(key));

	for (; hash_found(&opening->refusal_index, &probe);
	     hash_next(&opening->refusal_index, &probe)) {
		struct refusal *refusal = &opening->refusals[probe.index];

		if (refusal->group == key->group &&
		    refusal->label == key->label &&
		    refusal->length == key->length)
			return refusal;
	}
	return NULL;
}

int64_t
opening_refuses(const struct opening *opening, uint32_t group,
    const struct visit *visit, unsigned label, int64_t from)
{
	struct refusal key = refusal_key(opening, group, visit, label, from);
	const struct refusal *known = refusal_find(opening, &key);

	return known == NULL || key.from < known->from || known->until < from
		   ? from
		   : known->until;
}

void
opening_refuse(struct opening *opening, uint32_t group,
    const struct visit *visit, unsigned label, int64_t from, int64_t until)
{
	struct refusal key = refusal_key(opening, group, visit, label, from);
	struct refusal *known = refusal_find(opening, &key);

	key.until = until;
	if (known != NULL) {
		*known = key;
		return;
	}
	opening->refusals = memory_grow(opening->refusals,
	    &opening->refusal_capacity, opening->refusal_count + 1,
	    sizeof(*opening->refusals));
	hash_insert(&opening->refusal_index, refusal_hash(&key),
	    (uint32_t)opening->refusal_count);
	opening->refusals[opening->refusal_count++] = key;
}
