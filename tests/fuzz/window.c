/* Any text as window and freezes, on the lines of the input, from any time. */
#include "window.h"

#include <stdlib.h>

#include "fuzz.h"

static void
check(bool law)
{
	if (!law)
		abort();
}

static void
follow(const struct window *window, int64_t from)
{
	enum { SLOTS = 4 };
	struct slot slot = {from, from};

	for (int i = 0; i < SLOTS; i++) {
		int64_t last = slot.end;

		if (last == SLOT_FOREVER || !window_next(window, last, &slot))
			return;
		check(slot.start >= last && slot.end > slot.start);
		check(window_open(window, slot.start));
		check(slot.end == SLOT_FOREVER ||
		      window_open(window, slot.end - 1));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = {(const char *)data, size};
	struct span text = span_cut(&rest, '\n');
	struct span freezes = {NULL, 0};
	const char *reason = NULL;
	struct window *window = window_parse(text, &reason);
	uint64_t from = 1800000000;

	if (window == NULL) {
		check(reason != NULL);
		return 0;
	}
	if (rest.p != NULL)
		freezes = span_cut(&rest, '\n');
	if (rest.p != NULL && span_number(rest, &from))
		from %= (uint64_t)1 << 33;
	reason = NULL;
	if (freezes.p == NULL || window_freeze(window, freezes, &reason))
		follow(window, (int64_t)from);
	else
		check(reason != NULL);
	window_free(window);
	return 0;
}
