/* What there is to be written of hosts that were merged. */
#include "merge_write.h"

const enum record_type merge_host_types[HOST_TYPES] = {
    RECORD_FACT, RECORD_SVC, RECORD_PKG};

static int
compare_machines(const void *a, const void *b)
{
	const struct machine *const *left = a, *const *right = b;

	return span_compare((*left)->name, (*right)->name);
}

size_t
merge_reporters_used(const struct machine *machine)
{
	size_t used = 0;

	for (size_t i = 0; i < machine->reporter_count; i++)
		used += machine->reporters[i].used;
	return used;
}

size_t
merge_holders(const struct machine *machine, enum record_type type)
{
	size_t holders = 0;

	for (size_t i = 0; i < machine->holding_count; i++)
		holders += machine->holdings[i].type == type;
	return holders;
}

static void
meet_rows(struct merge_writer *writer, const struct machine *machine, size_t t)
{
	for (size_t i = 0; i < machine->holding_count; i++) {
		const struct holding *holding = &machine->holdings[i];

		if (holding->type != merge_host_types[t])
			continue;
		for (size_t k = 0; k < holding->count; k++)
			relay_meet(&writer->relay[t], holding->rows[k].layout,
			    holding->rows[k].line);
	}
}

void
merge_gather(struct merge_writer *writer)
{
	struct inventory *inventory = &writer->merge.inventory;

	writer->machines = memory_zeroed(
	    inventory->capacity + 1, sizeof(struct machine *));
	for (size_t i = 0; i < inventory->capacity; i++) {
		struct machine *machine = inventory->machines[i];

		if (machine == NULL || machine->reporter_count == 0)
			continue;
		writer->machines[writer->count++] = machine;
		(void)machine_settle(machine);
		if (merge_reporters_used(machine) > 1)
			writer->several = true;
		for (size_t t = 0; t < HOST_TYPES; t++) {
			meet_rows(writer, machine, t);
			if (merge_holders(machine, merge_host_types[t]) > 1)
				writer->shared[t] = true;
		}
	}
	qsort(writer->machines, writer->count, sizeof(struct machine *),
	    compare_machines);
}

void
merge_settle_rows(struct merge_writer *writer)
{
	/* the facts that merge itself adds */
	relay_meet(
	    &writer->relay[0], layout_default(RECORD_FACT, true), SPAN("fact"));
	for (size_t t = 0; t < HOST_TYPES; t++)
		if (writer->relay[t].count > 0)
			relay_settle(
			    &writer->relay[t], "reporter", writer->shared[t]);
}

/* ---- columns of the host and report records */

static bool
column_used(const struct merge_writer *writer, size_t column)
{
	for (size_t i = 0; i < writer->count; i++) {
		const struct machine *machine = writer->machines[i];

		if (column < machine->winner_count &&
		    machine->winners[column].value.p != NULL)
			return true;
	}
	return false;
}

static const struct layout *
make_layout(
    const struct merge_writer *writer, const char *type, const char *last)
{
	const struct schema *schema = schema_of(RECORD_HOST);
	const struct layout *layout;
	struct buffer header = {0};
	const char *reason;

	buffer_printf(&header, "#%s", type);
	for (unsigned i = 0; i < schema->count; i++)
		buffer_printf(&header, "\t%s", schema->columns[i]);
	for (size_t i = 0; i < writer->extras; i++) {
		struct span name =
		    writer->merge.columns.names[writer->order[i]];

		buffer_printf(&header, "\t%.*s", SPAN_ARG(name));
	}
	if (last != NULL)
		buffer_printf(&header, "\t%s", last);
	layout = layout_parse(buffer_span(&header), &reason);
	buffer_release(&header);
	if (layout == NULL)
		die(PM_EXIT_DATA, "the columns of all hosts: %s", reason);
	return layout;
}

void
merge_settle_columns(struct merge_writer *writer)
{
	const struct columns *columns = &writer->merge.columns;

	writer->order = memory_zeroed(
	    columns->count + 1, sizeof(*writer->order));
	for (size_t i = HOST_COLUMNS; i < columns->count; i++) {
		size_t at = writer->extras;

		if (!column_used(writer, i))
			continue;
		while (at > 0 &&
		       span_compare(columns->names[writer->order[at - 1]],
			   columns->names[i]) > 0) {
			writer->order[at] = writer->order[at - 1];
			at--;
		}
		writer->order[at] = i;
		writer->extras++;
	}
	writer->host_layout = make_layout(
	    writer, "host", writer->several ? "reports" : NULL);
	writer->report_layout = make_layout(writer, "report", "holds");
}
