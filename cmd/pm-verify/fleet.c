#include "fleet.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * Linux picks ports from this range for sockets that ask for any, by default
 * (ip(7), ip_local_port_range): another number says nothing.
 */
enum { DYNAMIC_FIRST = 32768, DYNAMIC_LAST = 60999 };

struct host *
fleet_host(struct fleet *fleet, struct span name)
{
	uint32_t number = intern_add(&fleet->names, name);

	fleet->hosts = memory_grow(fleet->hosts, &fleet->host_capacity,
	    fleet->names.count, sizeof(*fleet->hosts));
	while (fleet->host_count < fleet->names.count) {
		struct host *host = &fleet->hosts[fleet->host_count++];

		*host = (struct host){.changed = INT64_MIN,
		    .first_step = NONE,
		    .last_step = NONE};
		for (unsigned i = 0; i < NOTES; i++)
			host->first_note[i] = host->last_note[i] = NONE;
	}
	return &fleet->hosts[number];
}

struct host *
fleet_find(const struct fleet *fleet, struct span name)
{
	uint32_t number;

	if (!intern_find(&fleet->names, name, &number) ||
	    number >= fleet->host_count)
		return NULL;
	return &fleet->hosts[number];
}

struct span
fleet_keep(struct fleet *fleet, struct span value)
{
	return intern_span(&fleet->words, intern_add(&fleet->words, value));
}

struct span
fleet_text(struct fleet *fleet, const char *format, ...)
{
	va_list arguments;
	int length;
	char *p;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0)
		die(PM_EXIT_SYSTEM, "a text cannot be formatted");
	p = arena_allocate(&fleet->text, (size_t)length + 1);
	va_start(arguments, format);
	vsnprintf(p, (size_t)length + 1, format, arguments);
	va_end(arguments);
	return (struct span){p, (size_t)length};
}

void
fleet_note(struct fleet *fleet, struct host *host, enum note_kind kind,
    const struct span *values, size_t count)
{
	uint32_t number = (uint32_t)fleet->note_count;
	struct note *note;

	if (number == NONE)
		die(PM_EXIT_SYSTEM, "more than %u notes", NONE);
	fleet->notes = memory_grow(fleet->notes, &fleet->note_capacity,
	    fleet->note_count + 1, sizeof(*fleet->notes));
	note = &fleet->notes[fleet->note_count++];
	*note = (struct note){.next = NONE};
	for (size_t i = 0; i < count; i++)
		note->value[i] = fleet_keep(fleet, values[i]);
	if (host->first_note[kind] == NONE)
		host->first_note[kind] = number;
	else
		fleet->notes[host->last_note[kind]].next = number;
	host->last_note[kind] = number;
}

void
look_read(struct fleet *fleet, struct look *look, const struct record *record)
{
	look->there = true;
	look->hardware = fleet_keep(fleet, record_get(record, HOST_HARDWARE));
	look->os = fleet_keep(fleet, record_get(record, HOST_OS));
	look->arch = fleet_keep(fleet, record_get(record, HOST_ARCH));
	look->kernel = fleet_keep(fleet, record_get(record, HOST_KERNEL));
	look->boot_id = fleet_keep(fleet, record_get(record, HOST_BOOT_ID));
	look->state = fleet_keep(fleet, record_get(record, HOST_STATE));
	look->seen = fleet_keep(fleet, record_get(record, HOST_SEEN));
}

struct step *
step_find(const struct fleet *fleet, struct span id)
{
	struct hash_probe probe = hash_first(&fleet->by_id, hash_span(id));

	for (; hash_found(&fleet->by_id, &probe);
	     hash_next(&fleet->by_id, &probe))
		if (span_equal(fleet->steps[probe.index].id, id))
			return &fleet->steps[probe.index];
	return NULL;
}

uint64_t
package_hash(uint32_t host, struct span package)
{
	return hash_mix(hash_span(package), host);
}

struct step *
step_of_package(const struct fleet *fleet, const struct host *host,
    struct span package, struct span to)
{
	uint32_t number = host_number(fleet, host);
	struct hash_probe probe = hash_first(
	    &fleet->by_package, package_hash(number, package));
	struct step *found = NULL;

	for (; hash_found(&fleet->by_package, &probe);
	     hash_next(&fleet->by_package, &probe)) {
		struct step *step = &fleet->steps[probe.index];

		if (step->host != number || step->action != ACTION_INSTALL ||
		    !span_equal(step->package, package))
			continue;
		if (span_equal(step->to, to))
			return step;
		/* The first of the plan, whatever the order of the table. */
		if (found == NULL || step < found)
			found = step;
	}
	return found;
}

void
service_note(struct fleet *fleet, struct host *host, enum note_kind kind,
    const struct record *record)
{
	struct span process = record_get(record, SVC_PROCESS);
	struct span port = record_get(record, SVC_PORT);
	struct span package = record_get(record, SVC_PACKAGE);
	struct buffer key = {0};
	uint64_t number;

	buffer_add_span(&key, record_get(record, SVC_PROTO));
	buffer_add_byte(&key, '/');
	buffer_add_span(&key, record_get(record, SVC_ADDR));
	buffer_add_byte(&key, ':');
	if (span_number(port, &number) && number >= DYNAMIC_FIRST &&
	    number <= DYNAMIC_LAST) {
		buffer_add_span(&key, SPAN("dynamic/"));
		buffer_add_span(&key, process);
	} else {
		buffer_add_span(&key, port);
	}
	fleet_note(fleet, host, kind,
	    (struct span[]){buffer_span(&key), process, package}, 3);
	buffer_release(&key);
}

void
test_note(struct fleet *fleet, const struct record *record)
{
	fleet_note(fleet, fleet_host(fleet, record_get(record, TEST_HOST)),
	    NOTE_TEST,
	    (struct span[]){record_get(record, TEST_PACKAGE),
		record_get(record, TEST_WHO), record_get(record, TEST_WHEN),
		record_get(record, TEST_OUTCOME)},
	    4);
}

void
fleet_release(struct fleet *fleet)
{
	intern_release(&fleet->names);
	intern_release(&fleet->words);
	arena_release(&fleet->text);
	hash_release(&fleet->by_id);
	hash_release(&fleet->by_package);
	approvals_release(fleet);
	free(fleet->hosts);
	free(fleet->steps);
	free(fleet->notes);
}
