/*
 * Which visits go together.  Waves follow each other: emergencies before the
 * rest, then ring by ring, and in a ring the least critical tier first; a wave
 * never mixes these.  Two hosts of one role and site never share a wave.
 */
#include "plan.h"

/* ---- the visits, in the order in which they are laid into waves */

static void
visit_add(struct fleet *fleet, uint32_t host, const struct need *need)
{
	uint32_t *at = &fleet->hosts[host].visit[need->kind];

	if (*at == NONE) {
		*at = (uint32_t)fleet->visit_count;
		fleet->visits[fleet->visit_count++] = (struct visit){
		    .host = host, .kind = need->kind, .twin = NONE};
	}
	if (need->urgent)
		fleet->visits[*at].urgent = true;
}

static const struct fleet *sorting; /* qsort has no context */

static int
visit_compare(const void *a, const void *b)
{
	const struct visit *x = a, *y = b;
	const struct host *p = &sorting->hosts[x->host];
	const struct host *q = &sorting->hosts[y->host];

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (p->ring != q->ring)
		return p->ring < q->ring ? -1 : 1;
	if (p->tier != q->tier)
		return p->tier < q->tier ? -1 : 1;
	if (x->urgent != y->urgent)
		return x->urgent ? -1 : 1;
	return (x->host > y->host) - (x->host < y->host);
}

/* Are both of one kind, ring and tier, so that they may share a wave? */
static bool
same_group(
    const struct fleet *fleet, const struct visit *x, const struct visit *y)
{
	const struct host *p = &fleet->hosts[x->host];
	const struct host *q = &fleet->hosts[y->host];

	return x->kind == y->kind && p->ring == q->ring && p->tier == q->tier;
}

static void
visits_collect(struct fleet *fleet)
{
	fleet->visits = memory_array(
	    NULL, fleet->host_count * VISIT_KINDS + 1, sizeof(*fleet->visits));
	for (size_t i = 0; i < fleet->need_count; i++)
		if (fleet->needs[i].disposition == PLANNED)
			visit_add(
			    fleet, fleet->needs[i].host, &fleet->needs[i]);
	sorting = fleet;
	qsort(fleet->visits, fleet->visit_count, sizeof(*fleet->visits),
	    visit_compare);
}

/* ---- waves with room */

/*
 * open[w] is w while wave w has room, else a later wave to ask; asking shortens
 * the way for the next one (union-find), so full waves cost nothing.
 */
struct packing {
	uint32_t *open;
	uint32_t *taken;
	uint32_t *next; /* by pair: the first wave that it may use */
	uint32_t *last; /* by pair: the visit before */
};

static uint32_t
open_wave(struct packing *packing, uint32_t wave)
{
	while (packing->open[wave] != wave) {
		packing->open[wave] = packing->open[packing->open[wave]];
		wave = packing->open[wave];
	}
	return wave;
}

/* Give the visit the first wave from base on that can take it. */
static uint32_t
place(struct fleet *fleet, struct packing *packing, uint32_t at, uint32_t base)
{
	struct visit *visit = &fleet->visits[at];
	const struct host *host = &fleet->hosts[visit->host];
	uint32_t size = fleet->rings[host->ring].wave_size[host->tier];
	uint32_t wave = base;

	if (host->pair != NONE && packing->next[host->pair] > base)
		wave = packing->next[host->pair];
	wave = open_wave(packing, wave);
	if (++packing->taken[wave] == size)
		packing->open[wave] = wave + 1;
	visit->wave = wave;
	if (host->pair != NONE) {
		visit->twin = packing->last[host->pair];
		packing->last[host->pair] = at;
		packing->next[host->pair] = wave + 1;
	}
	return wave;
}

static int
wave_compare(const void *a, const void *b)
{
	const struct visit *x = a, *y = b;

	if (x->wave != y->wave)
		return x->wave < y->wave ? -1 : 1;
	return (x->host > y->host) - (x->host < y->host);
}

/* By wave, then host; hosts and twins get the new numbers. */
static void
visits_number(struct fleet *fleet)
{
	size_t count = fleet->visit_count;
	struct visit *sorted = memory_array(NULL, count + 1, sizeof(*sorted));

	memcpy(sorted, fleet->visits, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), wave_compare);
	for (size_t i = 0; i < count; i++)
		fleet->hosts[sorted[i].host].visit[sorted[i].kind] = (uint32_t)
		    i;
	for (size_t i = 0; i < count; i++) {
		const struct visit *twin;

		if (sorted[i].twin == NONE)
			continue;
		twin = &fleet->visits[sorted[i].twin];
		sorted[i].twin = fleet->hosts[twin->host].visit[twin->kind];
	}
	free(fleet->visits);
	fleet->visits = sorted;
}

void
waves_assign(struct fleet *fleet)
{
	struct packing packing;
	size_t waves;
	uint32_t base = 1, last = 0;

	visits_collect(fleet);
	waves = fleet->visit_count + 2; /* each its own, from 1, and one over */
	packing.open = memory_array(NULL, waves, sizeof(uint32_t));
	packing.taken = memory_zeroed(waves, sizeof(uint32_t));
	packing.next = memory_zeroed(fleet->host_count + 1, sizeof(uint32_t));
	packing.last = memory_array(
	    NULL, fleet->host_count + 1, sizeof(uint32_t));
	for (uint32_t i = 0; i < waves; i++)
		packing.open[i] = i;
	for (size_t i = 0; i < fleet->host_count; i++)
		packing.last[i] = NONE;
	for (uint32_t i = 0; i < fleet->visit_count; i++) {
		uint32_t wave;

		if (i > 0 && !same_group(fleet, &fleet->visits[i - 1],
				 &fleet->visits[i]))
			base = last + 1;
		wave = place(fleet, &packing, i, base);
		if (wave > last)
			last = wave;
	}
	fleet->waves = last;
	free(packing.open);
	free(packing.taken);
	free(packing.next);
	free(packing.last);
	visits_number(fleet);
}
