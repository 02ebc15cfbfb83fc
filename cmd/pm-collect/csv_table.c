#include "csv_table.h"

enum { BLOCK = 64 * 1024 };

static int
ends_row(unsigned char c)
{
	return c == '\n';
}

static void
parser_start(struct csv_table *table, unsigned char separator)
{
	if (csv_init(&table->parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
		die(PM_EXIT_SYSTEM, "libcsv cannot be started");
	csv_set_delim(&table->parser, separator);
	/* a lone CR is text; the one before LF is taken off beforehand */
	csv_set_term_func(&table->parser, ends_row);
}

/* A row that failed must leave nothing behind in libcsv. */
static void
parser_restart(struct csv_table *table)
{
	unsigned char separator = csv_get_delim(&table->parser);

	csv_free(&table->parser);
	parser_start(table, separator);
}

void
csv_table_open(
    struct csv_table *table, struct bytes *bytes, unsigned char separator)
{
	*table = (struct csv_table){.bytes = bytes};
	buffer_reserve(&table->input, BLOCK);
	parser_start(table, separator);
}

void
csv_table_close(struct csv_table *table)
{
	csv_free(&table->parser);
	buffer_release(&table->input);
	buffer_release(&table->text);
}

static void
add_field(struct csv_table *table, struct span field)
{
	buffer_add_span(&table->text, field);
	if (table->fields < CSV_FIELDS_MAX)
		table->ends[table->fields] = table->text.n;
	table->fields++;
}

static void
field_done(void *field, size_t n, void *context)
{
	add_field(context, (struct span){field, n});
}

static void
row_done(int c, void *context)
{
	struct csv_table *table = context;

	(void)c;
	table->complete = true;
}

/*
 * The next physical line with its newline, *more telling whether there is one.
 * False when reading failed.
 */
static bool
next_line(struct csv_table *table, struct span *line, bool *more)
{
	struct buffer *input = &table->input;
	const char *newline = NULL;
	size_t seen = 0; /* bytes known to hold no newline */
	ssize_t n;

	for (;;) {
		struct span rest = {input->p + table->at, input->n - table->at};

		newline = span_find(span_skip(rest, seen), '\n');
		if (newline != NULL || table->ended || rest.n > CSV_ROW_MAX) {
			*line = rest;
			break;
		}
		seen = rest.n;
		if (table->at > 0) {
			memmove(input->p, rest.p, rest.n);
			input->n = rest.n;
			table->at = 0;
		}
		buffer_reserve(input, BLOCK);
		n = table->bytes->read(
		    table->bytes, input->p + input->n, BLOCK);
		if (n < 0)
			return false;
		input->n += (size_t)n;
		table->ended = n == 0;
	}
	if (newline != NULL)
		line->n = (size_t)(newline - line->p) + 1;
	*more = line->n > 0;
	table->at += line->n;
	return true;
}

static enum csv_status
bad(struct csv_table *table, const char *reason)
{
	table->reason = reason;
	parser_restart(table);
	return CSV_BAD;
}

/* The encodings that a spreadsheet may save, told by the first bytes. */
static const char *
look_at_start(struct span *line)
{
	if (span_starts(*line, SPAN("\xff\xfe")) ||
	    span_starts(*line, SPAN("\xfe\xff")))
		return "the file is UTF-16; save it as UTF-8 (iconv -f UTF-16)";
	if (span_starts(*line, SPAN("\xef\xbb\xbf")))
		*line = span_skip(*line, 3);
	return NULL;
}

static bool
is_blank(struct csv_table *table, char c)
{
	return (c == ' ' || c == '\t') &&
	       c != (char)csv_get_delim(&table->parser);
}

/*
 * A whole row without a quote needs no state: cut it up here, as libcsv would
 * in three times as long.  False when it is another row.
 */
static bool
take_plain(struct csv_table *table, struct span line)
{
	char separator = (char)csv_get_delim(&table->parser);
	struct span field;

	if (table->taken != line.n || !span_ends(line, SPAN("\n")) ||
	    span_find(line, '"') != NULL)
		return false;
	line.n -= span_ends(line, SPAN("\r\n")) ? 2 : 1;
	while (line.p != NULL) {
		field = span_cut(&line, separator);
		while (field.n > 0 && is_blank(table, field.p[0]))
			field = span_skip(field, 1);
		while (field.n > 0 && is_blank(table, field.p[field.n - 1]))
			field.n--;
		add_field(table, field);
	}
	row_done('\n', table);
	return true;
}

/* Hand one line to libcsv; NULL, or what is wrong with it. */
static const char *
take_line(struct csv_table *table, struct span line)
{
	static const char quotes[] =
	    "a quote within an unquoted field, or text behind a closing quote";
	bool crlf = span_ends(line, SPAN("\r\n"));
	struct csv_parser *parser = &table->parser;

	table->taken += line.n;
	if (table->taken > CSV_ROW_MAX)
		return "the row is longer than 256 KiB: a quote that is not "
		       "closed?";
	if (take_plain(table, line))
		return NULL;
	if (crlf)
		line.n -= 2;
	if (csv_parse(parser, line.p, line.n, field_done, row_done, table) !=
	    line.n)
		return quotes;
	if (crlf &&
	    csv_parse(parser, "\n", 1, field_done, row_done, table) != 1)
		return quotes;
	return NULL;
}

/* The input is at its end: what libcsv still holds is the last row. */
static enum csv_status
finish(struct csv_table *table)
{
	if (csv_fini(&table->parser, field_done, row_done, table) != 0)
		return bad(table, "the quote is not closed");
	table->cut = table->complete;
	return table->complete ? CSV_ROW : CSV_END;
}

static bool
blank(struct span line)
{
	while (line.n > 0 &&
	       (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
		line.n--;
	return span_trim(line).n == 0;
}

/* Gather the lines of one row. */
static enum csv_status
read_row(struct csv_table *table)
{
	struct span line = {NULL, 0};
	const char *reason = NULL;
	bool more;

	buffer_reset(&table->text);
	table->fields = 0;
	table->taken = 0;
	table->complete = false;
	while (!table->complete) {
		if (!next_line(table, &line, &more))
			return CSV_FAILED;
		if (!more)
			return finish(table);
		table->lines++;
		if (table->lines == 1)
			reason = look_at_start(&line);
		if (table->taken == 0) {
			table->line = table->lines;
			if (reason == NULL && blank(line))
				continue;
		}
		if (reason == NULL)
			reason = take_line(table, line);
		if (reason != NULL)
			return bad(table, reason);
	}
	return CSV_ROW;
}

enum csv_status
csv_table_next(struct csv_table *table)
{
	enum csv_status status;

	do {
		status = read_row(table);
		if (status != CSV_ROW)
			return status;
	} while (table->text.n == 0);
	if (table->fields > CSV_FIELDS_MAX)
		return bad(table, "more than 256 fields");
	table->count = table->fields;
	for (unsigned i = 0; i < table->count; i++) {
		size_t from = i == 0 ? 0 : table->ends[i - 1];

		table->field[i] = (struct span){
		    table->text.p + from, table->ends[i] - from};
	}
	return CSV_ROW;
}
