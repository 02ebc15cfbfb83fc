/*
 * How many visits are under way at the same time, minute by minute.  A minute in
 * which as many are as pm-apply works on at once is full, and `next` is a later
 * one to ask (union-find), so full minutes cost nothing.
 */
#include "plan.h"

enum {
	MINUTE = 60,
	MINUTES_MAX = 4 * WINDOW_SEARCH_DAYS * 24 *
		      60 /* a ring waits for another */
};

struct capacity {
	int64_t now;
	uint64_t jobs;
	uint32_t *busy;
	uint32_t *next;
	size_t known; /* minutes that were looked at */
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

/* Make sure that minutes before `end` are known. */
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
free_minute(struct capacity *capacity, size_t minute)
{
	uint32_t *next = capacity->next;

	while (minute < capacity->known && next[minute] != minute) {
		if (next[minute] < capacity->known)
			next[minute] = next[next[minute]];
		minute = next[minute];
	}
	return minute;
}

static size_t
minutes(int64_t seconds)
{
	return (size_t)((seconds + MINUTE - 1) / MINUTE);
}

int64_t
capacity_find(
    struct capacity *capacity, int64_t from, int64_t seconds, int64_t limit)
{
	size_t count = minutes(seconds), minute, run = 0;
	size_t most;

	if (from < capacity->now)
		from = capacity->now;
	minute = minutes(from - capacity->now);
	if (seconds > limit || limit - seconds < from)
		return INT64_MAX;
	most = (size_t)((limit - seconds - capacity->now) / MINUTE);
	if (most > MINUTES_MAX)
		most = MINUTES_MAX;
	while (run < count) {
		size_t at = minute + run;

		if (minute > most)
			return INT64_MAX;
		if (at >= capacity->known)
			break; /* nobody is there yet */
		if (capacity->next[at] == at) {
			run++;
			continue;
		}
		minute = free_minute(capacity, at);
		run = 0;
	}
	if (minute > most)
		return INT64_MAX;
	return capacity->now + (int64_t)minute * MINUTE;
}

void
capacity_take(struct capacity *capacity, int64_t begin, int64_t seconds)
{
	size_t minute = minutes(begin - capacity->now);
	size_t end = minute + minutes(seconds);

	look(capacity, end);
	for (; minute < end; minute++)
		if (++capacity->busy[minute] >= capacity->jobs)
			capacity->next[minute] = (uint32_t)minute + 1;
}

void
capacity_free(struct capacity *capacity)
{
	free(capacity->busy);
	free(capacity->next);
	free(capacity);
}
