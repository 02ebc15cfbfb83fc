#include "inventory.h"

/*
 * Reporters that read the same database of a system, each a full list of it:
 * the newest of them replaces the others.  Any other reporter is replaced only
 * by a newer report of its own (csv:FILE by the same file).
 */
static const char *const system_reporters[] = {"local", "root", "dpkg", "ssh",
    "dpkg-list", "rpm-list", "apk", "pacman", "systeminfo", "cyclonedx",
    "spdx"};

static struct span
group_of(struct span source)
{
	struct span rest = source;

	while (rest.p != NULL) {
		struct span part = span_cut(&rest, ',');
		struct span kind = span_cut(&part, ':');

		for (size_t i = 0;
		     i < sizeof(system_reporters) / sizeof(system_reporters[0]);
		     i++)
			if (span_is(kind, system_reporters[i]))
				return SPAN("local");
	}
	return source;
}

struct machine *
inventory_machine(struct inventory *inventory, struct span name)
{
	uint32_t number = intern_add(&inventory->names, name);
	size_t known = inventory->capacity;
	struct machine *machine;

	inventory->machines = memory_grow(inventory->machines,
	    &inventory->capacity, (size_t)number + 1, sizeof(struct machine *));
	for (size_t i = known; i < inventory->capacity; i++)
		inventory->machines[i] = NULL;
	machine = inventory->machines[number];
	if (machine == NULL) {
		machine = arena_allocate(&inventory->arena, sizeof(*machine));
		machine->name = intern_span(&inventory->names, number);
		inventory->machines[number] = machine;
	}
	return machine;
}

unsigned
machine_reporter(struct inventory *inventory, struct machine *machine,
    struct span source, struct span seen, int64_t time)
{
	struct reporter *reporter;

	for (size_t i = 0; i < machine->reporter_count; i++) {
		reporter = &machine->reporters[i];
		if (reporter->time == time &&
		    span_equal(reporter->source, source))
			return (unsigned)i;
	}
	machine->reporters = memory_grow(machine->reporters,
	    &machine->reporter_capacity, machine->reporter_count + 1,
	    sizeof(*reporter));
	reporter = &machine->reporters[machine->reporter_count];
	*reporter = (struct reporter){
	    .source = arena_copy(&inventory->arena, source),
	    .seen = arena_copy(&inventory->arena, seen),
	    .time = time,
	};
	return (unsigned)machine->reporter_count++;
}

/* Is reporter a newer than b (or equally new and behind it by name)? */
static int
newer(const struct machine *machine, unsigned a, unsigned b)
{
	const struct reporter *left = &machine->reporters[a];
	const struct reporter *right = &machine->reporters[b];

	if (left->time != right->time)
		return left->time < right->time ? -1 : 1;
	return span_compare(left->source, right->source);
}

void
machine_value(struct inventory *inventory, struct machine *machine,
    unsigned column, struct span value, unsigned reporter)
{
	struct winner *winner;
	int order;

	if (span_absent(value))
		return;
	if (column >= machine->winner_count) {
		size_t known = machine->winner_count;

		machine->winners = memory_grow(machine->winners,
		    &machine->winner_capacity, (size_t)column + 1,
		    sizeof(*winner));
		machine->winner_count = (size_t)column + 1;
		for (size_t i = known; i < machine->winner_count; i++)
			machine->winners[i] = (struct winner){{NULL, 0}, 0};
	}
	winner = &machine->winners[column];
	if (winner->value.p != NULL) {
		order = newer(machine, reporter, winner->reporter);
		if (order == 0)
			order = span_compare(value, winner->value);
		if (order <= 0)
			return;
	}
	winner->value = arena_copy(&inventory->arena, value);
	winner->reporter = reporter;
}

static struct holding *
find_holding(struct machine *machine, enum record_type type, struct span group)
{
	struct holding *holding;

	for (size_t i = 0; i < machine->holding_count; i++) {
		holding = &machine->holdings[i];
		if (holding->type == type && span_equal(holding->group, group))
			return holding;
	}
	return NULL;
}

void
machine_row(struct inventory *inventory, struct machine *machine,
    enum record_type type, unsigned reporter, struct span line,
    const struct layout *layout)
{
	struct span group = group_of(machine->reporters[reporter].source);
	struct holding *holding = find_holding(machine, type, group);
	int order;

	if (holding == NULL) {
		machine->holdings = memory_grow(machine->holdings,
		    &machine->holding_capacity, machine->holding_count + 1,
		    sizeof(*holding));
		holding = &machine->holdings[machine->holding_count++];
		*holding = (struct holding){
		    .type = type, .group = group, .reporter = reporter};
	}
	order = newer(machine, reporter, holding->reporter);
	if (order < 0)
		return;
	if (order > 0) {
		holding->count = 0;
		holding->reporter = reporter;
	}
	holding->rows = memory_grow(holding->rows, &holding->capacity,
	    holding->count + 1, sizeof(*holding->rows));
	holding->rows[holding->count++] = (struct row){
	    arena_copy(&inventory->arena, line), layout};
}

unsigned
machine_settle(struct machine *machine)
{
	unsigned newest = 0;

	for (unsigned i = 0; i < machine->reporter_count; i++)
		if (newer(machine, i, newest) > 0)
			newest = i;
	machine->reporters[newest].used = true;
	for (size_t i = 0; i < machine->winner_count; i++)
		if (machine->winners[i].value.p != NULL)
			machine->reporters[machine->winners[i].reporter].used =
			    true;
	for (size_t i = 0; i < machine->holding_count; i++)
		machine->reporters[machine->holdings[i].reporter].used = true;
	return newest;
}

void
inventory_release(struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->capacity; i++) {
		struct machine *machine = inventory->machines[i];

		if (machine == NULL)
			continue;
		for (size_t k = 0; k < machine->holding_count; k++)
			free(machine->holdings[k].rows);
		free(machine->holdings);
		free(machine->winners);
		free(machine->reporters);
	}
	free(inventory->machines);
	intern_release(&inventory->names);
	arena_release(&inventory->arena);
}
