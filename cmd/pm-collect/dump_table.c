#include "dump_table.h"

#include <strings.h>

enum { NO_COLUMN = DUMP_TABLE_WANTED };

const char *dump_table_option;

static unsigned
find_name(const struct dump_table *table, struct span name)
{
	for (unsigned i = 0; table->names[i] != NULL; i++)
		if (name.n == strlen(table->names[i]) &&
		    strncasecmp(name.p, table->names[i], name.n) == 0)
			return i;
	return NO_COLUMN;
}

/* NULL, or the name that is no column. */
static const char *
choose(struct dump_table *table, struct span list, char separator)
{
	static char wrong[64];

	table->count = 0;
	memset(table->has, 0, sizeof(table->has));
	while (list.p != NULL && table->count < STREAM_FIELDS_MAX) {
		struct span name = span_trim(span_cut(&list, separator));
		unsigned column = find_name(table, name);

		if ((column == NO_COLUMN && !span_absent(name)) ||
		    (column != NO_COLUMN && table->has[column])) {
			snprintf(wrong, sizeof(wrong), "%.*s", SPAN_ARG(name));
			return wrong;
		}
		table->column[table->count++] = column;
		if (column != NO_COLUMN)
			table->has[column] = true;
	}
	return NULL;
}

static void
choose_by_count(
    struct dump_table *table, const struct dump *dump, unsigned fields)
{
	for (const struct dump_table_form *form = table->forms;
	     form->fields != 0; form++)
		if (form->fields == fields) {
			choose(table, span_of(form->columns), ',');
			return;
		}
	dump_fail(dump, dump_line_number(dump),
	    "%u fields with tabs between them; make the list with %s, or say "
	    "what they are with --columns",
	    fields, table->query);
}

static unsigned
count_fields(struct span line)
{
	unsigned fields = 0;

	while (line.p != NULL) {
		span_cut(&line, '\t');
		fields++;
	}
	return fields;
}

/* Find out what the fields are; false when the line was a header. */
static bool
start(struct dump_table *table, const struct dump *dump, struct span line)
{
	const char *wrong;

	table->chosen = true;
	if (dump_table_option != NULL) {
		wrong = choose(table, span_of(dump_table_option), ',');
		if (wrong != NULL)
			die(PM_EXIT_USAGE,
			    "--columns: '%s' is no column, or there twice",
			    wrong);
		return !span_starts(line, SPAN("#"));
	}
	if (span_starts(line, SPAN("#"))) {
		wrong = choose(table, span_skip(line, 1), '\t');
		if (wrong != NULL)
			dump_fail(dump, 1,
			    "column '%s' is not known, or there twice; say "
			    "what the fields are with --columns",
			    wrong);
		return false;
	}
	table->chosen = false;
	choose_by_count(table, dump, count_fields(line));
	return true;
}

/* Split the line; false when it has fewer fields, or more than expected. */
static bool
take(struct dump_table *table, struct span line)
{
	for (unsigned i = 0; i < DUMP_TABLE_WANTED; i++)
		table->field[i] = (struct span){NULL, 0};
	for (unsigned i = 0; i < table->count; i++) {
		struct span value;

		if (line.p == NULL)
			return false;
		value = span_trim(span_cut(&line, '\t'));
		if (span_is(value, "(none)"))
			value.n = 0;
		if (table->column[i] != NO_COLUMN)
			table->field[table->column[i]] = value;
	}
	return line.p == NULL || dump_table_option != NULL;
}

bool
dump_table_next(struct dump_table *table, struct dump *dump)
{
	struct span line;
	unsigned fields;

	while (dump_line(dump, &line)) {
		if (table->count == 0 && !start(table, dump, line))
			continue;
		if (take(table, line))
			return true;
		fields = count_fields(line);
		dump_bad(dump, dump_line_number(dump),
		    "%u %s where %u are expected", fields,
		    PLURAL(fields, "field", "fields"), table->count);
	}
	return false;
}
