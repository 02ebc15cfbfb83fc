#include "closures.h"

#include <inttypes.h>

/* Hosts of one operating system, release and architecture. */
struct place {
	struct span os, release, arch;
	struct universe *universe; /* NULL: no repository fits */
};

static uint32_t
place_of(struct closures *closures, const struct host *host)
{
	struct place *place;

	for (size_t i = 0; i < closures->place_count; i++) {
		place = &closures->places[i];
		if (span_equal(place->os, host->os) &&
		    span_equal(place->release, host->release) &&
		    span_equal(place->arch, host->arch))
			return (uint32_t)i;
	}
	closures->places = memory_grow(closures->places,
	    &closures->place_capacity, closures->place_count + 1,
	    sizeof(*place));
	place = &closures->places[closures->place_count];
	*place = (struct place){host->os, host->release, host->arch,
	    universe_open(
		closures->repositories, host->os, host->release, host->arch)};
	return (uint32_t)closures->place_count++;
}

bool
need_is_wish(const struct need *need)
{
	return need->disposition == PLANNED && !need->reboot && !need->harden &&
	       !need->prerequisite && span_find(need->package, ':') == NULL;
}

/* backout=required, for mission hosts without a rule, unless it is waived. */
static bool
asks_way_back(
    struct fleet *fleet, const struct host *host, const struct need *need)
{
	const struct waiver_need subject = {
	    host->name, need->package, need->cves};
	struct span choice = host_choice(fleet, host, CHOICE_BACKOUT), who;

	if (span_absent(choice) ? host->tier != TIER_MISSION
				: !span_is(choice, "required"))
		return false;
	return !waivers_no_backout(&fleet->waivers, &subject, &who);
}

static struct closure *
find(struct closures *closures, uint64_t hash)
{
	struct hash_probe probe = hash_first(&closures->index, hash);

	for (; hash_found(&closures->index, &probe);
	     hash_next(&closures->index, &probe))
		if (span_equal(closures->items[probe.index].key,
			buffer_span(&closures->key)))
			return &closures->items[probe.index];
	return NULL;
}

/* What the solution depends on, as text. */
static void
make_key(struct closures *closures, struct fleet *fleet,
    const struct host *host, uint32_t place, uint32_t set)
{
	struct buffer *key = &closures->key;

	buffer_reset(key);
	buffer_printf(key, "%" PRIu32 "\t%" PRIu32 "\t%.*s", place, set,
	    SPAN_ARG(host_choice(fleet, host, CHOICE_ALLOW_REMOVE)));
	for (uint32_t i = 0; i < host->need_count; i++) {
		const struct need *need = &fleet->needs[host->first_need + i];

		if (!need_is_wish(need))
			continue;
		buffer_add_byte(key, '\n');
		buffer_add_span(key, need->package);
		buffer_add_byte(key, '\t');
		buffer_add_span(key, need->fixed);
		buffer_add_byte(key, (char)('0' + (int)need->kind));
		buffer_add_byte(
		    key, asks_way_back(fleet, host, need) ? '<' : '.');
		buffer_add_byte(key, need->staged ? '=' : '.');
	}
}

static struct closure *
make(struct closures *closures, struct fleet *fleet, const struct host *host,
    uint32_t place, uint32_t set, uint64_t hash)
{
	struct universe *universe = closures->places[place].universe;
	struct closure *closure;

	closures->items = memory_grow(closures->items, &closures->capacity,
	    closures->count + 1, sizeof(*closure));
	closure = &closures->items[closures->count];
	*closure = (struct closure){
	    .key = arena_copy(&closures->text, buffer_span(&closures->key)),
	    .wishes = memory_zeroed(
		host->need_count, sizeof(*closure->wishes))};
	hash_insert(&closures->index, hash, (uint32_t)closures->count++);
	for (uint32_t i = 0; i < host->need_count; i++) {
		const struct need *need = &fleet->needs[host->first_need + i];

		if (need_is_wish(need))
			closure->wishes[closure->count++] = (struct wish){
			    .package = need->package,
			    .version = need->fixed,
			    .kind = need->kind,
			    .exact = need->staged,
			    .way_back = asks_way_back(fleet, host, need)};
	}
	universe_install(universe, installed_set(closures->installed, set));
	closure->guessed = universe->guessed;
	closure->foreign = universe->foreign;
	solve(universe, closure->wishes, closure->count,
	    host_choice(fleet, host, CHOICE_ALLOW_REMOVE), &fleet->text,
	    &closure->solution);
	return closure;
}

const struct closure *
closures_of(struct closures *closures, struct fleet *fleet,
    const struct host *host, uint32_t set)
{
	uint32_t place = place_of(closures, host);
	struct closure *closure;
	uint64_t hash;

	if (closures->places[place].universe == NULL)
		return NULL;
	make_key(closures, fleet, host, place, set);
	hash = hash_span(buffer_span(&closures->key));
	closure = find(closures, hash);
	return closure != NULL ? closure
			       : make(closures, fleet, host, place, set, hash);
}

void
closures_release(struct closures *closures)
{
	for (size_t i = 0; i < closures->place_count; i++)
		if (closures->places[i].universe != NULL)
			universe_close(closures->places[i].universe);
	for (size_t i = 0; i < closures->count; i++) {
		free(closures->items[i].wishes);
		free(closures->items[i].solution.changes);
	}
	free(closures->places);
	free(closures->items);
	hash_release(&closures->index);
	buffer_release(&closures->key);
	arena_release(&closures->text);
	*closures = (struct closures){0};
}
