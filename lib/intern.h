/*
 * Interned strings: equal bytes get equal numbers, so that comparing two names
 * is comparing two integers.  Number 0 is always "-", the absent value.
 */
#ifndef PM_INTERN_H
#define PM_INTERN_H

#include "hash.h"
#include "memory.h"

struct intern {
	struct arena text;
	struct hash_table table;
	struct span *strings; /* by number */
	size_t count;
	size_t capacity;
};

/* The number of s, adding it when it is new. */
uint32_t intern_add(struct intern *intern, struct span s);

/*
 * The same for several strings; what they touch in memory is fetched for all at
 * once, so in a large table this is faster than one by one.
 */
void intern_add_several(struct intern *intern, const struct span *strings,
    uint32_t *numbers, size_t count);

/* Look s up without adding it; false when it is unknown. */
bool intern_find(const struct intern *intern, struct span s, uint32_t *number);

/* The same with the hash_span() of s, for a caller that has it. */
bool intern_find_hashed(const struct intern *intern, struct span s,
    uint64_t hash, uint32_t *number);

/*
 * Bring what looking for a string with this hash touches into the caches: first
 * the one for many strings, then the other, then look them up.  The second
 * returns what is most likely its number; 0 when it is surely unknown.
 */
void intern_expect_slot(const struct intern *intern, uint64_t hash);
uint32_t intern_expect_string(const struct intern *intern, uint64_t hash);

/* The bytes behind a number, NUL-terminated; they live until intern_release. */
static inline struct span
intern_span(const struct intern *intern, uint32_t number)
{
	return intern->count == 0 ? SPAN("-") : intern->strings[number];
}

void intern_release(struct intern *intern);

#endif
