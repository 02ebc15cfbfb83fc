#include "visit.h"

#include <stdlib.h>

enum { TABLE_KEPT = 65536 };
static const uint32_t PART_NONE = UINT32_MAX;

/* What the host needs of one source package. */
struct visit_source {
	struct span name;
	uint64_t packages; /* different ones */
};

/* Its number in records[]; the name is that of the record. */
static struct span
package_of(const struct visit *visit, uint32_t record)
{
	return record_get(&visit->records[record], NEED_PACKAGE);
}

bool
visit_waits(const struct record *record)
{
	return record_type(record) == RECORD_NEED &&
	       record->layout->slot[NEED_SOURCE] != 0 &&
	       record->layout->slot[NEED_CLOSURE] == 0;
}

static struct span
host_of(const struct record *record)
{
	switch (record_type(record)) {
	case RECORD_NEED:
		return record_get(record, NEED_HOST);
	case RECORD_FACT:
		return record_get(record, FACT_HOST);
	case RECORD_SVC:
		return record_get(record, SVC_HOST);
	case RECORD_PKG:
		return record_get(record, PKG_HOST);
	case RECORD_COVER:
		return record_get(record, COVER_HOST);
	default:
		return SPAN("-");
	}
}

bool
visit_fits(const struct visit *visit, const struct record *record)
{
	if (visit->count == 0)
		return false;
	if (record_type(record) == RECORD_NEED && !visit_waits(record))
		return false;
	return span_equal(
	    host_of(record), record_get(visit->records, NEED_HOST));
}

/* The part of a source, made when it is new. */
static uint32_t
part_of(struct visit *visit, struct span source, uint64_t hash)
{
	struct hash_probe probe = hash_first(&visit->source_index, hash);

	for (; hash_found(&visit->source_index, &probe);
	     hash_next(&visit->source_index, &probe))
		if (span_equal(visit->sources[probe.index].name, source))
			return probe.index;
	visit->sources = memory_grow(visit->sources, &visit->source_capacity,
	    visit->source_count + 1, sizeof(*visit->sources));
	visit->sources[visit->source_count] = (struct visit_source){source, 0};
	hash_insert(&visit->source_index, hash, (uint32_t)visit->source_count);
	return (uint32_t)visit->source_count++;
}

/*
 * Count the package of a need that is held, once, however many needs it has.
 * What cannot be installed, or is installed already, does not change.
 */
static uint32_t
enlist(struct visit *visit, uint32_t number)
{
	const struct record *need = &visit->records[number];
	struct span source = record_get(need, NEED_SOURCE);
	struct span package = record_get(need, NEED_PACKAGE);
	struct span state = record_get(need, NEED_STATE);
	struct hash_probe probe;
	uint64_t hash;
	uint32_t part;

	if (span_absent(source) ||
	    !(span_is(state, "available") || span_is(state, "announced") ||
		span_is(state, "held")))
		return PART_NONE;
	part = part_of(visit, source, hash_span(source));
	hash = hash_mix(hash_span(package), part);
	probe = hash_first(&visit->package_index, hash);
	for (; hash_found(&visit->package_index, &probe);
	     hash_next(&visit->package_index, &probe))
		if (visit->parts[probe.index] == part &&
		    span_equal(package_of(visit, probe.index), package))
			return part;
	hash_insert(&visit->package_index, hash, number);
	visit->sources[part].packages++;
	return part;
}

static void
copy(struct visit *visit, const struct record *record)
{
	uint32_t *ends = arena_allocate(
	    &visit->arena, record->fields * sizeof(*ends));
	struct record *kept;

	visit->records = memory_grow(visit->records, &visit->capacity,
	    visit->count + 1, sizeof(*visit->records));
	visit->parts = memory_grow(visit->parts, &visit->part_capacity,
	    visit->count + 1, sizeof(*visit->parts));
	kept = &visit->records[visit->count];
	visit->parts[visit->count++] = PART_NONE;
	*kept = *record;
	kept->base = arena_copy(&visit->arena, record_line(record)).p;
	for (uint32_t i = 0; i < record->fields; i++)
		ends[i] = record->ends[i] - record->start;
	kept->start = 0;
	kept->ends = ends;
}

bool
visit_keep(
    struct visit *visit, struct fleet *fleet, const struct record *record)
{
	struct span host = host_of(record);
	uint32_t number = (uint32_t)visit->count;

	if (visit->count == 0 && !visit_waits(record))
		return false;
	if (visit->count == 0 && !fleet_visit(fleet, host))
		die(PM_EXIT_DATA,
		    "%s: a need of host '%.*s' away from its others, which "
		    "were decided without it: how many packages change "
		    "together is counted; sort the needs by host, or use "
		    "--sort",
		    record_where(record), SPAN_ARG(host));
	copy(visit, record);
	if (record_type(record) == RECORD_NEED)
		visit->parts[number] = enlist(visit, number);
	return true;
}

uint64_t
visit_closure(const struct visit *visit, size_t i)
{
	uint32_t part = visit->parts[i];

	return part == PART_NONE ? 0 : visit->sources[part].packages;
}

/* Make a table empty; one that a large host made large is given back. */
static void
empty(struct hash_table *table)
{
	if (table->slots == NULL)
		return;
	if (table->mask >= TABLE_KEPT) {
		hash_release(table);
		*table = (struct hash_table){0};
		return;
	}
	memset(table->slots, 0, (table->mask + 1) * sizeof(*table->slots));
	table->count = 0;
}

void
visit_forget(struct visit *visit)
{
	visit->count = visit->source_count = 0;
	arena_reset(&visit->arena);
	empty(&visit->source_index);
	empty(&visit->package_index);
}

void
visit_release(struct visit *visit)
{
	arena_release(&visit->arena);
	hash_release(&visit->source_index);
	hash_release(&visit->package_index);
	free(visit->records);
	free(visit->parts);
	free(visit->sources);
}
