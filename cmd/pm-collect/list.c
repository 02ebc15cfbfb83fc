#include "list.h"

void
list_add(struct list *list, struct span text)
{
	list->item = memory_grow(
	    list->item, &list->capacity, list->count + 1, sizeof(*list->item));
	list->item[list->count++] = arena_copy(&list->arena, text);
}

static int
compare(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

void
list_sort(struct list *list)
{
	size_t kept = 0;

	if (list->count == 0)
		return;
	qsort(list->item, list->count, sizeof(*list->item), compare);
	for (size_t i = 0; i < list->count; i++)
		if (i == 0 || !span_equal(list->item[i], list->item[kept - 1]))
			list->item[kept++] = list->item[i];
	list->count = kept;
}

void
list_join(struct list *list, struct buffer *buffer)
{
	list_sort(list);
	for (size_t i = 0; i < list->count; i++) {
		if (i > 0)
			buffer_add_byte(buffer, ',');
		buffer_add_span(buffer, list->item[i]);
	}
}

struct span
list_text(struct list *list, struct buffer *buffer)
{
	buffer_reset(buffer);
	list_join(list, buffer);
	return buffer_span(buffer);
}

void
list_reset(struct list *list)
{
	arena_reset(&list->arena);
	list->count = 0;
}

void
list_release(struct list *list)
{
	arena_release(&list->arena);
	free(list->item);
	*list = (struct list){0};
}
