/*
 * Which visits go together.  Waves follow each other: emergencies before the
 * rest, then ring by ring, and in a ring the least critical tier first; a wave
 * never mixes these.  Each visit gets the first wave that has room for it in
 * its ring and in all groups of its host.
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
	uint32_t wave;
	uint32_t taken;
	uint32_t next;
};

struct packing {
	struct hash_table index;
	struct room *rooms;
	size_t count;
	size_t capacity;
};

static struct room *
room_find(const struct packing *packing, uint32_t group, uint32_t wave)
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
static uint32_t
room_open(const struct packing *packing, uint32_t group, uint32_t wave)
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
    struct packing *packing, uint32_t group, uint32_t wave, uint32_t limit)
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
		*room = (struct room){group, wave, 0, wave};
	}
	if (++room->taken >= limit)
		room->next = wave + 1;
}

/* The first wave from `wave` on with room for the host in everything. */
static uint32_t
open_wave(const struct fleet *fleet, const struct packing *packing,
    const struct host *host, uint32_t wave)
{
	uint32_t before;

	do {
		before = wave;
		wave = room_open(packing, NONE, wave);
		for (uint32_t k = 0; k < host->group_count; k++)
			wave = room_open(packing,
			    fleet->memberships[host->first_group + k], wave);
	} while (wave != before);
	return wave;
}

/* Give the visit the first wave from base on that can take it. */
static uint32_t
place(struct fleet *fleet, struct packing *packing, struct visit *visit,
    uint32_t base)
{
	const struct host *host = &fleet->hosts[visit->host];
	uint32_t wave = order_wave(fleet, visit);

	wave = open_wave(fleet, packing, host, wave > base ? wave : base);
	room_take(packing, NONE, wave,
	    fleet->rings[host->ring].wave_size[host->tier]);
	for (uint32_t k = 0; k < host->group_count; k++) {
		uint32_t group = fleet->memberships[host->first_group + k];

		room_take(packing, group, wave, fleet->groups[group].limit);
	}
	visit->wave = wave;
	order_placed(fleet, visit);
	return wave;
}

/* ---- the whole */

static int
wave_compare(const void *a, const void *b)
{
	const struct visit *x = a, *y = b;

	if (x->wave != y->wave)
		return x->wave < y->wave ? -1 : 1;
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
	struct packing packing = {0};
	uint32_t base = 1, last = 0;

	order_block(fleet);
	find_nights(fleet);
	sorting = fleet;
	qsort(fleet->visits, fleet->visit_count, sizeof(*fleet->visits),
	    visit_compare);
	for (size_t i = 0; i < fleet->visit_count; i++) {
		struct visit *visit = &fleet->visits[i];
		uint32_t wave;

		visit->rank = (uint32_t)i;
		if (i > 0 && (visit->kind != visit[-1].kind ||
				 visit->block != visit[-1].block))
			base = last + 1;
		wave = place(fleet, &packing, visit, base);
		if (wave > last)
			last = wave;
	}
	fleet->waves = last;
	hash_release(&packing.index);
	free(packing.rooms);
	/* Rows stand by wave and host; visits are done in this order. */
	qsort(fleet->visits, fleet->visit_count, sizeof(*fleet->visits),
	    wave_compare);
	find_visits(fleet);
	groups_chain(fleet);
}
