/*
 * Emergencies follow each other in one slot, wave by wave, so each wave counts:
 * a visit of a role in no order takes one that is there for others, if any can,
 * and rather one in which not as many are as can be done at a time.
 */
#include "plan.h"

struct used {
	wave_position wave;
	uint64_t visits;
};

struct used_waves {
	struct used *rows; /* by wave */
	size_t count;
	size_t capacity;
};

bool
emergency_joins(const struct visit *visit)
{
	return visit->kind == VISIT_EMERGENCY && !visit->ordered;
}

static int
used_compare(const void *a, const void *b)
{
	const struct used *x = a, *y = b;

	return (x->wave > y->wave) - (x->wave < y->wave);
}

/* The waves of emergencies so far, by label. */
static void
find_used(const struct fleet *fleet, struct used_waves *used)
{
	for (size_t i = 0; i < fleet->visit_count; i++) {
		const struct visit *visit = &fleet->visits[i];
		struct used_waves *of = &used[wave_label(visit->position)];

		if (visit->kind != VISIT_EMERGENCY || emergency_joins(visit))
			continue;
		of->rows = memory_grow(
		    of->rows, &of->capacity, of->count + 1, sizeof(*of->rows));
		of->rows[of->count++] = (struct used){visit->position, 1};
	}
	for (unsigned label = 0; label < LABELS; label++) {
		struct used_waves *of = &used[label];
		size_t count = 0;

		if (of->count > 0)
			qsort(of->rows, of->count, sizeof(*of->rows),
			    used_compare);
		for (size_t i = 0; i < of->count; i++)
			if (count > 0 &&
			    of->rows[count - 1].wave == of->rows[i].wave)
				of->rows[count - 1].visits++;
			else
				of->rows[count++] = of->rows[i];
		of->count = count;
	}
}

/* The first wave that has room and fewer visits than that, or NULL. */
static struct used *
find_room(const struct fleet *fleet, const struct used_waves *used,
    const struct host *host, uint64_t visits)
{
	wave_position open = 0;

	for (size_t i = 0; i < used->count; i++) {
		struct used *row = &used->rows[i];

		if (row->wave < open || row->visits >= visits)
			continue;
		open = waves_open(fleet, host, row->wave, UINT64_MAX);
		if (open == row->wave)
			return row;
	}
	return NULL;
}

static void
join(struct fleet *fleet, struct used_waves *used, struct visit *visit)
{
	const struct host *host = &fleet->hosts[visit->host];
	struct used *row = find_room(fleet, used, host, fleet->jobs);

	if (row == NULL)
		row = find_room(fleet, used, host, UINT64_MAX);
	if (row == NULL) {
		waves_place(fleet, visit);
		return;
	}
	row->visits++;
	visit->position = row->wave;
	waves_enter(fleet, visit);
}

void
emergencies_place(struct fleet *fleet)
{
	struct used_waves used[LABELS] = {{NULL, 0, 0}};

	find_used(fleet, used);
	for (size_t i = 0; i < fleet->visit_count; i++) {
		struct visit *visit = &fleet->visits[i];

		if (emergency_joins(visit))
			join(fleet,
			    &used[host_label(&fleet->hosts[visit->host])],
			    visit);
	}
	for (unsigned label = 0; label < LABELS; label++)
		free(used[label].rows);
}
