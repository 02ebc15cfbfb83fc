/* The records of hosts that were merged. */
#include "merge_write.h"

static int64_t
age_of(const struct machine *machine, unsigned newest)
{
	int64_t time = machine->reporters[newest].time;

	return time == INT64_MIN ? INT64_MAX : timestamp_now() - time;
}

/* The value of a column as this reporter gave it, or anybody for -1. */
static void
write_value(struct merge_writer *writer, const struct machine *machine,
    size_t column, long reporter)
{
	const struct winner *winner = column < machine->winner_count
					  ? &machine->winners[column]
					  : NULL;

	if (winner == NULL || winner->value.p == NULL ||
	    (reporter >= 0 && winner->reporter != (unsigned)reporter))
		output_field(&writer->output, SPAN("-"));
	else
		output_field(&writer->output, winner->value);
}

static void
write_columns(struct merge_writer *writer, const struct machine *machine,
    struct span source, struct span seen, long reporter)
{
	for (size_t i = 0; i < HOST_COLUMNS; i++) {
		if (i == HOST_HOST)
			output_field(&writer->output, machine->name);
		else if (i == HOST_SOURCE)
			output_field(&writer->output, source);
		else if (i == HOST_SEEN)
			output_field(&writer->output, seen);
		else
			write_value(writer, machine, i, reporter);
	}
	for (size_t i = 0; i < writer->extras; i++)
		write_value(writer, machine, writer->order[i], reporter);
}

static void
write_host(
    struct merge_writer *writer, const struct machine *machine, unsigned newest)
{
	struct list sources = {0};
	struct buffer source = {0};
	size_t used = merge_reporters_used(machine);

	for (size_t i = 0; i < machine->reporter_count; i++) {
		struct span rest = machine->reporters[i].source;

		while (machine->reporters[i].used && rest.p != NULL) {
			struct span part = span_cut(&rest, ',');

			if (!span_absent(part))
				list_add(&sources, part);
		}
	}
	list_join(&sources, &source);
	output_begin(&writer->output, writer->host_layout);
	write_columns(writer, machine,
	    source.n > 0 ? buffer_span(&source) : SPAN("-"),
	    machine->reporters[newest].seen, -1);
	if (used > 1)
		output_number(&writer->output, used);
	output_end(&writer->output);
	list_release(&sources);
	buffer_release(&source);
}

/* The types of records that a reporter gave. */
static void
write_holds(struct merge_writer *writer, const struct machine *machine,
    unsigned reporter)
{
	struct list types = {0};
	struct buffer text = {0};

	for (size_t i = 0; i < machine->holding_count; i++)
		if (machine->holdings[i].reporter == reporter)
			list_add(
			    &types, schema_of(machine->holdings[i].type)->name);
	list_join(&types, &text);
	output_field(
	    &writer->output, text.n > 0 ? buffer_span(&text) : SPAN("-"));
	list_release(&types);
	buffer_release(&text);
}

static int
compare_reporters(const void *a, const void *b)
{
	const struct reporter *const *left = a, *const *right = b;
	int order = span_compare((*left)->source, (*right)->source);

	if (order != 0)
		return order;
	return span_compare((*left)->seen, (*right)->seen);
}

static void
write_reports(struct merge_writer *writer, const struct machine *machine)
{
	const struct reporter **sorted = memory_zeroed(
	    machine->reporter_count, sizeof(const struct reporter *));
	size_t count = 0;

	for (size_t i = 0; i < machine->reporter_count; i++)
		if (machine->reporters[i].used)
			sorted[count++] = &machine->reporters[i];
	qsort(
	    sorted, count, sizeof(const struct reporter *), compare_reporters);
	for (size_t i = 0; count > 1 && i < count; i++) {
		unsigned reporter = (unsigned)(sorted[i] - machine->reporters);

		output_begin(&writer->output, writer->report_layout);
		write_columns(writer, machine, sorted[i]->source,
		    sorted[i]->seen, (long)reporter);
		write_holds(writer, machine, reporter);
		output_end(&writer->output);
	}
	free(sorted);
}

static void
add_fact(struct merge_writer *writer, struct list *lines, struct span host,
    const char *key, struct span value)
{
	struct buffer text = {0};

	buffer_printf(&text, "fact\t%.*s\t%s\t%.*s", SPAN_ARG(host), key,
	    SPAN_ARG(value));
	list_add(lines,
	    relay_line(&writer->relay[0], &writer->arena, buffer_span(&text),
		layout_default(RECORD_FACT, true), SPAN("-")));
	buffer_release(&text);
}

/* Of the six things that an inventory must know, those that it does not. */
static void
add_missing(struct merge_writer *writer, const struct machine *machine,
    struct list *lines)
{
	static const unsigned needed[] = {
	    HOST_ADDR, HOST_MAC, HOST_OS, HOST_RELEASE, HOST_SITE};
	struct list missing = {0};
	struct buffer text = {0};

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (needed[i] >= machine->winner_count ||
		    machine->winners[needed[i]].value.p == NULL)
			list_add(&missing,
			    span_of(
				schema_of(RECORD_HOST)->columns[needed[i]]));
	list_join(&missing, &text);
	if (text.n > 0) {
		add_fact(writer, lines, machine->name, FACT_MISSING,
		    buffer_span(&text));
		writer->incomplete++;
	}
	list_release(&missing);
	buffer_release(&text);
}

static void
add_stale(struct merge_writer *writer, const struct machine *machine,
    unsigned newest, struct list *lines)
{
	int64_t age = age_of(machine, newest);
	struct buffer text = {0};

	if (writer->limit < 0 || age <= writer->limit)
		return;
	if (age == INT64_MAX)
		buffer_add_span(&text, SPAN("unknown"));
	else
		buffer_add_number(&text, (uint64_t)age);
	add_fact(writer, lines, machine->name, FACT_STALE, buffer_span(&text));
	warning("%.*s: not seen for longer than %s, last at %.*s",
	    SPAN_ARG(machine->name), writer->max_age,
	    SPAN_ARG(machine->reporters[newest].seen));
	writer->stale++;
	buffer_release(&text);
}

/* The records of one type, those of all reporters, sorted. */
static void
write_rows(struct merge_writer *writer, const struct machine *machine, size_t t,
    struct list *lines)
{
	bool shared = merge_holders(machine, merge_host_types[t]) > 1;

	for (size_t i = 0; i < machine->holding_count; i++) {
		const struct holding *holding = &machine->holdings[i];
		struct span source =
		    shared ? machine->reporters[holding->reporter].source
			   : SPAN("-");

		if (holding->type != merge_host_types[t])
			continue;
		for (size_t k = 0; k < holding->count; k++)
			list_add(
			    lines, relay_line(&writer->relay[t], &writer->arena,
				       holding->rows[k].line,
				       holding->rows[k].layout, source));
	}
	list_sort(lines);
	for (size_t i = 0; i < lines->count; i++)
		relay_write(&writer->relay[t], &writer->output, lines->item[i]);
	list_release(lines);
}

void
merge_write_machine(struct merge_writer *writer, struct machine *machine)
{
	unsigned newest = machine_settle(machine);

	write_host(writer, machine, newest);
	write_reports(writer, machine);
	for (size_t t = 0; t < HOST_TYPES; t++) {
		struct list lines = {0};

		if (merge_host_types[t] == RECORD_FACT) {
			add_missing(writer, machine, &lines);
			add_stale(writer, machine, newest, &lines);
		}
		write_rows(writer, machine, t, &lines);
	}
	arena_release(&writer->arena);
}

/* ---- records that belong to no host */

static int
compare_others(const void *a, const void *b)
{
	const struct others *left = a, *right = b;
	int order = span_compare(left->name, right->name);

	/* what has no header must not come behind one */
	return order != 0 ? order : (int)left->headed - (int)right->headed;
}

void
merge_write_others(struct merge_writer *writer)
{
	struct merge *merge = &writer->merge;

	if (merge->other_count > 0)
		qsort(merge->others, merge->other_count, sizeof(*merge->others),
		    compare_others);
	for (size_t i = 0; i < merge->other_count; i++) {
		struct others *others = &merge->others[i];
		struct relay relay = {0};
		struct list lines = {0};

		for (size_t k = 0; k < others->count; k++)
			relay_meet(&relay, others->rows[k].layout,
			    (struct span){NULL, 0});
		relay_settle(&relay, NULL, false);
		for (size_t k = 0; k < others->count; k++)
			list_add(
			    &lines, relay_line(&relay, &writer->arena,
					others->rows[k].line,
					others->rows[k].layout, SPAN("-")));
		list_sort(&lines);
		for (size_t k = 0; k < lines.count; k++)
			relay_write(&relay, &writer->output, lines.item[k]);
		list_release(&lines);
		relay_release(&relay);
		arena_release(&writer->arena);
	}
}
