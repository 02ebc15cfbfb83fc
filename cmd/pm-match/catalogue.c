#include "catalogue.h"

#include <stdlib.h>

#include "advisory.h"
#include "input.h"
#include "releases.h"
#include "timestamp.h"
#include "update.h"

static text_id
add_text(struct catalogue *catalogue, struct span text)
{
	uint32_t length = (uint32_t)text.n;
	size_t id = catalogue->pool.n;

	/* Offset 0 is "-", which most columns of most advisories hold. */
	if (span_absent(text) && id > 0)
		return 0;
	if (id > UINT32_MAX - sizeof(length) - text.n)
		die(PM_EXIT_SYSTEM, "the catalogue holds more than 4 GiB of "
				    "text; split it by release");
	buffer_add(&catalogue->pool, &length, sizeof(length));
	buffer_add_span(&catalogue->pool, text);
	return (text_id)id;
}

/* Which of a few places to look for a word at. */
static inline unsigned
recent_place(struct span word)
{
	const unsigned char *p = (const unsigned char *)word.p;

	return word.n == 0 ? 0
			   : (unsigned)(word.n * 5 + p[0] + p[word.n - 1] * 3u +
					p[word.n / 2]) %
				 RECENT;
}

/* The same of a version; advisories of a package share a few of them. */
static text_id
add_version(struct catalogue *catalogue, struct span text)
{
	text_id *place;

	if (span_absent(text))
		return 0;
	place = &catalogue->recent.versions[recent_place(text)];
	if (!span_equal(catalogue_text(catalogue, *place), text))
		*place = add_text(catalogue, text);
	return *place;
}

/* The same for words. */
static uint32_t
intern_again(struct intern *intern, uint32_t *recent, struct span word)
{
	uint32_t *place = &recent[recent_place(word)];

	if (!span_equal(intern_span(intern, *place), word))
		*place = intern_add(intern, word);
	return *place;
}

static bool
is_scope(const struct catalogue *catalogue, const struct scope *scope,
    struct span os, struct span release)
{
	return span_equal(
		   intern_span(&catalogue->words, scope->release), release) &&
	       span_equal(intern_span(&catalogue->words, scope->os), os);
}

static size_t
scope_number(struct catalogue *catalogue, struct span os, struct span release)
{
	uint32_t os_id, release_id;
	struct scope *scope;
	size_t *place = &catalogue->recent.scopes[recent_place(release)];

	if (*place < catalogue->scope_count &&
	    is_scope(catalogue, &catalogue->scopes[*place], os, release))
		return *place;
	os_id = intern_add(&catalogue->words, os);
	release_id = intern_add(&catalogue->words, release);
	for (size_t i = catalogue->scope_count; i-- > 0;)
		if (catalogue->scopes[i].os == os_id &&
		    catalogue->scopes[i].release == release_id)
			return *place = i;
	catalogue->scopes = memory_grow(catalogue->scopes,
	    &catalogue->scope_capacity, catalogue->scope_count + 1,
	    sizeof(*catalogue->scopes));
	scope = &catalogue->scopes[catalogue->scope_count];
	*scope = (struct scope){
	    .os = os_id,
	    .release = release_id,
	    .scheme = version_scheme_of(os),
	};
	return *place = catalogue->scope_count++;
}

static struct scope *
exact_scope(struct catalogue *catalogue, struct span os, struct span release)
{
	uint32_t os_id, release_id;

	if (!intern_find(&catalogue->words, os, &os_id) ||
	    !intern_find(&catalogue->words, release, &release_id))
		return NULL;
	for (size_t i = 0; i < catalogue->scope_count; i++)
		if (catalogue->scopes[i].os == os_id &&
		    catalogue->scopes[i].release == release_id)
			return &catalogue->scopes[i];
	return NULL;
}

struct scope *
catalogue_scope(
    struct catalogue *catalogue, struct span os, struct span release)
{
	struct scope *scope;

	if (span_absent(os))
		return NULL;
	scope = exact_scope(catalogue, os, release);
	while (scope == NULL && release_shorten(os, &release))
		scope = exact_scope(catalogue, os, release);
	if (scope == NULL)
		scope = exact_scope(catalogue, os, SPAN("-"));
	if (scope == NULL && version_scheme_of(os) == VERSION_GENERIC)
		scope = exact_scope(catalogue, SPAN("-"), SPAN("-"));
	return scope;
}

static void
refuse_late(const struct catalogue *catalogue, const struct record *record)
{
	if (catalogue->ready)
		die(PM_EXIT_DATA,
		    "%s: %.*s after the first package: "
		    "give the catalogue before the inventory, or sort the "
		    "stream",
		    record_where(record), SPAN_ARG(record->layout->name));
}

void
catalogue_feed(struct catalogue *catalogue, const struct record *record)
{
	size_t number = scope_number(catalogue, record_get(record, FEED_OS),
	    record_get(record, FEED_RELEASE));
	struct scope *scope = &catalogue->scopes[number];
	struct feed *feed;

	refuse_late(catalogue, record);
	catalogue->feeds = memory_grow(catalogue->feeds,
	    &catalogue->feed_capacity, catalogue->feed_count + 1,
	    sizeof(*catalogue->feeds));
	feed = &catalogue->feeds[catalogue->feed_count];
	*feed = (struct feed){
	    .name = intern_add(
		&catalogue->words, record_get(record, FEED_FEED)),
	    .suite = intern_add(
		&catalogue->words, record_get(record, FEED_SUITE)),
	    .repository = span_is(record_get(record, FEED_KIND), "repository"),
	    .date = INT64_MIN,
	};
	timestamp_parse(record_get(record, FEED_DATE), &feed->date);
	scope->repository = scope->repository || feed->repository;
	scope->feeds = memory_grow(scope->feeds, &scope->feed_capacity,
	    scope->feed_count + 1, sizeof(*scope->feeds));
	scope->feeds[scope->feed_count++] = (uint32_t)catalogue->feed_count++;
}

uint32_t
catalogue_key_number(
    struct catalogue *catalogue, size_t scope, enum key_by by, struct span name)
{
	uint64_t hash;
	struct key *key;

	if (catalogue->key_count > 0) {
		key = &catalogue->keys[catalogue->recent.key];
		if (key->scope == scope && key->by == by &&
		    span_equal(key_name(key), name))
			return catalogue->recent.key;
	}
	hash = catalogue_hash((uint32_t)scope, by, name);
	key = catalogue_key(catalogue, hash, (uint32_t)scope, by, name);
	if (key != NULL)
		return catalogue->recent.key = (uint32_t)(key -
							  catalogue->keys);
	catalogue->keys = memory_grow(catalogue->keys, &catalogue->key_capacity,
	    catalogue->key_count + 1, sizeof(*catalogue->keys));
	key = &catalogue->keys[catalogue->key_count];
	*key = (struct key){
	    .scope = (uint32_t)scope,
	    .by = (uint8_t)by,
	    .name_length = (uint16_t)name.n,
	};
	if (name.n <= KEY_NAME_INLINE)
		memcpy(key->name, name.p, name.n);
	else
		key->long_name = arena_copy(&catalogue->arena, name).p;
	hash_insert(&catalogue->table, hash, (uint32_t)catalogue->key_count);
	catalogue->scopes[scope].keys[by]++;
	return catalogue->recent.key = (uint32_t)catalogue->key_count++;
}

struct key *
catalogue_key(const struct catalogue *catalogue, uint64_t hash, uint32_t scope,
    enum key_by by, struct span name)
{
	struct hash_probe probe = hash_first(&catalogue->table, hash);

	for (; hash_found(&catalogue->table, &probe);
	     hash_next(&catalogue->table, &probe)) {
		struct key *key = &catalogue->keys[probe.index];

		if (key->scope == scope && key->by == by &&
		    span_equal(key_name(key), name))
			return key;
	}
	return NULL;
}

/* An arch that fits any package is 0. */
static uint16_t
arch_number(struct catalogue *catalogue, struct span arch)
{
	uint32_t number;

	if (span_absent(arch) || arch_is_all(arch))
		return 0;
	number = intern_add(&catalogue->words, arch);
	if (number > UINT16_MAX)
		die(PM_EXIT_DATA, "more than 65535 different words in the "
				  "catalogue");
	return (uint16_t)number;
}

void
catalogue_advisory(struct catalogue *catalogue, const struct record *record)
{
	enum key_by by = advisory_by(record);
	struct span name = record_get(record, ADV_PACKAGE), pins;
	struct recent *recent = &catalogue->recent;
	struct advisory *advisory;
	size_t scope;

	refuse_late(catalogue, record);
	if (catalogue->pool.n == 0)
		add_text(catalogue, SPAN("-"));
	scope = scope_number(catalogue, record_get(record, ADV_OS),
	    record_get(record, ADV_RELEASE));
	if (name.n > UINT16_MAX)
		die(PM_EXIT_DATA, "%s: a package name of %zu bytes",
		    record_where(record), name.n);
	/* no host is ever to take it, but the package is a known one */
	if (span_is(record_get(record, ADV_STATE), "request")) {
		catalogue_key_number(catalogue, scope, by, name);
		return;
	}
	catalogue->advisories = memory_grow(catalogue->advisories,
	    &catalogue->advisory_capacity, catalogue->advisory_count + 1,
	    sizeof(*catalogue->advisories));
	advisory = &catalogue->advisories[catalogue->advisory_count++];
	*advisory = (struct advisory){
	    .name = add_text(catalogue, record_get(record, ADV_ADV)),
	    .fixed = add_version(catalogue, record_get(record, ADV_FIXED)),
	    .introduced = add_version(
		catalogue, record_get(record, ADV_INTRODUCED)),
	    .source_version = add_version(
		catalogue, record_get(record, ADV_SOURCE_VERSION)),
	    .feed = intern_again(
		&catalogue->words, recent->feeds, record_get(record, ADV_FEED)),
	    .severity = (uint16_t)intern_again(&catalogue->severities,
		recent->severities, record_get(record, ADV_SEVERITY)),
	    .arch = arch_number(catalogue, record_get(record, ADV_ARCH)),
	    .state = (uint8_t)advisory_state(
		record, catalogue->scopes[scope].scheme),
	    .kind = (uint8_t)advisory_kind(record),
	};
	/* An advisory that is a vulnerability is called like it. */
	advisory->cves = span_equal(record_get(record, ADV_CVES),
			     record_get(record, ADV_ADV))
			     ? advisory->name
			     : add_text(
				   catalogue, record_get(record, ADV_CVES));
	if (advisory->state == ADVISORY_AFFECTED)
		advisory->detail = add_text(
		    catalogue, record_get(record, ADV_STATE));
	if (!span_absent(record_get(record, ADV_SUPERSEDES)))
		advisory->supersedes = add_text(
		    catalogue, record_get(record, ADV_SUPERSEDES));
	if (advisory->state == ADVISORY_UPDATE)
		advisory->component = add_text(
		    catalogue, record_get(record, ADV_SOURCE));
	if (advisory_names_stream(record_get(record, ADV_REQUIRES)))
		advisory->streams = add_text(
		    catalogue, record_get(record, ADV_REQUIRES));
	pins = advisory_pins(record_get(record, ADV_REQUIRES));
	if (pins.n > 0)
		advisory->pins = add_text(catalogue, pins);
	if (!span_absent(record_get(record, ADV_PUBLISHED)))
		advisory->published = intern_again(&catalogue->words,
		    recent->published, record_get(record, ADV_PUBLISHED));
	if (!span_absent(record_get(record, ADV_LAST_AFFECTED)))
		advisory->last = add_version(
		    catalogue, record_get(record, ADV_LAST_AFFECTED));
	advisory->modular = advisory->streams != 0 ||
			    (catalogue->scopes[scope].scheme == VERSION_RPM &&
				version_is_modular(
				    record_get(record, ADV_FIXED)));
	advisory->key = catalogue_key_number(catalogue, scope, by, name);
}

static void
release_opinions(struct opinion *opinions)
{
	for (size_t i = 0; opinions != NULL && i < OPINIONS; i++) {
		buffer_release(&opinions[i].about);
		buffer_release(&opinions[i].rows);
		buffer_release(&opinions[i].remarks);
	}
	free(opinions);
}

void
catalogue_release(struct catalogue *catalogue)
{
	for (size_t i = 0; i < catalogue->key_count; i++) {
		free(catalogue->keys[i].lists);
		release_opinions(catalogue->keys[i].opinions);
	}
	for (size_t i = 0; i < catalogue->scope_count; i++) {
		free(catalogue->scopes[i].feeds);
		updates_release(&catalogue->scopes[i]);
	}
	free(catalogue->scopes);
	free(catalogue->feeds);
	free(catalogue->keys);
	free(catalogue->advisories);
	buffer_release(&catalogue->pool);
	intern_release(&catalogue->words);
	intern_release(&catalogue->severities);
	hash_release(&catalogue->table);
	arena_release(&catalogue->arena);
}
