/*
 * Which visits go together.  Waves follow each other: emergencies before the
 * rest, then ring by ring, and in a ring the least critical tier first; a wave
 * never mixes these.  Each visit gets the first wave that has room for it in
 * its ring and in all groups of its host.
 *
 * Where roles are ordered, what is of no such role yields: it gets its wave when
 * it gets its time, beside the chains or between them, see slots.c.
 */
#include "plan.h"

/* ---- the order in which visits are laid into waves */

static struct fleet *sorting; /* qsort has no context */

/* Risk taken away in a second, so that the greatest goes first. */
static int
density_compare(const struct visit *x, const struct visit *y)
{
	double p = x->risk * (double)(y->seconds + 1);
	double q = y->risk * (double)(x->seconds + 1);

	return (p < q) - (p > q);
}

/*
 * Without a lab the first to be patched are a trial: those that are most easily
 * brought back go first.
 */
static bool
is_trial(const struct host *host)
{
	return host->ring != RING_TEST && host->ring == sorting->first_ring;
}

/* It is urgent, and no order of roles says that it is behind another. */
static bool
is_free(const struct visit *visit)
{
	return visit->urgent && !visit->ordered;
}

static int
visit_compare(const void *a, const void *b)
{
	const struct visit *x = a, *y = b;
	const struct host *p = &sorting->hosts[x->host];
	const struct host *q = &sorting->hosts[y->host];
	int order = 0;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->block != y->block)
		return x->block < y->block ? -1 : 1;
	if (is_free(x) != is_free(y))
		return is_free(x) ? -1 : 1;
	if (x->tail != y->tail)
		return x->tail > y->tail ? -1 : 1;
	if (x->urgent != y->urgent)
		return x->urgent ? -1 : 1;
	if (x->night != y->night)
		return x->night < y->night ? -1 : 1;
	if (!is_trial(p))
		order = density_compare(x, y);
	if (order != 0)
		return order;
	if (x->restore != y->restore)
		return x->restore < y->restore ? -1 : 1;
	if (p->data_volume != q->data_volume)
		return p->data_volume < q->data_volume ? -1 : 1;
	return (x->host > y->host) - (x->host < y->host);
}

/* ---- nights */

/*
 * Redundant hosts follow each other by wave, so one whose window opens late
 * must not keep those waiting whose window opens before.  When a ring begins is
 * not known yet, but not before the first openings of those before it.
 */
static void
find_nights(struct fleet *fleet)
{
	enum { DAY = 24 * 60 * 60 };
	int64_t from = fleet->now, latest = 0;

	for (unsigned ring = 0; ring < RINGS; ring++) {
		for (size_t i = 0; i < fleet->visit_count; i++) {
			struct visit *visit = &fleet->visits[i];
			struct slot slot;

			if (fleet->hosts[visit->host].ring != ring ||
			    visit->kind == VISIT_EMERGENCY ||
			    !slots_first(fleet, visit, from, &slot))
				continue;
			visit->night = (uint32_t)((slot.start - fleet->now) /
						  DAY);
			if (slot.end != SLOT_FOREVER && slot.end > latest)
				latest = slot.end;
		}
		if (latest > 0)
			from = latest + fleet->rings[ring].soak;
	}
}

/* ---- waves with room */

/*
 * How full a wave is for one group, or for all (group NONE).  Where it is full,
 * next is a later wave to ask; asking shortens the way for the next one
 * (union-find), so full waves cost nothing.
 */
struct room {
	uint32_t group;
	uint32_t taken;
	wave_position wave;
	wave_position next;
};

struct packing {
	struct hash_table index;
	struct room *rooms;
	size_t count;
	size_t capacity;
};

static struct room *
room_find(const struct packing *packing, uint32_t group, wave_position wave)
{
	struct hash_probe probe = hash_first(
	    &packing->index, hash_mix(group + UINT64_C(1), wave));

	if (packing->rooms == NULL)
		return NULL;
	for (; hash_found(&packing->index, &probe);
	     hash_next(&packing->index, &probe)) {
		struct room *room = &packing->rooms[probe.index];

		if (room->group == group && room->wave == wave)
			return room;
	}
	return NULL;
}

/* The first wave from `wave` on that is not full. */
static wave_position
room_open(const struct packing *packing, uint32_t group, wave_position wave)
{
	struct room *room = room_find(packing, group, wave);

	while (room != NULL && room->next != wave) {
		struct room *after = room_find(packing, group, room->next);

		wave = room->next;
		if (after == NULL)
			break;
		room->next = after->next;
		wave = room->next;
		room = room_find(packing, group, wave);
	}
	return wave;
}

static void
room_take(
    struct packing *packing, uint32_t group, wave_position wave, uint32_t limit)
{
	struct room *room = room_find(packing, group, wave);

	if (limit == 0)
		return;
	if (room == NULL) {
		packing->rooms = memory_grow(packing->rooms, &packing->capacity,
		    packing->count + 1, sizeof(*packing->rooms));
		hash_insert(&packing->index,
		    hash_mix(group + UINT64_C(1), wave),
		    (uint32_t)packing->count);
		room = &packing->rooms[packing->count++];
		*room = (struct room){group, 0, wave, wave};
	}
	if (++room->taken >= limit)
		room->next = wave + 1;
}

wave_position
waves_open(const struct fleet *fleet, const struct host *host,
    wave_position wave, wave_position before)
{
	const struct packing *packing = fleet->packing;
	wave_position last;

	do {
		last = wave;
		wave = room_open(packing, NONE, wave);
		for (uint32_t k = 0; k < host->group_count && wave < before;
		     k++)
			wave = room_open(packing,
			    fleet->memberships[host->first_group + k], wave);
	} while (wave != last && wave < before);
	return wave;
}

/* ---- where waves stand */

enum { INDEX_BITS = 28, KIND_SHIFT = 60 };

static wave_position
first_of_block(enum visit_kind kind, uint32_t block)
{
	return (wave_position)kind << KIND_SHIFT | (wave_position)block
						       << INDEX_BITS;
}

unsigned
wave_label(wave_position wave)
{
	return wave >> INDEX_BITS & (LABELS - 1);
}

void
waves_enter(struct fleet *fleet, const struct visit *visit)
{
	const struct host *host = &fleet->hosts[visit->host];

	room_take(fleet->packing, NONE, visit->position,
	    fleet->rings[host->ring].wave_size[host->tier]);
	for (uint32_t k = 0; k < host->group_count; k++) {
		uint32_t group = fleet->memberships[host->first_group + k];

		room_take(fleet->packing, group, visit->position,
		    fleet->groups[group].limit);
	}
}

void
waves_place(struct fleet *fleet, struct visit *visit)
{
	const struct host *host = &fleet->hosts[visit->host];
	wave_position first = first_of_block(visit->kind, visit->block);
	wave_position wave = order_wave(fleet, visit);

	visit->position = waves_open(
	    fleet, host, wave > first ? wave : first, UINT64_MAX);
	waves_enter(fleet, visit);
	order_placed(fleet, visit);
}

/* Which of the groups of the host have room in none of the waves? */
static group_set
refusing(const struct fleet *fleet, const struct host *host,
    wave_position first, wave_position before, group_set groups)
{
	if (groups == 0 || first >= before ||
	    room_open(fleet->packing, NONE, first) >= before)
		return groups;
	for (uint32_t k = 0; k < host->group_count; k++)
		if ((groups & group_bit(k)) != 0 &&
		    room_open(fleet->packing,
			fleet->memberships[host->first_group + k],
			first) < before)
			groups &= ~group_bit(k);
	return groups;
}

wave_position
waves_find(const struct fleet *fleet, const struct visit *visit,
    wave_position after, wave_position before, group_set *groups)
{
	const struct host *host = &fleet->hosts[visit->host];
	wave_position first, wave;

	if (after >> KIND_SHIFT != (wave_position)visit->kind)
		after = 0; /* of an earlier kind */
	first = first_of_block(visit->kind,
	    order_block_from(host, (uint32_t)(after >> INDEX_BITS)));
	if (first <= after)
		first = after + 1;
	wave = waves_open(fleet, host, first, before);
	if (wave < before)
		return wave;
	*groups = refusing(fleet, host, first, before, *groups);
	return 0;
}

/* ---- the whole */

/*
 * What is urgent and emergencies go first, and chains of roles: they take
 * longest, however much is done beside them.
 */
static void
find_yielding(struct fleet *fleet)
{
	bool chains[VISIT_KINDS][RINGS + 1] = {{false}};

	for (size_t i = 0; i < fleet->visit_count; i++) {
		const struct visit *visit = &fleet->visits[i];

		if (visit->ordered && visit->kind != VISIT_EMERGENCY)
			chains[visit->kind][order_ring(visit)] = true;
	}
	for (size_t i = 0; i < fleet->visit_count; i++) {
		struct visit *visit = &fleet->visits[i];

		visit->yields = chains[visit->kind][order_ring(visit)] &&
				!visit->ordered && !visit->urgent;
	}
}

static int
position_compare(const void *a, const void *b)
{
	const struct visit *x = a, *y = b;

	if (x->position != y->position)
		return x->position < y->position ? -1 : 1;
	return (x->host > y->host) - (x->host < y->host);
}

static void
find_visits(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->visit_count; i++) {
		const struct visit *visit = &fleet->visits[i];

		fleet->hosts[visit->host].visit[visit->kind] = (uint32_t)i;
	}
}

void
waves_assign(struct fleet *fleet)
{
	fleet->packing = memory_zeroed(1, sizeof(*fleet->packing));
	order_block(fleet);
	find_nights(fleet);
	find_yielding(fleet);
	sorting = fleet;
	qsort(fleet->visits, fleet->visit_count, sizeof(*fleet->visits),
	    visit_compare);
	for (size_t i = 0; i < fleet->visit_count; i++) {
		struct visit *visit = &fleet->visits[i];

		visit->rank = (uint32_t)i;
		if (!visit->yields && !emergency_joins(visit))
			waves_place(fleet, visit);
	}
	emergencies_place(fleet);
	qsort(fleet->visits, fleet->visit_count, sizeof(*fleet->visits),
	    position_compare);
	find_visits(fleet);
	lanes_chain(fleet);
}

/* Visits have moved: follow them with what names them. */
static void
renumber(struct fleet *fleet, const uint32_t *moved)
{
	lanes_moved(fleet, moved);
	order_moved(fleet, moved);
	find_visits(fleet);
}

void
waves_number(struct fleet *fleet)
{
	uint32_t *moved = memory_array(
	    NULL, fleet->visit_count + 1, sizeof(*moved));
	wave_position last = 0;

	for (size_t i = 0; i < fleet->visit_count; i++) {
		fleet->visits[i].rank = (uint32_t)i;
		if (fleet->visits[i].cancelled)
			fleet->visits[i].position = UINT64_MAX;
	}
	/* Rows stand by wave and host; visits are done in this order. */
	qsort(fleet->visits, fleet->visit_count, sizeof(*fleet->visits),
	    position_compare);
	for (size_t i = 0; i < fleet->visit_count; i++) {
		struct visit *visit = &fleet->visits[i];

		moved[visit->rank] = (uint32_t)i;
		if (visit->cancelled)
			continue;
		if (visit->position != last)
			fleet->waves++;
		last = visit->position;
		visit->wave = fleet->waves;
	}
	renumber(fleet, moved);
	free(moved);
	hash_release(&fleet->packing->index);
	free(fleet->packing->rooms);
	free(fleet->packing);
	fleet->packing = NULL;
}
