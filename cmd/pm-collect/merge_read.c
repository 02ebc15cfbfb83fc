#include "merge_read.h"

#include "options.h"
#include "timestamp.h"

enum { COLUMN_REPORTS = UINT16_MAX, COLUMN_HOLDS = UINT16_MAX - 1 };

/* Which column of the inventory each field of a host or report record is. */
struct mapping {
	const struct layout *layout;
	uint16_t column[STREAM_FIELDS_MAX];
	struct mapping *next;
};

/* A report record, for finding the owner of the records that follow. */
struct part {
	struct span source;
	unsigned holds; /* bit per record type */
	unsigned reporter;
};

/* The report that the records of one host belong to at this place. */
struct section {
	const char *file;
	bool ordinary;	   /* there is a host record that is a report */
	unsigned reporter; /* its reporter */
	bool deferred;	   /* a host record that merge wrote, see below */
	struct row host;
	struct part *parts;
	size_t part_count, part_capacity;
};

static struct mapping *mappings;

static uint16_t
column_number(struct columns *columns, struct span name)
{
	const struct schema *schema = schema_of(RECORD_HOST);

	if (span_is(name, "reports"))
		return COLUMN_REPORTS;
	if (span_is(name, "holds"))
		return COLUMN_HOLDS;
	for (size_t i = columns->count; i < schema->count; i++) {
		columns->names = memory_grow(columns->names, &columns->capacity,
		    i + 1, sizeof(*columns->names));
		columns->names[i] = span_of(schema->columns[i]);
		columns->count = i + 1;
	}
	for (size_t i = 0; i < columns->count; i++)
		if (span_equal(columns->names[i], name))
			return (uint16_t)i;
	if (columns->count == STREAM_FIELDS_MAX - 4)
		die(PM_EXIT_DATA,
		    "the host records of all inputs have more than %d columns",
		    STREAM_FIELDS_MAX - 4);
	columns->names = memory_grow(columns->names, &columns->capacity,
	    columns->count + 1, sizeof(*columns->names));
	columns->names[columns->count] = arena_copy(&columns->arena, name);
	return (uint16_t)columns->count++;
}

static const struct mapping *
mapping_of(struct columns *columns, const struct layout *layout)
{
	struct span rest = layout->header;
	struct mapping *mapping;

	for (mapping = mappings; mapping != NULL; mapping = mapping->next)
		if (mapping->layout == layout)
			return mapping;
	mapping = memory_zeroed(1, sizeof(*mapping));
	mapping->layout = layout;
	(void)span_cut(&rest, '\t');
	for (unsigned field = 1; rest.p != NULL; field++)
		mapping->column[field] = column_number(
		    columns, span_cut(&rest, '\t'));
	mapping->next = mappings;
	mappings = mapping;
	return mapping;
}

/* The value of a column of a host or report line, "-" without it. */
static struct span
value_of(const struct mapping *mapping, struct span line, uint16_t column)
{
	(void)span_cut(&line, '\t');
	for (unsigned field = 1; line.p != NULL; field++) {
		struct span value = span_cut(&line, '\t');

		if (mapping->column[field] == column)
			return value;
	}
	return SPAN("-");
}

static void
refuse(struct merge *merge, struct input *input, const struct record *record,
    const char *reason)
{
	struct output *output = input->output;

	if (!common.skip_bad)
		die(PM_EXIT_DATA, "%s: %s", record_where(record), reason);
	warning("%s: skipped: %s", record_where(record), reason);
	merge->rejected++;
	output_begin(output, layout_default(RECORD_REJECT, true));
	output_text(output, span_of(record->file));
	output_number(output, record->line);
	output_field(output, SPAN("-"));
	output_text(output, span_of(reason));
	output_text(output, record_line(record));
	output_end(output);
}

/* Let all values of a host or report line compete; returns the reporter. */
static unsigned
apply(struct merge *merge, struct machine *machine, const struct layout *layout,
    struct span line)
{
	const struct mapping *mapping = mapping_of(&merge->columns, layout);
	struct span seen = value_of(mapping, line, HOST_SEEN);
	int64_t time = INT64_MIN;
	unsigned reporter;

	timestamp_parse(seen, &time);
	reporter = machine_reporter(&merge->inventory, machine,
	    value_of(mapping, line, HOST_SOURCE), seen, time);
	(void)span_cut(&line, '\t');
	for (unsigned field = 1; line.p != NULL; field++) {
		uint16_t column = mapping->column[field];
		struct span value = span_cut(&line, '\t');

		if (column != HOST_HOST && column != HOST_SOURCE &&
		    column != HOST_SEEN && column < COLUMN_HOLDS)
			machine_value(&merge->inventory, machine, column, value,
			    reporter);
	}
	merge->reports++;
	return reporter;
}

/*
 * A host record that merge wrote is made of the report records behind it and
 * counts only when something took those out of the stream.
 */
static void
settle_deferred(struct merge *merge, struct machine *machine)
{
	struct section *section = machine->section;

	if (section == NULL || !section->deferred)
		return;
	section->deferred = false;
	if (section->part_count > 0)
		return;
	section->reporter = apply(
	    merge, machine, section->host.layout, section->host.line);
	section->ordinary = true;
}

static struct section *
section_begin(struct merge *merge, struct machine *machine, const char *file)
{
	struct section *section = machine->section;
	struct part *parts;
	size_t capacity;

	settle_deferred(merge, machine);
	if (section == NULL)
		section = machine->section = memory_zeroed(1, sizeof(*section));
	parts = section->parts;
	capacity = section->part_capacity;
	*section = (struct section){
	    .file = file, .parts = parts, .part_capacity = capacity};
	return section;
}

static const char *
check_host(const struct mapping *mapping, const struct record *record)
{
	struct span line = record_line(record);
	struct span seen = value_of(mapping, line, HOST_SEEN);
	int64_t time;

	if (span_absent(value_of(mapping, line, HOST_HOST)))
		return "the record names no host";
	if (!span_absent(seen) && !timestamp_parse(seen, &time))
		return "'seen' is not a time such as 2026-11-23T02:00:00Z";
	return NULL;
}

static void
read_host(struct merge *merge, struct input *input, const struct record *record,
    const struct mapping *mapping)
{
	struct span line = record_line(record);
	struct machine *machine = inventory_machine(
	    &merge->inventory, value_of(mapping, line, HOST_HOST));
	struct section *section = section_begin(merge, machine, input->file);

	if (span_absent(value_of(mapping, line, COLUMN_REPORTS))) {
		section->reporter = apply(merge, machine, record->layout, line);
		section->ordinary = true;
		return;
	}
	section->deferred = true;
	section->host = (struct row){
	    arena_copy(&merge->inventory.arena, line), record->layout};
}

static unsigned
parse_holds(struct span holds)
{
	unsigned bits = 0;

	while (holds.p != NULL)
		bits |= 1u << schema_find(span_cut(&holds, ','));
	return bits;
}

static void
read_report(struct merge *merge, struct input *input,
    const struct record *record, const struct mapping *mapping)
{
	struct span line = record_line(record);
	struct machine *machine = inventory_machine(
	    &merge->inventory, value_of(mapping, line, HOST_HOST));
	struct section *section = machine->section;
	struct part *part;

	if (section == NULL || section->file != input->file)
		section = section_begin(merge, machine, input->file);
	section->parts = memory_grow(section->parts, &section->part_capacity,
	    section->part_count + 1, sizeof(*part));
	part = &section->parts[section->part_count++];
	part->reporter = apply(merge, machine, record->layout, line);
	part->source = machine->reporters[part->reporter].source;
	part->holds = parse_holds(value_of(mapping, line, COLUMN_HOLDS));
}

/*
 * Find whose set the record belongs to; false when nobody's.  A record without
 * a source belongs to the only one who gave its type or, among several, to the
 * one without a name.
 */
static bool
find_owner(const struct section *section, enum record_type type,
    struct span source, unsigned *reporter)
{
	size_t found = 0, nameless = 0;

	for (size_t i = 0; i < section->part_count; i++) {
		const struct part *part = &section->parts[i];
		bool named = !span_absent(part->source);

		if ((part->holds >> type & 1) == 0 ||
		    (!span_absent(source) && !span_equal(source, part->source)))
			continue;
		found++;
		nameless += !named;
		if (found == 1 || !named)
			*reporter = part->reporter;
	}
	if (found == 0 && section->ordinary) {
		*reporter = section->reporter;
		return true;
	}
	return found == 1 || nameless == 1;
}

/* The column reporter, which only merge's own output has. */
static struct span
reporter_of(const struct record *record)
{
	struct span rest = record->layout->header;

	(void)span_cut(&rest, '\t');
	for (unsigned field = 1; rest.p != NULL; field++)
		if (span_is(span_cut(&rest, '\t'), "reporter"))
			return record_field(record, field);
	return SPAN("-");
}

static void
read_row(struct merge *merge, struct input *input, const struct record *record)
{
	struct machine *machine = merge->recent;
	enum record_type type = record_type(record);
	struct span host = record_get(record, 0); /* HOST in all three */
	struct section *section;
	unsigned reporter = 0;

	if (type == RECORD_FACT) {
		struct span key = record_get(record, FACT_KEY);

		if (span_is(key, FACT_STALE) || span_is(key, FACT_MISSING))
			return;
	}
	if (machine == NULL || !span_equal(machine->name, host))
		machine = inventory_machine(&merge->inventory, host);
	merge->recent = machine;
	section = machine->section;
	if (section != NULL && section->file == input->file &&
	    section->deferred)
		settle_deferred(merge, machine);
	if (section == NULL || section->file != input->file ||
	    !find_owner(section, type, reporter_of(record), &reporter)) {
		refuse(merge, input, record,
		    "no host record before it says who reported this and when; "
		    "merge takes streams as they were collected, not sorted");
		return;
	}
	machine_row(&merge->inventory, machine, type, reporter,
	    record_line(record), record->layout);
}

static void
read_other(struct merge *merge, const struct record *record)
{
	const struct layout *layout = record->layout;
	struct others *others = NULL;

	for (size_t i = 0; i < merge->other_count && others == NULL; i++)
		if (span_equal(merge->others[i].name, layout->name) &&
		    merge->others[i].headed == (layout->header.n > 0))
			others = &merge->others[i];
	if (others == NULL) {
		merge->others = memory_grow(merge->others,
		    &merge->other_capacity, merge->other_count + 1,
		    sizeof(*others));
		others = &merge->others[merge->other_count++];
		*others = (struct others){
		    .name = layout->name, .headed = layout->header.n > 0};
	}
	others->rows = memory_grow(others->rows, &others->capacity,
	    others->count + 1, sizeof(*others->rows));
	others->rows[others->count++] = (struct row){
	    arena_copy(&merge->inventory.arena, record_line(record)), layout};
}

static void
read_record(
    struct merge *merge, struct input *input, const struct record *record)
{
	enum record_type type = record_type(record);
	bool report = type == RECORD_OTHER &&
		      span_is(record->layout->name, "report");
	const struct mapping *mapping;
	const char *reason;

	if (report && record->layout->header.n == 0) {
		refuse(merge, input, record,
		    "a report without a header before it that names its "
		    "columns");
	} else if (type == RECORD_HOST || report) {
		mapping = mapping_of(&merge->columns, record->layout);
		reason = check_host(mapping, record);
		if (reason != NULL)
			refuse(merge, input, record, reason);
		else if (report)
			read_report(merge, input, record, mapping);
		else
			read_host(merge, input, record, mapping);
	} else if (type == RECORD_PKG || type == RECORD_SVC ||
		   type == RECORD_FACT) {
		read_row(merge, input, record);
	} else {
		read_other(merge, record);
	}
}

void
merge_read(struct merge *merge, struct input *input)
{
	struct record record;

	while (input_next(input, &record))
		read_record(merge, input, &record);
	for (size_t i = 0; i < merge->inventory.capacity; i++)
		if (merge->inventory.machines[i] != NULL)
			settle_deferred(merge, merge->inventory.machines[i]);
}

void
merge_release(struct merge *merge)
{
	for (size_t i = 0; i < merge->inventory.capacity; i++) {
		struct machine *machine = merge->inventory.machines[i];
		struct section *section = machine == NULL ? NULL
							  : machine->section;

		if (section != NULL)
			free(section->parts);
		free(section);
	}
	for (size_t i = 0; i < merge->other_count; i++)
		free(merge->others[i].rows);
	free(merge->others);
	free(merge->columns.names);
	arena_release(&merge->columns.arena);
	while (mappings != NULL) {
		struct mapping *next = mappings->next;

		free(mappings);
		mappings = next;
	}
	inventory_release(&merge->inventory);
}
