#include "preferences.h"

#include "diag.h"
#include "intern.h"

static struct {
	struct intern keys;
	struct preference *rows; /* by number of the key */
	size_t capacity;
	struct buffer key;
	struct intern texts;
} state;

static struct span
key_of(struct span os, struct span release, struct span package,
    struct span version)
{
	const struct span parts[] = {os, release, package, version};

	buffer_reset(&state.key);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		buffer_add_span(&state.key, parts[i]);
		buffer_add_byte(&state.key, '\t');
	}
	return buffer_span(&state.key);
}

/* The item "pins:LIST" of a list, without the word; or empty. */
static struct span
pins_in(struct span list)
{
	while (list.p != NULL) {
		struct span item = span_cut(&list, ',');

		if (span_starts(item, SPAN("pins:")))
			return span_skip(item, strlen("pins:"));
	}
	return SPAN("");
}

static int
priority_of(const struct record *record)
{
	struct span text = record_get(record, ADV_PRIORITY);
	bool negative = span_starts(text, SPAN("-"));
	uint64_t number;

	if (!span_number(span_skip(text, negative ? 1 : 0), &number) ||
	    number > INT16_MAX)
		die(PM_EXIT_DATA,
		    "%s: priority '%.*s' is no number that apt "
		    "takes",
		    record_where(record), SPAN_ARG(text));
	return negative ? -(int)number : (int)number;
}

/* Where systems differ the least counts: nothing gets past a pin. */
void
preferences_read(const struct record *record)
{
	struct span version = record_get(record, ADV_FIXED);
	struct preference row;
	size_t known = state.keys.count;
	uint32_t at;

	if (span_absent(record_get(record, ADV_PRIORITY)))
		return;
	row.priority = priority_of(record);
	row.installed = intern_span(
	    &state.texts, intern_add(&state.texts,
			      pins_in(record_get(record, ADV_REQUIRES))));
	if (span_starts(version, SPAN("0:")))
		version = span_skip(version, 2);
	at = intern_add(&state.keys,
	    key_of(record_get(record, ADV_OS), record_get(record, ADV_RELEASE),
		record_get(record, ADV_PACKAGE), version));
	state.rows = memory_grow(
	    state.rows, &state.capacity, (size_t)at + 1, sizeof(*state.rows));
	if (at >= known || row.priority < state.rows[at].priority)
		state.rows[at] = row;
}

bool
preferences_any(void)
{
	return state.capacity > 0;
}

const struct preference *
preferences_find(struct span os, struct span release, struct span package,
    struct span version)
{
	uint32_t at;

	if (!preferences_any() ||
	    !intern_find(
		&state.keys, key_of(os, release, package, version), &at))
		return NULL;
	return &state.rows[at];
}
