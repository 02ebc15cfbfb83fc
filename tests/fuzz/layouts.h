/*
 * lib/layout.c never forgets a header, since a program has one input; a fuzz
 * target has millions.
 */
#include "../../lib/layout.c"

static inline void
layouts_forget(void)
{
	static size_t first;

	for (unsigned type = RECORD_OTHER + 1;
	     first == 0 && type < RECORD_TYPES; type++) {
		(void)layout_default((enum record_type)type, false);
		(void)layout_default((enum record_type)type, true);
	}
	if (first == 0)
		first = layout_count;
	layout_count = first;
}
