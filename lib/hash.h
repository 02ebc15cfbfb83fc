/*
 * Hashing of untrusted keys, and an open-addressing table of 32-bit values.
 * The seed is drawn afresh for every process, so nobody can prepare package
 * names that collide; for that reason iteration order must never reach output.
 */
#ifndef PM_HASH_H
#define PM_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "span.h"

/*
 * A 64-bit hash of the bytes, seeded per process.  The mixing step is the
 * 64x64->128 bit multiplication folded with exclusive or, as in wyhash
 * (Wang Yi, "wyhash final version 4", public domain description).
 */
uint64_t hash_span(struct span s);

/* Mix a number into a hash, for keys of several parts. */
uint64_t hash_mix(uint64_t hash, uint64_t more);

/*
 * A table from hash to index.  It holds only the tags and the caller's 32-bit
 * index of an item that lives elsewhere; the caller compares the keys.
 *
 *	for (probe = hash_first(&table, hash); hash_found(&table, &probe);
 *	    hash_next(&table, &probe))
 *		if (item_matches(items[probe.index], key))
 *			return &items[probe.index];
 *	hash_insert(&table, hash, new_index);
 *
 * Zero-initialise to make an empty one.
 */
struct hash_slot {
	uint32_t tag;	/* upper half of the hash, never 0 in a used slot */
	uint32_t index; /* the caller's */
};

struct hash_table {
	struct hash_slot *slots;
	size_t mask;  /* slots - 1, a power of two less one */
	size_t count; /* used slots; at most half of all */
};

struct hash_probe {
	size_t at;
	uint32_t tag;
	uint32_t index; /* valid after hash_found() returned true */
};

static inline uint32_t
hash_tag(uint64_t hash)
{
	uint32_t tag = (uint32_t)(hash >> 32);

	return tag == 0 ? 1 : tag;
}

static inline struct hash_probe
hash_first(const struct hash_table *table, uint64_t hash)
{
	uint32_t tag = hash_tag(hash);

	return (struct hash_probe){tag & table->mask, tag, 0};
}

static inline bool
hash_found(const struct hash_table *table, struct hash_probe *probe)
{
	if (table->slots == NULL)
		return false;
	for (;;) {
		const struct hash_slot *slot = &table->slots[probe->at];

		if (slot->tag == 0)
			return false;
		if (slot->tag == probe->tag) {
			probe->index = slot->index;
			return true;
		}
		probe->at = (probe->at + 1) & table->mask;
	}
}

static inline void
hash_next(const struct hash_table *table, struct hash_probe *probe)
{
	probe->at = (probe->at + 1) & table->mask;
}

/* Add an item; growing rehashes from the tags, so no key is needed. */
void hash_insert(struct hash_table *table, uint64_t hash, uint32_t index);
void hash_release(struct hash_table *table);

#endif
