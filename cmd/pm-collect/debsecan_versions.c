#include "debsecan_versions.h"

#include "version.h"

void
versions_next_package(struct versions *versions)
{
	versions->package++;
	versions->count = 0;
}

/* Is the one with this number before or at the text?  In the order of bytes
 * where they are equal versions, which *same says. */
static bool
is_before(const struct versions *versions, uint32_t number, struct span text,
    bool *same)
{
	struct span other = version_text(versions, number);
	enum version_order order = version_compare(VERSION_DEB, other, text);

	*same = order == VERSION_EQUAL;
	return order == VERSION_LESS ||
	       (*same && span_compare(other, text) < 0);
}

/* Give it its place, and those behind it theirs. */
static void
put(struct versions *versions, uint32_t number)
{
	struct span text = version_text(versions, number);
	size_t low = 0, high = versions->count;
	bool same, before_same = false, behind_same = false;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (is_before(versions, versions->order[middle], text, &same)) {
			low = middle + 1;
			before_same = same;
		} else {
			high = middle;
			behind_same = same;
		}
	}
	versions->order = memory_grow(versions->order,
	    &versions->order_capacity, versions->count + 1,
	    sizeof(*versions->order));
	memmove(versions->order + low + 1, versions->order + low,
	    (versions->count++ - low) * sizeof(*versions->order));
	versions->order[low] = number;
	versions->items[number].same = before_same;
	if (low + 1 < versions->count)
		versions->items[versions->order[low + 1]].same = behind_same;
	for (size_t i = low; i < versions->count; i++) {
		struct version *item = &versions->items[versions->order[i]];

		item->rank = (uint32_t)i;
		item->level =
		    i == 0 ? 0
			   : versions->items[versions->order[i - 1]].level +
				 !item->same;
	}
}

uint32_t
versions_add(struct versions *versions, struct span text)
{
	uint32_t number = intern_add(&versions->texts, text);
	size_t known = versions->capacity;
	struct version *item;

	versions->items = memory_grow(versions->items, &versions->capacity,
	    (size_t)number + 1, sizeof(*versions->items));
	if (versions->capacity > known)
		memset(versions->items + known, 0,
		    (versions->capacity - known) * sizeof(*versions->items));
	item = &versions->items[number];
	if (item->package != versions->package) {
		*item = (struct version){.package = versions->package,
		    .valid = version_valid(VERSION_DEB, text)};
		if (item->valid)
			put(versions, number);
	}
	return number;
}

void
versions_sort(const struct versions *versions, uint32_t *numbers, size_t count)
{
	/* they are few */
	for (size_t i = 1; i < count; i++) {
		uint32_t number = numbers[i];
		uint32_t rank = versions->items[number].rank;
		size_t at = i;

		for (; at > 0 && versions->items[numbers[at - 1]].rank > rank;
		     at--)
			numbers[at] = numbers[at - 1];
		numbers[at] = number;
	}
}

void
versions_release(struct versions *versions)
{
	intern_release(&versions->texts);
	free(versions->items);
	free(versions->order);
	*versions = (struct versions){0};
}
