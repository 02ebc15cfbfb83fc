#include "hash.h"

#include <stdlib.h>

#include "memory.h"

/* Odd constants without structure: digits of pi, as in Blowfish's P-array. */
static const uint64_t mix_a = 0x243f6a8885a308d3;
static const uint64_t mix_b = 0x13198a2e03707345;

static uint64_t
hash_seed(void)
{
	static uint64_t seed;

	while (seed == 0)
		arc4random_buf(&seed, sizeof(seed));
	return seed;
}

/* Both halves of the 128-bit product, folded. */
static inline uint64_t
fold(uint64_t a, uint64_t b)
{
	__extension__ typedef unsigned __int128 uint128;
	uint128 product = (uint128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t
load8(const char *p)
{
	uint64_t value;

	memcpy(&value, p, sizeof(value));
	return value;
}

static inline uint64_t
load4(const char *p)
{
	uint32_t value;

	memcpy(&value, p, sizeof(value));
	return value;
}

uint64_t
hash_span(struct span s)
{
	uint64_t hash = hash_seed() ^ mix_a;
	uint64_t a = 0, b = 0;
	const char *p = s.p;
	size_t left = s.n;

	for (; left > 16; left -= 16, p += 16)
		hash = fold(load8(p) ^ mix_b, load8(p + 8) ^ hash);
	/* The tail is read by two loads that may overlap, never past the end. */
	if (left >= 8) {
		a = load8(p);
		b = load8(p + left - 8);
	} else if (left >= 4) {
		a = load4(p);
		b = load4(p + left - 4);
	} else if (left > 0) {
		a = (uint64_t)(unsigned char)p[0] << 16 |
		    (uint64_t)(unsigned char)p[left / 2] << 8 |
		    (uint64_t)(unsigned char)p[left - 1];
	}
	return fold(fold(a ^ mix_b, b ^ hash), mix_a ^ (uint64_t)s.n);
}

uint64_t
hash_mix(uint64_t hash, uint64_t more)
{
	return fold(hash ^ mix_b, more ^ mix_a);
}

static void
place(struct hash_table *table, uint32_t tag, uint32_t index)
{
	size_t at = tag & table->mask;

	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): never empty */
	while (table->slots[at].tag != 0)
		at = (at + 1) & table->mask;
	table->slots[at] = (struct hash_slot){tag, index};
}

void
hash_insert(struct hash_table *table, uint64_t hash, uint32_t index)
{
	struct hash_slot *old = table->slots;
	size_t slots = old == NULL ? 0 : table->mask + 1;

	if ((table->count + 1) * 2 > slots) {
		size_t wanted = slots == 0 ? 64 : slots * 2;

		table->slots = memory_zeroed(wanted, sizeof(*table->slots));
		table->mask = wanted - 1;
		for (size_t i = 0; i < slots; i++)
			if (old[i].tag != 0)
				place(table, old[i].tag, old[i].index);
		free(old);
	}
	place(table, hash_tag(hash), index);
	table->count++;
}

void
hash_release(struct hash_table *table)
{
	free(table->slots);
	*table = (struct hash_table){0};
}
