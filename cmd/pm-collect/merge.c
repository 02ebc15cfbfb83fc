/*
 * Several inventories as one: each host once, the newest of every value, in an
 * order that depends on nothing but the content.
 */
#include "list.h"
#include "merge_read.h"
#include "options.h"
#include "relay.h"
#include "source.h"
#include "timestamp.h"

static const char *max_age;

static const struct option_row options[] = {
    {0, "max-age", "DURATION", "name hosts not seen for longer (36h, 7d)", NULL,
	&max_age, NULL, "PM_MAX_AGE"},
    {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "merge [options] [FILE ...]",
    .summary = "several inventories as one: each host once, the newest of "
	       "every value",
    .examples =
	"pm-collect merge -o inventory.tsv inventory.tsv new.tsv\n"
	"{ pm-collect local; pm-collect csv assets.csv; } | pm-collect merge",
    .options = options,
};

/* The three types that belong to a host, in the order they are written. */
static const enum record_type host_types[] = {
    RECORD_FACT, RECORD_SVC, RECORD_PKG};

enum { HOST_TYPES = 3 };

struct writer {
	struct merge merge;
	struct output output;
	struct machine **machines; /* sorted by name */
	size_t count;
	size_t *order; /* of the host columns beyond the schema's */
	size_t extras;
	bool several; /* some host has more than one reporter */
	const struct layout *host_layout, *report_layout;
	struct relay relay[HOST_TYPES];
	bool shared[HOST_TYPES]; /* some host has the type from two reporters */
	int64_t limit;		 /* of age in seconds; -1 for none */
	struct arena arena;	 /* emptied after each host */
	uint64_t stale, incomplete;
};

/* ---- what is to be written */

static int
compare_machines(const void *a, const void *b)
{
	const struct machine *const *left = a, *const *right = b;

	return span_compare((*left)->name, (*right)->name);
}

static size_t
reporters_used(const struct machine *machine)
{
	size_t used = 0;

	for (size_t i = 0; i < machine->reporter_count; i++)
		used += machine->reporters[i].used;
	return used;
}

static size_t
holders_of(const struct machine *machine, enum record_type type)
{
	size_t holders = 0;

	for (size_t i = 0; i < machine->holding_count; i++)
		holders += machine->holdings[i].type == type;
	return holders;
}

static void
meet_rows(struct writer *writer, const struct machine *machine, size_t t)
{
	for (size_t i = 0; i < machine->holding_count; i++) {
		const struct holding *holding = &machine->holdings[i];

		if (holding->type != host_types[t])
			continue;
		for (size_t k = 0; k < holding->count; k++)
			relay_meet(&writer->relay[t], holding->rows[k].layout,
			    holding->rows[k].line);
	}
}

static int64_t
age_of(const struct machine *machine, unsigned newest)
{
	int64_t time = machine->reporters[newest].time;

	return time == INT64_MIN ? INT64_MAX : timestamp_now() - time;
}

static void
gather_machines(struct writer *writer)
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
		if (reporters_used(machine) > 1)
			writer->several = true;
		for (size_t t = 0; t < HOST_TYPES; t++) {
			meet_rows(writer, machine, t);
			if (holders_of(machine, host_types[t]) > 1)
				writer->shared[t] = true;
		}
	}
	qsort(writer->machines, writer->count, sizeof(struct machine *),
	    compare_machines);
}

static void
settle_rows(struct writer *writer)
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
column_used(const struct writer *writer, size_t column)
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
make_layout(const struct writer *writer, const char *type, const char *last)
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
	if (layout == NULL)
		die(PM_EXIT_DATA, "the columns of all hosts: %s", reason);
	buffer_release(&header);
	return layout;
}

static void
settle_columns(struct writer *writer)
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

/* ---- one host */

/* The value of a column as this reporter gave it, or anybody for -1. */
static void
write_value(struct writer *writer, const struct machine *machine, size_t column,
    long reporter)
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
write_columns(struct writer *writer, const struct machine *machine,
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
    struct writer *writer, const struct machine *machine, unsigned newest)
{
	struct list sources = {0};
	struct buffer source = {0};
	size_t used = reporters_used(machine);

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
write_holds(
    struct writer *writer, const struct machine *machine, unsigned reporter)
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
write_reports(struct writer *writer, const struct machine *machine)
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
add_fact(struct writer *writer, struct list *lines, struct span host,
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
add_missing(
    struct writer *writer, const struct machine *machine, struct list *lines)
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
add_stale(struct writer *writer, const struct machine *machine, unsigned newest,
    struct list *lines)
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
	    SPAN_ARG(machine->name), max_age,
	    SPAN_ARG(machine->reporters[newest].seen));
	writer->stale++;
	buffer_release(&text);
}

/* The records of one type, those of all reporters, sorted. */
static void
write_rows(struct writer *writer, const struct machine *machine, size_t t,
    struct list *lines)
{
	bool shared = holders_of(machine, host_types[t]) > 1;

	for (size_t i = 0; i < machine->holding_count; i++) {
		const struct holding *holding = &machine->holdings[i];
		struct span source =
		    shared ? machine->reporters[holding->reporter].source
			   : SPAN("-");

		if (holding->type != host_types[t])
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

static void
write_machine(struct writer *writer, struct machine *machine)
{
	unsigned newest = machine_settle(machine);

	write_host(writer, machine, newest);
	write_reports(writer, machine);
	for (size_t t = 0; t < HOST_TYPES; t++) {
		struct list lines = {0};

		if (host_types[t] == RECORD_FACT) {
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

static void
write_others(struct writer *writer)
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

/* ---- the whole */

static void
writer_release(struct writer *writer)
{
	for (size_t t = 0; t < HOST_TYPES; t++)
		relay_release(&writer->relay[t]);
	free(writer->machines);
	free(writer->order);
	merge_release(&writer->merge);
}

static enum pm_exit
verdict(const struct writer *writer, enum pm_exit status)
{
	if (status == PM_EXIT_OK && writer->merge.rejected > 0)
		status = PM_EXIT_DATA;
	if (status == PM_EXIT_OK && common.strict &&
	    writer->stale + writer->incomplete > 0)
		status = PM_EXIT_CONDITION;
	return status;
}

enum pm_exit
collect_merge(int argc, char **argv)
{
	int first = options_parse(&program, argc, argv);
	struct writer writer = {.limit = -1};
	struct input input;
	enum pm_exit status;

	if (max_age != NULL && !duration_parse(span_of(max_age), &writer.limit))
		die(PM_EXIT_USAGE,
		    "--max-age: '%s' is not a duration such as 36h or 7d",
		    max_age);
	input_open(&input, argc - first, argv + first, &writer.output,
	    common.skip_bad);
	input_require(&input, RECORD_HOST, HOST_HOST);
	input_require(&input, RECORD_PKG, PKG_HOST);
	input_require(&input, RECORD_SVC, SVC_HOST);
	input_require(&input, RECORD_FACT, FACT_HOST);
	program_output(&writer.output);
	merge_read(&writer.merge, &input);
	status = input_finish(&input);
	gather_machines(&writer);
	if (writer.count == 0)
		die(PM_EXIT_NOTHING,
		    "the input has no host: there is nothing to merge");
	settle_rows(&writer);
	settle_columns(&writer);
	write_others(&writer);
	for (size_t i = 0; i < writer.count; i++)
		write_machine(&writer, writer.machines[i]);
	if (!common.quiet)
		warning("%zu hosts from %llu reports; %llu stale, "
			"%llu incomplete",
		    writer.count, (unsigned long long)writer.merge.reports,
		    (unsigned long long)writer.stale,
		    (unsigned long long)writer.incomplete);
	status = verdict(&writer, status);
	writer_release(&writer);
	return program_finish(&writer.output, status);
}
