/* Rings: test, pilot, broad; how large their waves are, when each starts. */
#include "plan.h"

/* What an always open window counts for when the next ring waits for its end */
enum { OPEN_SLOT_SECONDS = 60 * 60 };

static void
ring_add(struct fleet *fleet, const struct host *host)
{
	struct ring_state *ring = &fleet->rings[host->ring];
	const struct setting *setting = host_setting(fleet, host);
	uint32_t *smallest = &ring->wave_size[host->tier];
	uint32_t size = setting_limit(
	    setting->choice[CHOICE_WAVE_SIZE], ring->hosts[host->tier]);

	if (size != 0 && (*smallest == 0 || size < *smallest))
		*smallest = size;
	if (setting->soak > ring->soak)
		ring->soak = setting->soak;
}

void
rings_make(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->host_count; i++) {
		const struct host *host = &fleet->hosts[i];

		if (host->ring != RING_WRONG)
			fleet->rings[host->ring].hosts[host->tier]++;
	}
	for (size_t i = 0; i < fleet->host_count; i++)
		if (fleet->hosts[i].ring != RING_WRONG)
			ring_add(fleet, &fleet->hosts[i]);
	for (unsigned ring = 0; ring < RINGS; ring++)
		for (unsigned kind = 0; kind < VISIT_KINDS; kind++)
			fleet->rings[ring].from[kind] = fleet->now;
}

/*
 * What is critical waits only for the test systems, and among these for their
 * critical visits: it goes as soon as stability is ensured.
 */
static bool
holds(enum ring ring, enum visit_kind kind, enum visit_kind later)
{
	if (later == VISIT_EMERGENCY)
		return false;
	if (later == VISIT_CRITICAL)
		return ring == RING_TEST && kind == VISIT_CRITICAL;
	return true;
}

void
rings_push(struct fleet *fleet, const struct visit *visit)
{
	enum ring ring = fleet->hosts[visit->host].ring;
	int64_t end = visit->slot.end;

	if (visit->kind == VISIT_EMERGENCY)
		return;
	if (end == SLOT_FOREVER) {
		end = visit->slot.start + OPEN_SLOT_SECONDS;
		if (end < visit->end)
			end = visit->end;
	}
	end += fleet->rings[ring].soak;
	for (unsigned later = ring + 1; later < RINGS; later++)
		for (unsigned kind = 0; kind < VISIT_KINDS; kind++) {
			int64_t *from = &fleet->rings[later].from[kind];

			if (holds(ring, visit->kind, kind) && *from < end)
				*from = end;
		}
}
