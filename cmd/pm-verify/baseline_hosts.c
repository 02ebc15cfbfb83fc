/* What is known of the hosts that a baseline is for. */
#include <stdlib.h>

#include "baseline.h"

static struct machine *
machine_of(struct machines *machines, struct span name)
{
	uint32_t number = intern_add(&machines->names, name);

	machines->items = memory_grow(machines->items, &machines->capacity,
	    machines->names.count, sizeof(*machines->items));
	while (machines->count < machines->names.count) {
		machines->items[machines->count] = (struct machine){
		    .name = intern_span(
			&machines->names, (uint32_t)machines->count)};
		machines->count++;
	}
	return &machines->items[number];
}

static struct span
keep(struct machines *machines, struct span value)
{
	return intern_span(
	    &machines->words, intern_add(&machines->words, value));
}

static void
set_value(struct machines *machines, struct machine *machine, unsigned key,
    struct span value)
{
	size_t count = machines->baseline->keys.count;

	if (machine->values == NULL) {
		machine->values = memory_array(
		    NULL, count, sizeof(*machine->values));
		machine->value_count = count;
		for (size_t i = 0; i < count; i++)
			machine->values[i] = NO_VALUE;
	}
	machine->values[key] = intern_add(&machines->words, value);
}

struct span
machine_value(const struct machines *machines, const struct machine *machine,
    unsigned key, bool *known)
{
	*known = machine->values != NULL && key < machine->value_count &&
		 machine->values[key] != NO_VALUE;
	return *known ? intern_span(&machines->words, machine->values[key])
		      : SPAN("-");
}

static void
read_host(struct machines *machines, const struct record *record)
{
	struct machine *machine = machine_of(
	    machines, record_get(record, HOST_HOST));

	if (machine->there)
		die(PM_EXIT_DATA,
		    "%s: a second record of host %.*s: merge inventories with "
		    "pm-collect merge first",
		    record_where(record), SPAN_ARG(machine->name));
	machine->there = true;
	for (unsigned i = 0; i < HOST_COLUMNS; i++)
		machine->column[i] = keep(machines, record_get(record, i));
}

static void
read_fact(struct machines *machines, const struct record *record)
{
	struct machine *machine = machine_of(
	    machines, record_get(record, FACT_HOST));
	struct span key = record_get(record, FACT_KEY);
	uint32_t number;

	if (span_is(key, "listening"))
		machine->listened = true;
	if (intern_find(&machines->baseline->keys, key, &number))
		set_value(
		    machines, machine, number, record_get(record, FACT_VALUE));
}

static void
read_package(struct machines *machines, const struct record *record)
{
	struct machine *machine = machine_of(
	    machines, record_get(record, PKG_HOST));
	struct span state = record_get(record, PKG_STATE);

	machine->packages = memory_grow(machine->packages,
	    &machine->package_capacity, machine->package_count + 1,
	    sizeof(*machine->packages));
	machine->packages[machine->package_count++] = (struct installed){
	    .package = keep(machines, record_get(record, PKG_PACKAGE)),
	    .version = keep(machines, record_get(record, PKG_VERSION)),
	    .automatic = span_is(record_get(record, PKG_AUTO), "yes"),
	    .whole = span_absent(state) ||
		     span_list_has(state, SPAN("installed")),
	};
}

static void
read_service(struct machines *machines, const struct record *record)
{
	struct machine *machine = machine_of(
	    machines, record_get(record, SVC_HOST));

	machine->listeners = memory_grow(machine->listeners,
	    &machine->listener_capacity, machine->listener_count + 1,
	    sizeof(*machine->listeners));
	machine->listeners[machine->listener_count++] = (struct listener){
	    .proto = keep(machines, record_get(record, SVC_PROTO)),
	    .address = keep(machines, record_get(record, SVC_ADDR)),
	    .port = keep(machines, record_get(record, SVC_PORT)),
	    .process = keep(machines, record_get(record, SVC_PROCESS)),
	    .package = keep(machines, record_get(record, SVC_PACKAGE)),
	    .unit = keep(machines, record_get(record, SVC_UNIT)),
	};
	machine->listened = true;
}

/* For the checks that are programs: in the default order, with a header. */
static void
keep_text(
    struct machines *machines, const struct record *record, unsigned column)
{
	const struct schema *schema = schema_of(record_type(record));
	struct machine *machine;

	if (!machines->keep_text)
		return;
	machine = machine_of(machines, record_get(record, column));
	buffer_add_span(&machine->text, schema->name);
	for (unsigned i = 0; i < schema->first; i++) {
		buffer_add_byte(&machine->text, '\t');
		buffer_add_span(&machine->text, record_get(record, i));
	}
	buffer_add_byte(&machine->text, '\n');
}

bool
machines_record(struct machines *machines, const struct record *record)
{
	switch (record_type(record)) {
	case RECORD_HOST:
		read_host(machines, record);
		keep_text(machines, record, HOST_HOST);
		return true;
	case RECORD_FACT:
		read_fact(machines, record);
		keep_text(machines, record, FACT_HOST);
		return false;
	case RECORD_PKG:
		read_package(machines, record);
		keep_text(machines, record, PKG_HOST);
		return false;
	case RECORD_SVC:
		read_service(machines, record);
		keep_text(machines, record, SVC_HOST);
		return false;
	default:
		return true;
	}
}

const struct installed *
machine_package(const struct machine *machine, struct span package)
{
	size_t low = 0, high = machine->package_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (span_compare(machine->packages[middle].package, package) <
		    0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < machine->package_count &&
	    span_equal(machine->packages[low].package, package))
		return &machine->packages[low];
	return NULL;
}

static int
by_package(const void *left, const void *right)
{
	const struct installed *a = left, *b = right;
	int order = span_compare(a->package, b->package);

	return order != 0 ? order : span_compare(a->version, b->version);
}

static int
by_address(const void *left, const void *right)
{
	const struct listener *a = left, *b = right;
	int order = span_compare(a->proto, b->proto);

	if (order == 0)
		order = span_compare(a->port, b->port);
	if (order == 0)
		order = span_compare(a->address, b->address);
	return order != 0 ? order : span_compare(a->process, b->process);
}

static int
by_name(const void *left, const void *right)
{
	const struct machine *a = left, *b = right;

	return span_compare(a->name, b->name);
}

/* package.NAME: the version, or absent where the packages are known. */
static void
package_facts(struct machines *machines, struct machine *machine)
{
	const struct intern *keys = &machines->baseline->keys;

	for (uint32_t i = 1; i < keys->count; i++) {
		struct span key = intern_span(keys, i);
		const struct installed *found;

		if (!span_starts(key, SPAN("package.")) ||
		    machine->package_count == 0)
			continue;
		found = machine_package(
		    machine, span_skip(key, strlen("package.")));
		set_value(machines, machine, i,
		    found == NULL ? SPAN("absent") : SPAN("installed"));
	}
}

void
machines_settle(struct machines *machines)
{
	/* number 0 of names is "-" */
	for (size_t i = 0; i < machines->count; i++) {
		struct machine *machine = &machines->items[i];

		if (machine->package_count > 0)
			qsort(machine->packages, machine->package_count,
			    sizeof(*machine->packages), by_package);
		if (machine->listener_count > 0)
			qsort(machine->listeners, machine->listener_count,
			    sizeof(*machine->listeners), by_address);
		package_facts(machines, machine);
	}
	if (machines->count > 0)
		qsort(machines->items, machines->count,
		    sizeof(*machines->items), by_name);
}

void
machines_release(struct machines *machines)
{
	for (size_t i = 0; i < machines->count; i++) {
		free(machines->items[i].values);
		free(machines->items[i].packages);
		free(machines->items[i].listeners);
		buffer_release(&machines->items[i].text);
	}
	free(machines->items);
	intern_release(&machines->names);
	intern_release(&machines->words);
}
