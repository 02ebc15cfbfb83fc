/* Windows and freezes of hosts, each parsed once, and when they are open. */
#include "plan.h"

/* ---- calendars: files of the folder that --calendars names */

static const char prefix[] = "calendar:";

static bool
calendar_named(struct span text)
{
	return span_starts(text, span_of(prefix));
}

/* A name of a file, not a way to somewhere else. */
static bool
is_plain(struct span name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') &&
		    (i == 0 || (c != '.' && c != '_' && c != '-')))
			return false;
	}
	return name.n > 0;
}

/* Its text; nowhere (p is NULL) when it cannot be the name of one. */
static struct span
calendar_file(struct fleet *fleet, struct span text)
{
	enum { FILE_MAX = 4 * 1024 * 1024 };
	struct span name = span_skip(text, strlen(prefix)), path, copy;
	struct buffer contents = {0};
	FILE *file;

	if (!is_plain(name))
		return (struct span){NULL, 0};
	path = fleet_text(fleet, "%s/%.*s",
	    fleet->calendars == NULL ? "." : fleet->calendars, SPAN_ARG(name));
	file = fopen(path.p, "re");
	if (file == NULL)
		die_errno(PM_EXIT_NOTHING, "%s", path.p);
	while (contents.n <= FILE_MAX && !feof(file) && !ferror(file))
		contents.n += fread(
		    buffer_reserve(&contents, BUFSIZ), 1, BUFSIZ, file);
	if (ferror(file))
		die_errno(PM_EXIT_IO, "%s", path.p);
	fclose(file);
	if (contents.n > FILE_MAX)
		die(PM_EXIT_POLICY, "%s: more than %d bytes are no calendar",
		    path.p, FILE_MAX);
	copy = arena_copy(&fleet->text, buffer_span(&contents));
	buffer_release(&contents);
	return copy;
}

/* ---- parsing, once for each distinct window and freeze */

struct cache {
	struct hash_table index;
	struct calendar **rows;
	size_t count;
	size_t capacity;
};

static _Noreturn void
refuse(struct fleet *fleet, const struct host *host, enum choice choice,
    const char *reason)
{
	die(PM_EXIT_POLICY, "%.*s: %s '%.*s': %s",
	    SPAN_ARG(setting_where(fleet, host, choice)),
	    choice == CHOICE_FREEZE ? "freeze" : "window",
	    SPAN_ARG(host_choice(fleet, host, choice)), reason);
}

static const char bad_name[] =
    "a calendar is named by letters, digits and . _ -";

static struct window *
parse(struct fleet *fleet, const struct host *host, enum choice choice)
{
	struct span text = host_choice(fleet, host, choice);
	const char *reason = bad_name;
	struct window *window = NULL;

	if (calendar_named(text)) {
		struct span file = calendar_file(fleet, text);

		if (file.p != NULL)
			window = window_calendar(file, &reason);
	} else
		window = window_parse(text, &reason);
	if (window == NULL)
		refuse(fleet, host, choice, reason);
	return window;
}

static bool
freeze_item(struct fleet *fleet, struct window *window, struct span item,
    const char **reason)
{
	struct span file;

	if (!calendar_named(item))
		return window_freeze(window, item, reason);
	file = calendar_file(fleet, item);
	*reason = bad_name;
	return file.p != NULL &&
	       window_freeze_calendar(window, file, fleet->now, reason);
}

/* A list of dates and calendars. */
static void
freeze(struct fleet *fleet, const struct host *host, struct window *window)
{
	struct span list = host_choice(fleet, host, CHOICE_FREEZE);
	const char *reason;

	while (!span_absent(list) && list.p != NULL)
		if (!freeze_item(fleet, window, span_trim(span_cut(&list, ',')),
			&reason))
			refuse(fleet, host, CHOICE_FREEZE, reason);
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
	freeze(fleet, host, calendar->window);
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
		calendar->openings[calendar->count++] = opening_new(slot);
		calendar->searched = slot.end;
		if (slot.end == SLOT_FOREVER)
			calendar->exhausted = true;
	}
	return i < calendar->count ? &calendar->openings[i] : NULL;
}
