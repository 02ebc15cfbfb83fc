/*
 * Memory: checked allocation, an arena that is freed as a whole, and a growable
 * byte buffer.  Running out of memory ends the program with status 71; nothing
 * here returns NULL.
 */
#ifndef PM_MEMORY_H
#define PM_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "diag.h"
#include "span.h"

/* Room for count items of the given size, zeroed; the caller frees. */
void *memory_zeroed(size_t count, size_t size);

/*
 * Grow or make an array: the returned block has room for count items and holds
 * the old contents; the caller frees.  Overflow of count * size is an error.
 */
void *memory_array(void *old, size_t count, size_t size);

/*
 * Make sure that *array has room for at least `need` items of the given size,
 * doubling *capacity as needed.  Returns the (possibly moved) array.
 */
void *memory_grow(void *array, size_t *capacity, size_t need, size_t size);

/*
 * Room for an array that will not grow, where random access is cheap: it starts
 * at a cache line, and a large one asks for huge pages, since half of what a
 * look-up costs is finding out where a page is.  The caller frees.
 */
void *memory_settled(size_t count, size_t size);

/* Move an array there and free the old block; NULL stays NULL. */
void *memory_settle(void *old, size_t count, size_t size);

/*
 * An arena: allocations live until arena_release().  Zero-initialise to make
 * one: `struct arena arena = {0};`.
 */
struct arena {
	struct arena_chunk *chunks;
	char *next;
	size_t left;
	size_t total; /* bytes taken from the system */
};

/* size bytes, zeroed, aligned for any type. */
void *arena_allocate(struct arena *arena, size_t size);

/* A copy of s, with a NUL after it that the span does not count. */
struct span arena_copy(struct arena *arena, struct span s);

/* Forget everything that was allocated, and keep some memory to use again. */
void arena_reset(struct arena *arena);

/* Free everything that was allocated; the arena can be used again. */
void arena_release(struct arena *arena);

/* A growable run of bytes; zero-initialise to make one. */
struct buffer {
	char *p;
	size_t n;	 /* bytes in use */
	size_t capacity; /* bytes that fit before it must grow */
};

/* The slow half of buffer_reserve(). */
char *buffer_make_room(struct buffer *buffer, size_t more);

/* Make room for `more` bytes behind the first n and return where they go. */
static inline char *
buffer_reserve(struct buffer *buffer, size_t more)
{
#ifndef MEMORY_RESTLESS
	if (more <= buffer->capacity - buffer->n && buffer->p != NULL)
		return buffer->p + buffer->n;
#endif
	return buffer_make_room(buffer, more);
}

static inline void
buffer_add(struct buffer *buffer, const void *bytes, size_t n)
{
	if (n == 0)
		return;
	memcpy(buffer_reserve(buffer, n), bytes, n);
	buffer->n += n;
}

void buffer_add_number(struct buffer *buffer, uint64_t number);
void buffer_printf(struct buffer *buffer, const char *format, ...)
    PM_PRINTF(2, 3);
void buffer_release(struct buffer *buffer);

static inline void
buffer_add_span(struct buffer *buffer, struct span s)
{
	buffer_add(buffer, s.p, s.n);
}

static inline void
buffer_add_byte(struct buffer *buffer, char byte)
{
	buffer_add(buffer, &byte, 1);
}

/* Forget the contents, keep the memory. */
static inline void
buffer_reset(struct buffer *buffer)
{
	buffer->n = 0;
}

/* The contents; valid until the buffer is next changed. */
static inline struct span
buffer_span(const struct buffer *buffer)
{
	return (struct span){buffer->p, buffer->n};
}

#endif
