#include "memory.h"

#include <sys/mman.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	CHUNK_SIZE = 256 * 1024,
	ALIGNMENT = 16,
	CACHE_LINE = 64,
	HUGE_PAGE = 2 * 1024 * 1024,
	RESTLESS_MOST = 16 * 1024
};

struct arena_chunk {
	struct arena_chunk *next;
	size_t size;
};

enum {
	CHUNK_HEADER = (sizeof(struct arena_chunk) + ALIGNMENT - 1) /
		       ALIGNMENT * ALIGNMENT
};

static _Noreturn void
out_of_memory(size_t size)
{
	die(PM_EXIT_SYSTEM, "out of memory (wanted %zu bytes)", size);
}

void *
memory_zeroed(size_t count, size_t size)
{
	void *block = calloc(count == 0 ? 1 : count, size);

	if (block == NULL)
		out_of_memory(count);
	return block;
}

void *
memory_array(void *old, size_t count, size_t size)
{
	void *block;

	if (size != 0 && count > SIZE_MAX / size)
		out_of_memory(SIZE_MAX);
	block = realloc(old, count * size == 0 ? 1 : count * size);
	if (block == NULL)
		out_of_memory(count * size);
	return block;
}

/*
 * With MEMORY_RESTLESS an array moves whenever it might have, so that the address
 * sanitizer sees each pointer into it that was kept for too long.
 */
static void *
move(void *array, size_t bytes)
{
#ifdef MEMORY_RESTLESS
	if (array != NULL && bytes > 0 && bytes <= RESTLESS_MOST) {
		void *block = memcpy(
		    memory_array(NULL, bytes, 1), array, bytes);

		free(array);
		return block;
	}
#endif
	(void)bytes;
	return array;
}

void *
memory_grow(void *array, size_t *capacity, size_t need, size_t size)
{
	size_t wanted = *capacity < 16 ? 16 : *capacity;

	if (need <= *capacity)
		return move(array, *capacity * size);
	while (wanted < need) {
		if (wanted > SIZE_MAX / 2)
			out_of_memory(SIZE_MAX);
		wanted *= 2;
	}
	*capacity = wanted;
	return memory_array(array, wanted, size);
}

void *
memory_settled(size_t count, size_t size)
{
	size_t bytes = count * size;
	size_t alignment = bytes >= HUGE_PAGE ? HUGE_PAGE : CACHE_LINE;
	size_t room = (bytes + alignment - 1) / alignment * alignment;
	void *block;

	if (size != 0 && count > (SIZE_MAX - HUGE_PAGE) / size)
		out_of_memory(SIZE_MAX);
	block = aligned_alloc(alignment, room == 0 ? alignment : room);
	if (block == NULL)
		out_of_memory(room);
	/* a hint: without huge pages it only is slower */
	if (alignment == HUGE_PAGE)
		(void)madvise(block, room, MADV_HUGEPAGE);
	return block;
}

void *
memory_settle(void *old, size_t count, size_t size)
{
	void *block;

	if (old == NULL || count * size == 0)
		return old;
	block = memcpy(memory_settled(count, size), old, count * size);
	free(old);
	return block;
}

/* The next size bytes, wherever they fall. */
static void *
arena_bytes(struct arena *arena, size_t size)
{
	struct arena_chunk *chunk;
	size_t room;
	void *block;

	if (size > SIZE_MAX / 2)
		out_of_memory(size);
	if (size > arena->left) {
		room = size > CHUNK_SIZE - CHUNK_HEADER
			   ? size
			   : CHUNK_SIZE - CHUNK_HEADER;
		chunk = memory_zeroed(1, CHUNK_HEADER + room);
		chunk->next = arena->chunks;
		chunk->size = CHUNK_HEADER + room;
		arena->chunks = chunk;
		arena->next = (char *)chunk + CHUNK_HEADER;
		arena->left = room;
		arena->total += chunk->size;
	}
	block = arena->next;
	arena->next += size;
	arena->left -= size;
	return block;
}

void *
arena_allocate(struct arena *arena, size_t size)
{
	size_t skew = (size_t)((uintptr_t)arena->next % ALIGNMENT);
	size_t pad = skew == 0 ? 0 : ALIGNMENT - skew;

	if (pad == 0) /* an arena without memory has no place to add it to */
		return arena_bytes(arena, size);
	if (pad <= arena->left) {
		arena->next += pad;
		arena->left -= pad;
	} else {
		arena->left = 0;
	}
	return arena_bytes(arena, size);
}

struct span
arena_copy(struct arena *arena, struct span s)
{
	char *copy = arena_bytes(arena, s.n + 1);

	if (s.n > 0)
		memcpy(copy, s.p, s.n);
	return (struct span){copy, s.n};
}

void
arena_reset(struct arena *arena)
{
	struct arena_chunk *keep = arena->chunks;
	char *first;

	if (keep == NULL || keep->size != CHUNK_SIZE) {
		arena_release(arena);
		return;
	}
	arena->chunks = keep->next;
	first = (char *)keep + CHUNK_HEADER;
	memset(first, 0, (size_t)(arena->next - first));
	arena_release(arena);
	keep->next = NULL;
	*arena = (struct arena){
	    .chunks = keep,
	    .next = first,
	    .left = CHUNK_SIZE - CHUNK_HEADER,
	    .total = CHUNK_SIZE,
	};
}

void
arena_release(struct arena *arena)
{
	while (arena->chunks != NULL) {
		struct arena_chunk *chunk = arena->chunks;

		arena->chunks = chunk->next;
		free(chunk);
	}
	*arena = (struct arena){0};
}

char *
buffer_make_room(struct buffer *buffer, size_t more)
{
	if (more > SIZE_MAX - buffer->n)
		out_of_memory(SIZE_MAX);
	buffer->p = memory_grow(
	    buffer->p, &buffer->capacity, buffer->n + more, 1);
	return buffer->p + buffer->n;
}

void
buffer_add_number(struct buffer *buffer, uint64_t number)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number != 0);
	buffer_add(buffer, digits + at, sizeof(digits) - at);
}

void
buffer_printf(struct buffer *buffer, const char *format, ...)
{
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (n < 0)
		die_errno(PM_EXIT_SYSTEM, "formatting a message");
	va_start(arguments, format);
	vsnprintf(buffer_reserve(buffer, (size_t)n + 1), (size_t)n + 1, format,
	    arguments);
	va_end(arguments);
	buffer->n += (size_t)n;
}

void
buffer_release(struct buffer *buffer)
{
	free(buffer->p);
	*buffer = (struct buffer){0};
}
