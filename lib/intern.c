#include "intern.h"

static bool
find(
    const struct intern *intern, struct span s, uint64_t hash, uint32_t *number)
{
	struct hash_probe probe = hash_first(&intern->table, hash);

	for (; hash_found(&intern->table, &probe);
	     hash_next(&intern->table, &probe)) {
		if (span_equal(intern->strings[probe.index], s)) {
			*number = probe.index;
			return true;
		}
	}
	return false;
}

static uint32_t
add(struct intern *intern, struct span s, uint64_t hash)
{
	uint32_t number = (uint32_t)intern->count;

	if (intern->count == UINT32_MAX)
		die(PM_EXIT_SYSTEM, "more than %u distinct strings",
		    UINT32_MAX);
	intern->strings = memory_grow(intern->strings, &intern->capacity,
	    intern->count + 1, sizeof(*intern->strings));
	intern->strings[intern->count++] = arena_copy(&intern->text, s);
	hash_insert(&intern->table, hash, number);
	return number;
}

static uint32_t
add_hashed(struct intern *intern, struct span s, uint64_t hash)
{
	uint32_t number;

	if (intern->count == 0)
		add(intern, SPAN("-"), hash_span(SPAN("-")));
	if (find(intern, s, hash, &number))
		return number;
	return add(intern, s, hash);
}

uint32_t
intern_add(struct intern *intern, struct span s)
{
	return add_hashed(intern, s, hash_span(s));
}

void
intern_add_several(struct intern *intern, const struct span *strings,
    uint32_t *numbers, size_t count)
{
	enum { TOGETHER = 16 };
	uint64_t hashes[TOGETHER];

	for (size_t from = 0; from < count; from += TOGETHER) {
		size_t n = count - from < TOGETHER ? count - from : TOGETHER;

		for (size_t i = 0; i < n; i++) {
			hashes[i] = hash_span(strings[from + i]);
			intern_expect_slot(intern, hashes[i]);
		}
		for (size_t i = 0; i < n; i++)
			intern_expect_string(intern, hashes[i]);
		for (size_t i = 0; i < n; i++)
			numbers[from + i] = add_hashed(
			    intern, strings[from + i], hashes[i]);
	}
}

bool
intern_find(const struct intern *intern, struct span s, uint32_t *number)
{
	if (span_absent(s)) {
		*number = 0;
		return true;
	}
	return find(intern, s, hash_span(s), number);
}

bool
intern_find_hashed(
    const struct intern *intern, struct span s, uint64_t hash, uint32_t *number)
{
	if (span_absent(s)) {
		*number = 0;
		return true;
	}
	return find(intern, s, hash, number);
}

void
intern_expect_slot(const struct intern *intern, uint64_t hash)
{
	struct hash_probe probe = hash_first(&intern->table, hash);

	if (intern->table.slots != NULL)
		__builtin_prefetch(&intern->table.slots[probe.at]);
}

uint32_t
intern_expect_string(const struct intern *intern, uint64_t hash)
{
	struct hash_probe probe = hash_first(&intern->table, hash);

	if (!hash_found(&intern->table, &probe))
		return 0;
	__builtin_prefetch(intern->strings[probe.index].p);
	return probe.index;
}

void
intern_release(struct intern *intern)
{
	arena_release(&intern->text);
	hash_release(&intern->table);
	free(intern->strings);
	*intern = (struct intern){0};
}
