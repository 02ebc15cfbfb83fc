#include "assets.h"

#include "asset_value.h"
#include "options.h"

enum { TO_FACT = HOST_COLUMNS, TO_NOTHING };

/* ---- the header row */

/* "IP Address" is ip_address; false when no name can be made of it. */
static bool
make_key(struct buffer *key, struct span column)
{
	column = span_trim(column);
	buffer_reset(key);
	for (size_t i = 0; i < column.n; i++) {
		char c = column.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c | 0x20);
		if (c == ' ' || c == '-')
			c = '_';
		if (!(c >= 'a' && c <= 'z') &&
		    (i == 0 || !((c >= '0' && c <= '9') || c == '_')))
			return false;
		buffer_add_byte(key, c);
	}
	return key->n > 0;
}

static unsigned
host_column(struct span name)
{
	const struct schema *schema = schema_of(RECORD_HOST);

	for (unsigned i = 0; i < schema->count; i++)
		if (span_is(name, schema->columns[i]))
			return i;
	return TO_FACT;
}

/* What --map says of a column: its NAME, or p NULL. */
static struct span
mapped(const struct assets *assets, struct span column)
{
	struct span rest = assets->maps, name;

	while (rest.n > 0) {
		name = span_cut(&rest, ',');
		if (span_equal(span_cut(&name, '='), column))
			return name;
	}
	return (struct span){NULL, 0};
}

static struct asset_target
find_target(struct assets *assets, struct span column)
{
	struct span name = mapped(assets, column);
	struct buffer *key = &assets->text;
	struct asset_target target = {TO_NOTHING, SPAN("-")};

	if (name.p != NULL && span_is(name, "-"))
		return target;
	if (!make_key(key, name.p != NULL ? name : column))
		die(PM_EXIT_DATA,
		    "%s:%llu: column '%.*s' cannot be the name of a fact "
		    "(a-z, 0-9 and _); name it with --map '%.*s=NAME'",
		    assets->bytes->file, (unsigned long long)assets->table.line,
		    SPAN_ARG(column), SPAN_ARG(column));
	target.key = arena_copy(&assets->arena, buffer_span(key));
	target.to = host_column(target.key);
	return target;
}

/* Each COLUMN of --map must be there: a misspelt one would do nothing. */
static void
check_maps(const struct assets *assets)
{
	const struct csv_table *table = &assets->table;
	struct span rest = assets->maps;

	while (rest.n > 0) {
		struct span name = span_cut(&rest, ',');
		struct span column = span_cut(&name, '=');
		bool found = false;

		if (name.n == 0)
			die(PM_EXIT_USAGE, "--map: '%.*s' is not COLUMN=NAME",
			    SPAN_ARG(column));
		for (unsigned i = 0; i < table->count; i++)
			if (span_equal(table->field[i], column))
				found = true;
		if (!found)
			die(PM_EXIT_DATA, "%s:%llu: no column '%.*s' for --map",
			    assets->bytes->file,
			    (unsigned long long)table->line, SPAN_ARG(column));
	}
}

static void
read_header(struct assets *assets)
{
	struct csv_table *table = &assets->table;
	bool host = false;

	assets->columns = table->count;
	check_maps(assets);
	for (unsigned i = 0; i < table->count; i++) {
		struct asset_target *target = &assets->target[i];

		*target = find_target(assets, table->field[i]);
		host = host || target->to == HOST_HOST;
		for (unsigned k = 0; k < i; k++)
			if (target->to != TO_NOTHING &&
			    span_equal(assets->target[k].key, target->key))
				die(PM_EXIT_DATA,
				    "%s:%llu: two columns for '%.*s'; leave "
				    "one out with --map 'COLUMN=-'",
				    assets->bytes->file,
				    (unsigned long long)table->line,
				    SPAN_ARG(target->key));
	}
	if (!host)
		die(PM_EXIT_DATA,
		    "%s:%llu: no column 'host'; name it with --map "
		    "'COLUMN=host'%s",
		    assets->bytes->file, (unsigned long long)table->line,
		    table->count == 1 ? ", or the separator with --separator"
				      : "");
}

/* ---- rows */

static void
reject(struct assets *assets, const char *reason)
{
	struct output *output = assets->output;
	unsigned long long line = (unsigned long long)assets->table.line;

	if (!common.skip_bad)
		die(PM_EXIT_DATA, "%s:%llu: %s", assets->bytes->file, line,
		    reason);
	warning("%s:%llu: skipped: %s", assets->bytes->file, line, reason);
	assets->rejected++;
	output_begin(output, layout_default(RECORD_REJECT, true));
	output_text(output, span_of(assets->bytes->file));
	output_number(output, line);
	output_field(output, SPAN("-"));
	output_text(output, span_of(reason));
	output_end(output);
}

/* Bytes that are not UTF-8 become "?", which the user should know. */
static void
note_replaced(struct assets *assets, struct span value)
{
	for (size_t i = 0; i < value.n;) {
		size_t step = utf8_sequence(value.p + i, value.n - i);

		if (step == 0) {
			if (assets->replaced++ == 0)
				warning("%s:%llu: bytes that are not UTF-8 "
					"become '?'; convert the file first "
					"(iconv -t UTF-8)",
				    assets->bytes->file,
				    (unsigned long long)assets->table.line);
			return;
		}
		i += step;
	}
}

/* NULL when the host is new, else why not. */
static const char *
remember_host(struct assets *assets, struct span host)
{
	size_t known = assets->names.count;
	uint32_t number = intern_add(&assets->names, host);

	if (number < known && known > 0) {
		buffer_reset(&assets->text);
		buffer_printf(&assets->text,
		    "host '%.*s' is already in line %llu%c", SPAN_ARG(host),
		    (unsigned long long)assets->lines[number], '\0');
		return assets->text.p;
	}
	assets->lines = memory_grow(assets->lines, &assets->lines_capacity,
	    (size_t)number + 1, sizeof(*assets->lines));
	assets->lines[number] = assets->table.line;
	return NULL;
}

static const char *
gather_host(struct assets *assets)
{
	const char *reason = NULL;

	for (unsigned i = 0; i < HOST_COLUMNS; i++)
		buffer_reset(&assets->value[i]);
	for (unsigned i = 0; i < assets->columns && reason == NULL; i++) {
		unsigned to = assets->target[i].to;
		struct span value = span_trim(assets->table.field[i]);

		note_replaced(assets, value);
		if (to < HOST_COLUMNS)
			reason = asset_value(&assets->value[to], to, value);
	}
	if (reason != NULL)
		return reason;
	return remember_host(assets, buffer_span(&assets->value[HOST_HOST]));
}

static void
write_host(struct assets *assets)
{
	struct output *output = assets->output;
	struct span host = buffer_span(&assets->value[HOST_HOST]);

	output_begin(output, layout_default(RECORD_HOST, true));
	for (unsigned i = 0; i < HOST_COLUMNS; i++) {
		struct span value = buffer_span(&assets->value[i]);

		if (i == HOST_SOURCE && value.n == 0)
			value = assets->source;
		if (i == HOST_SEEN && value.n == 0)
			value = assets->seen;
		output_field(output, value.n == 0 ? SPAN("-") : value);
	}
	output_end(output);
	for (unsigned i = 0; i < assets->columns; i++) {
		struct span value = span_trim(assets->table.field[i]);

		if (assets->target[i].to != TO_FACT || value.n == 0 ||
		    span_absent(value))
			continue;
		output_begin(output, layout_default(RECORD_FACT, true));
		output_field(output, host);
		output_field(output, assets->target[i].key);
		output_text(output, value);
		output_end(output);
	}
	assets->hosts++;
}

static void
read_row(struct assets *assets)
{
	const char *reason;

	if (assets->table.count != assets->columns) {
		buffer_reset(&assets->text);
		buffer_printf(&assets->text, "%u %s where the header has %u%c",
		    assets->table.count,
		    PLURAL(assets->table.count, "field", "fields"),
		    assets->columns, '\0');
		reject(assets, assets->text.p);
		return;
	}
	reason = gather_host(assets);
	if (reason != NULL)
		reject(assets, reason);
	else
		write_host(assets);
}

static void
read_table(struct assets *assets)
{
	struct csv_table *table = &assets->table;

	for (;;) {
		switch (csv_table_next(table)) {
		case CSV_END:
			if (assets->columns == 0)
				die(PM_EXIT_NOTHING, "%s: no header row",
				    assets->bytes->file);
			return;
		case CSV_FAILED:
			die_errno(PM_EXIT_IO, "%s", assets->bytes->file);
		case CSV_BAD:
			if (assets->columns == 0)
				die(PM_EXIT_DATA, "%s:%llu: %s",
				    assets->bytes->file,
				    (unsigned long long)table->line,
				    table->reason);
			reject(assets, table->reason);
			break;
		case CSV_ROW:
			if (assets->columns == 0)
				read_header(assets);
			else
				read_row(assets);
			break;
		}
	}
}

void
assets_read(struct assets *assets, struct bytes *bytes, unsigned char separator)
{
	assets->bytes = bytes;
	csv_table_open(&assets->table, bytes, separator);
	read_table(assets);
	if (assets->hosts == 0 && assets->rejected == 0)
		die(PM_EXIT_NOTHING, "%s: no hosts below the header row",
		    bytes->file);
	if (assets->replaced > 0)
		warning("%s: %llu %s had bytes that are not UTF-8", bytes->file,
		    (unsigned long long)assets->replaced,
		    PLURAL(assets->replaced, "value", "values"));
}

void
assets_release(struct assets *assets)
{
	csv_table_close(&assets->table);
	for (unsigned i = 0; i < HOST_COLUMNS; i++)
		buffer_release(&assets->value[i]);
	buffer_release(&assets->text);
	intern_release(&assets->names);
	arena_release(&assets->arena);
	free(assets->lines);
	*assets = (struct assets){0};
}
