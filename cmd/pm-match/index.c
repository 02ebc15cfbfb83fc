/* catalogue_ready(): the advisories sorted and counted, by key. */
#include <stdlib.h>

#include "catalogue.h"
#include "update.h"

/* In which part of its key's run an advisory belongs. */
enum part { PART_PLAIN, PART_OTHER, PART_STATEMENTS, PART_UPDATES, PARTS };

static enum part
part_of(const struct advisory *advisory)
{
	if (advisory->state == ADVISORY_NONE)
		return PART_STATEMENTS;
	if (advisory->state == ADVISORY_UPDATE)
		return PART_UPDATES;
	return advisory->state == ADVISORY_FIXED && advisory->introduced == 0 &&
		       advisory->pins == 0 && !advisory->modular
		   ? PART_PLAIN
		   : PART_OTHER;
}

/* What the comparison for sorting looks at; qsort(3) passes no context. */
static const struct catalogue *sorting;

static int
order_text(text_id a, text_id b)
{
	return a == b ? 0
		      : span_compare(catalogue_text(sorting, a),
			    catalogue_text(sorting, b));
}

static int
order_texts(const struct advisory *a, const struct advisory *b)
{
	int order = order_text(a->name, b->name);

	if (order == 0)
		order = order_text(a->introduced, b->introduced);
	if (order == 0)
		order = order_text(a->fixed, b->fixed);
	if (order == 0)
		order = order_text(a->source_version, b->source_version);
	if (order == 0)
		order = order_text(a->cves, b->cves);
	if (order == 0)
		order = order_text(a->last, b->last);
	return order != 0 ? order
			  : span_compare(intern_span(&sorting->words, a->feed),
				intern_span(&sorting->words, b->feed));
}

static int
order_advisories(const void *left, const void *right)
{
	const struct advisory *a = left;
	const struct advisory *b = right;
	enum version_order order;

	if (part_of(a) != part_of(b))
		return part_of(a) < part_of(b) ? -1 : 1;
	/* equal bytes are equal versions, and the usual case */
	if (part_of(a) == PART_PLAIN && a->fixed != b->fixed) {
		order = version_compare(
		    sorting->scopes[sorting->keys[a->key].scope].scheme,
		    catalogue_text(sorting, a->fixed),
		    catalogue_text(sorting, b->fixed));
		if (order != VERSION_EQUAL)
			return order == VERSION_GREATER ? -1 : 1;
	}
	/* Whatever the order of the input, the same bytes come out. */
	return order_texts(a, b);
}

/* Does what is said of the scope `from` hold for the scope `to` as well? */
static bool
covers(const struct scope *from, const struct scope *to)
{
	if (from == to || from->release != 0)
		return false;
	return from->os == to->os ||
	       (from->os == 0 && to->scheme == VERSION_GENERIC);
}

static void
copy_advisory(struct catalogue *catalogue, size_t from, size_t scope)
{
	struct advisory advisory = catalogue->advisories[from];
	const struct key *key = &catalogue->keys[advisory.key];

	if (advisory.state == ADVISORY_UPDATE)
		return;
	advisory.key = catalogue_key_number(catalogue, scope,
	    (enum key_by)key->by, arena_copy(&catalogue->arena, key_name(key)));
	catalogue->advisories = memory_grow(catalogue->advisories,
	    &catalogue->advisory_capacity, catalogue->advisory_count + 1,
	    sizeof(*catalogue->advisories));
	catalogue->advisories[catalogue->advisory_count++] = advisory;
}

/* Updates for no release are of products that no inventory lists. */
static void
leave_out(struct catalogue *catalogue, const struct advisory *advisory)
{
	const struct scope *scope =
	    &catalogue->scopes[catalogue->keys[advisory->key].scope];

	if (advisory->state != ADVISORY_UPDATE || scope->release != 0)
		return;
	for (size_t i = 0; i < scope->feed_count; i++) {
		struct feed *feed = &catalogue->feeds[scope->feeds[i]];

		if (feed->name != advisory->feed)
			continue;
		feed->left_out++;
		if (feed->left_out == 1 ||
		    span_compare(catalogue_text(catalogue, advisory->component),
			catalogue_text(catalogue, feed->left_out_example)) < 0)
			feed->left_out_example = advisory->component;
		return;
	}
}

static void
copy_feeds(struct scope *from, struct scope *to)
{
	for (size_t i = 0; i < from->feed_count; i++) {
		to->feeds = memory_grow(to->feeds, &to->feed_capacity,
		    to->feed_count + 1, sizeof(*to->feeds));
		to->feeds[to->feed_count++] = from->feeds[i];
	}
}

/*
 * What is said of an os without a release is said of all its releases, and what
 * is said without an os of all products.  Scopes are few, and those without a
 * release fewer.
 */
static void
spread(struct catalogue *catalogue)
{
	size_t count = catalogue->advisory_count;

	for (size_t i = 0; i < count; i++)
		leave_out(catalogue, &catalogue->advisories[i]);
	for (size_t from = 0; from < catalogue->scope_count; from++) {
		for (size_t to = 0; to < catalogue->scope_count; to++) {
			if (!covers(&catalogue->scopes[from],
				&catalogue->scopes[to]))
				continue;
			copy_feeds(
			    &catalogue->scopes[from], &catalogue->scopes[to]);
			for (size_t i = 0; i < count; i++)
				if (catalogue
					->keys[catalogue->advisories[i].key]
					.scope == from)
					copy_advisory(catalogue, i, to);
		}
	}
}

/* Bring the advisories of each key together: a counting sort. */
static void
group_by_key(struct catalogue *catalogue)
{
	struct advisory *grouped = memory_settled(
	    catalogue->advisory_count, sizeof(*grouped));
	uint32_t first = 0;

	for (size_t i = 0; i < catalogue->advisory_count; i++)
		catalogue->keys[catalogue->advisories[i].key].count++;
	for (size_t i = 0; i < catalogue->key_count; i++) {
		catalogue->keys[i].first = first;
		first += catalogue->keys[i].count;
		catalogue->keys[i].count = 0;
	}
	for (size_t i = 0; i < catalogue->advisory_count; i++) {
		struct key *key =
		    &catalogue->keys[catalogue->advisories[i].key];

		grouped[key->first + key->count++] = catalogue->advisories[i];
	}
	free(catalogue->advisories);
	catalogue->advisories = grouped;
	catalogue->advisory_capacity = catalogue->advisory_count;
}

/* Does a repository have the package that the advisory names? */
static bool
is_offer(const struct catalogue *catalogue, const struct advisory *advisory)
{
	const struct key *key = &catalogue->keys[advisory->key];
	const struct scope *scope = &catalogue->scopes[key->scope];

	if (key->by != BY_BINARY || !scope->repository)
		return false;
	for (size_t i = 0; i < scope->feed_count; i++)
		if (catalogue->feeds[scope->feeds[i]].name == advisory->feed)
			return catalogue->feeds[scope->feeds[i]].repository;
	return true;
}

/* Sort a key's advisories and count those of each part. */
static void
key_ready(const struct catalogue *catalogue, struct key *key)
{
	struct advisory *run = catalogue->advisories + key->first;
	uint32_t parts[PARTS] = {0};

	if (key->count > 1)
		qsort(run, key->count, sizeof(*run), order_advisories);
	key->any_arch = true;
	for (uint32_t i = 0; i < key->count; i++) {
		enum part part = part_of(&run[i]);

		parts[part]++;
		run[i].offer = is_offer(catalogue, &run[i]);
		if (part == PART_PLAIN && run[i].offer != run[0].offer)
			key->offers_differ = true;
		if (part < PART_STATEMENTS && run[i].arch != 0)
			key->any_arch = false;
	}
	key->plain = parts[PART_PLAIN];
	key->statements = parts[PART_STATEMENTS];
	key->updates = parts[PART_UPDATES];
	key->count -= key->statements + key->updates;
}

void
catalogue_ready(struct catalogue *catalogue)
{
	if (catalogue->ready)
		return;
	catalogue->ready = true;
	spread(catalogue);
	group_by_key(catalogue);
	sorting = catalogue;
	for (size_t i = 0; i < catalogue->key_count; i++)
		key_ready(catalogue, &catalogue->keys[i]);
	updates_ready(catalogue);
	catalogue->keys = memory_settle(
	    catalogue->keys, catalogue->key_count, sizeof(*catalogue->keys));
	catalogue->table.slots = memory_settle(catalogue->table.slots,
	    catalogue->table.slots == NULL ? 0 : catalogue->table.mask + 1,
	    sizeof(*catalogue->table.slots));
}
