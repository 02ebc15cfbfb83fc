/* Windows and freezes of hosts, each parsed once, and when they are open. */
#include "plan.h"

/* ---- parsing, once for each distinct window and freeze */

struct cache {
	struct hash_table index;
	struct calendar **rows;
	size_t count;
	size_t capacity;
};

static struct window *
parse(struct fleet *fleet, const struct host *host, enum choice choice)
{
	struct span text = host_choice(fleet, host, choice);
	struct span freezes = host_choice(fleet, host, CHOICE_FREEZE);
	const char *reason;
	struct window *window = window_parse(text, &reason);

	if (window == NULL)
		die(PM_EXIT_POLICY, "%.*s: window '%.*s': %s",
		    SPAN_ARG(setting_where(fleet, host, choice)),
		    SPAN_ARG(text), reason);
	if (!span_absent(freezes) && !window_freeze(window, freezes, &reason)) {
		window_free(window);
		die(PM_EXIT_POLICY, "%.*s: freeze '%.*s': %s",
		    SPAN_ARG(setting_where(fleet, host, CHOICE_FREEZE)),
		    SPAN_ARG(freezes), reason);
	}
	return window;
}

/* The calendar of the window that the host's policy chooses, or NULL. */
static struct calendar *
calendar_of(struct fleet *fleet, struct cache *cache, const struct host *host,
    enum choice choice)
{
	struct span text = host_choice(fleet, host, choice);
	struct span freezes = host_choice(fleet, host, CHOICE_FREEZE);
	uint64_t hash = hash_mix(hash_span(text), hash_span(freezes));
	struct hash_probe probe = hash_first(&cache->index, hash);
	struct calendar *calendar;

	if (span_absent(text))
		return NULL;
	for (; hash_found(&cache->index, &probe);
	     hash_next(&cache->index, &probe)) {
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
		calendar = cache->rows[probe.index];
		if (span_equal(calendar->text, text) &&
		    span_equal(calendar->freezes, freezes))
			return calendar;
	}
	calendar = arena_allocate(&fleet->text, sizeof(*calendar));
	*calendar = (struct calendar){.text = text,
	    .freezes = freezes,
	    .window = parse(fleet, host, choice),
	    .searched = fleet->now};
	cache->rows = memory_grow(cache->rows, &cache->capacity,
	    cache->count + 1, sizeof(struct calendar *));
	hash_insert(&cache->index, hash, (uint32_t)cache->count);
	cache->rows[cache->count++] = calendar;
	return calendar;
}

void
windows_parse(struct fleet *fleet)
{
	struct cache cache = {0};
	bool *done = memory_zeroed(fleet->setting_count + 1, sizeof(*done));

	for (size_t i = 0; i < fleet->host_count; i++) {
		struct host *host = &fleet->hosts[i];
		struct setting *setting = &fleet->settings[host->setting];

		if (!done[host->setting]) {
			setting->window = calendar_of(
			    fleet, &cache, host, CHOICE_WINDOW);
			setting->off_hours = calendar_of(
			    fleet, &cache, host, CHOICE_OFF_HOURS);
			done[host->setting] = true;
		}
		if (setting->window == NULL)
			host->closed = SPAN(
			    "no window: neither the inventory nor a rule "
			    "of the policy gives one");
	}
	hash_release(&cache.index);
	free(cache.rows);
	free(done);
}

/* ---- when they are open */

struct opening *
calendar_opening(struct calendar *calendar, size_t i)
{
	struct slot slot;

	while (calendar->count <= i && !calendar->exhausted) {
		if (!window_next(calendar->window, calendar->searched, &slot)) {
			calendar->exhausted = true;
			break;
		}
		calendar->openings = memory_grow(calendar->openings,
		    &calendar->capacity, calendar->count + 1,
		    sizeof(*calendar->openings));
		calendar->openings[calendar->count++] = (struct opening){
		    .slot = slot,
		    .begin = slot.start,
		    .end = slot.start,
		    .refused = INT64_MAX};
		calendar->searched = slot.end;
		if (slot.end == SLOT_FOREVER)
			calendar->exhausted = true;
	}
	return i < calendar->count ? &calendar->openings[i] : NULL;
}
