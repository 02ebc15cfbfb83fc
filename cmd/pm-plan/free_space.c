#include "free_space.h"

#include "hash.h"

struct row {
	struct span host;
	enum space_place place;
	uint64_t bytes;
};

static struct {
	struct hash_table index; /* rows by host */
	struct row *rows;
	size_t count, capacity;
	struct arena text;
} state;

void
free_space_read(const struct record *record)
{
	struct span value = record_get(record, FACT_VALUE), where;
	struct row *row;
	unsigned place = 0;
	uint64_t bytes;

	if (!span_is(record_get(record, FACT_KEY), "free_space"))
		return;
	where = span_cut(&value, ' ');
	while (place < SPACE_PLACES && !span_is(where, space_places[place]))
		place++;
	if (place == SPACE_PLACES)
		return;
	if (value.p == NULL || !span_number(value, &bytes))
		die(PM_EXIT_DATA, "%s: free_space is '%s BYTES'",
		    record_where(record), space_places[place]);
	state.rows = memory_grow(
	    state.rows, &state.capacity, state.count + 1, sizeof(*row));
	row = &state.rows[state.count];
	*row = (struct row){
	    arena_copy(&state.text, record_get(record, FACT_HOST)),
	    (enum space_place)place, bytes};
	hash_insert(
	    &state.index, hash_span(row->host), (uint32_t)state.count++);
}

void
free_space_of(struct span host, uint64_t bytes[SPACE_PLACES])
{
	struct hash_probe probe = hash_first(&state.index, hash_span(host));

	for (unsigned i = 0; i < SPACE_PLACES; i++)
		bytes[i] = FREE_SPACE_UNKNOWN;
	for (; hash_found(&state.index, &probe);
	     hash_next(&state.index, &probe)) {
		const struct row *row = &state.rows[probe.index];

		if (span_equal(row->host, host) &&
		    row->bytes < bytes[row->place])
			bytes[row->place] = row->bytes;
	}
}
