/*
 * How many visits are under way at the same time, in ticks of ten seconds.  A
 * tick in which as many are as pm-apply works on at once is full, and `next` is
 * a later one to ask (union-find), so full ones cost nothing.
 */
#include "plan.h"

enum {
	TICK = 10,
	TICKS_MAX = /* a ring waits for another */
	4 * WINDOW_SEARCH_DAYS * 24 * 60 * (60 / TICK)
};

struct capacity {
	int64_t now;
	uint64_t jobs;
	uint32_t *busy;
	uint32_t *next;
	size_t known; /* ticks that were looked at */
	size_t capacity_busy;
	size_t capacity_next;
};

struct capacity *
capacity_new(int64_t now, uint64_t jobs)
{
	struct capacity *capacity = memory_zeroed(1, sizeof(*capacity));

	capacity->now = now;
	capacity->jobs = jobs > 0 ? jobs : 1;
	return capacity;
}

/* Make sure that ticks before `end` are known. */
static void
look(struct capacity *capacity, size_t end)
{
	if (end <= capacity->known)
		return;
	capacity->busy = memory_grow(capacity->busy, &capacity->capacity_busy,
	    end, sizeof(*capacity->busy));
	capacity->next = memory_grow(capacity->next, &capacity->capacity_next,
	    end, sizeof(*capacity->next));
	for (; capacity->known < end; capacity->known++) {
		capacity->busy[capacity->known] = 0;
		capacity->next[capacity->known] = (uint32_t)capacity->known;
	}
}

static size_t
free_tick(struct capacity *capacity, size_t tick)
{
	uint32_t *next = capacity->next;

	while (tick < capacity->known && next[tick] != tick) {
		if (next[tick] < capacity->known)
			next[tick] = next[next[tick]];
		tick = next[tick];
	}
	return tick;
}

static size_t
ticks(int64_t seconds)
{
	return (size_t)((seconds + TICK - 1) / TICK);
}

int64_t
capacity_find(
    struct capacity *capacity, int64_t from, int64_t seconds, int64_t limit)
{
	size_t count = ticks(seconds), tick, run = 0;
	size_t most;

	if (from < capacity->now)
		from = capacity->now;
	tick = ticks(from - capacity->now);
	if (seconds > limit || limit - seconds < from)
		return INT64_MAX;
	most = (size_t)((limit - seconds - capacity->now) / TICK);
	if (most > TICKS_MAX)
		most = TICKS_MAX;
	while (run < count) {
		size_t at = tick + run;

		if (tick > most)
			return INT64_MAX;
		if (at >= capacity->known)
			break; /* nobody is there yet */
		if (capacity->next[at] == at) {
			run++;
			continue;
		}
		tick = free_tick(capacity, at);
		run = 0;
	}
	if (tick > most)
		return INT64_MAX;
	return capacity->now + (int64_t)tick * TICK;
}

void
capacity_take(struct capacity *capacity, int64_t begin, int64_t seconds)
{
	size_t tick = ticks(begin - capacity->now);
	size_t end = tick + ticks(seconds);

	look(capacity, end);
	for (; tick < end; tick++)
		if (++capacity->busy[tick] >= capacity->jobs)
			capacity->next[tick] = (uint32_t)tick + 1;
}

void
capacity_free(struct capacity *capacity)
{
	free(capacity->busy);
	free(capacity->next);
	free(capacity);
}
