/* Texts gathered in any order that come out sorted bytewise, each once. */
#ifndef PM_LIST_H
#define PM_LIST_H

#include "memory.h"

struct list {
	struct arena arena;
	struct span *item; /* NUL-terminated copies */
	size_t count;
	size_t capacity;
};

/* Add a copy of text; list_sort() comes after the last one. */
void list_add(struct list *list, struct span text);
void list_sort(struct list *list);

/* Sort, and append the items to buffer with commas between them. */
void list_join(struct list *list, struct buffer *buffer);

/* The same in place of what the buffer held; returns its text. */
struct span list_text(struct list *list, struct buffer *buffer);

/* Forget the items, and keep some memory to use again. */
void list_reset(struct list *list);
void list_release(struct list *list);

#endif
