#include "hold.h"

#include <stdlib.h>

void
hold_allow(struct hold *hold, const struct record *record)
{
	if (hold->hosts > 0)
		die(PM_EXIT_DATA,
		    "%s: an allow record behind the first host, whose exposure "
		    "was decided without it; name its file before the hosts, "
		    "or use --sort",
		    record_where(record));
	firewalls_add(&hold->firewalls, record);
}

static void
keep(struct hold *hold, const struct record *record)
{
	struct record *copy;
	uint32_t *ends = arena_allocate(
	    &hold->arena, record->fields * sizeof(*ends));

	hold->records = memory_grow(hold->records, &hold->capacity,
	    hold->count + 1, sizeof(*hold->records));
	copy = &hold->records[hold->count++];
	*copy = *record;
	copy->base = arena_copy(&hold->arena, record_line(record)).p;
	for (uint32_t i = 0; i < record->fields; i++)
		ends[i] = record->ends[i] - record->start;
	copy->start = 0;
	copy->ends = ends;
}

static bool
is_held(const struct hold *hold, struct span host)
{
	return hold->count > 0 &&
	       span_equal(record_get(hold->records, HOST_HOST), host);
}

static void
keep_service(struct hold *hold, const struct record *record)
{
	struct span host = record_get(record, SVC_HOST);

	if (!is_held(hold, host))
		die(PM_EXIT_DATA,
		    "%s: a service of host '%.*s' away from its host record: "
		    "its exposure is decided from both; keep the records of a "
		    "host together, its needs last (pm-collect merge), or use "
		    "--sort",
		    record_where(record), SPAN_ARG(host));
	sockets_add(&hold->sockets, record);
	keep(hold, record);
}

bool
hold_keep(struct hold *hold, const struct record *record)
{
	if (hold->firewalls.count == 0) {
		hold->hosts += record_type(record) == RECORD_HOST;
		return false;
	}
	switch (record_type(record)) {
	case RECORD_HOST:
		hold->hosts++;
		keep(hold, record);
		return true;
	case RECORD_SVC:
		keep_service(hold, record);
		return true;
	case RECORD_NEED:
		return false;
	case RECORD_FACT:
		/* Somebody looked for sockets; there may be none. */
		if (span_is(record_get(record, FACT_KEY), "listening") &&
		    is_held(hold, record_get(record, FACT_HOST)))
			hold->sockets.known = true;
		break;
	default:
		break;
	}
	if (hold->count == 0)
		return false;
	keep(hold, record);
	return true;
}

bool
hold_take(struct hold *hold, struct held *held)
{
	const struct record *host = hold->records;

	if (hold->count == 0)
		return false;
	held->records = hold->records;
	held->count = hold->count;
	held->exposed = exposure_of(&hold->firewalls, &hold->sockets,
	    record_get(host, HOST_HOST), record_get(host, HOST_ADDR),
	    &hold->why);
	held->why = buffer_span(&hold->why);
	if (span_absent(held->exposed)) {
		if (hold->unknown++ < UNKNOWN_NAMED)
			warning("host '%.*s': who can reach it is not known: "
				"%.*s",
			    SPAN_ARG(record_get(host, HOST_HOST)),
			    SPAN_ARG(held->why));
		held->why = SPAN("");
	}
	return true;
}

void
hold_forget(struct hold *hold)
{
	hold->count = 0;
	arena_release(&hold->arena);
	sockets_clear(&hold->sockets);
}

void
hold_release(struct hold *hold)
{
	if (hold->unknown > UNKNOWN_NAMED)
		warning("of %ju more hosts it is not known who can reach them",
		    (uintmax_t)(hold->unknown - UNKNOWN_NAMED));
	firewalls_release(&hold->firewalls);
	sockets_release(&hold->sockets);
	arena_release(&hold->arena);
	buffer_release(&hold->why);
	free(hold->records);
}
