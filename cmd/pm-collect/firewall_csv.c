/*
 * pm-collect firewall-csv FILE: the rules of a firewall as a plain table, with
 * a header row and one rule a row, tried from the top.
 */
#include <strings.h>

#include "address.h"
#include "csv_table.h"
#include "firewall.h"
#include "options.h"
#include "source.h"

enum { ABSENT = -1 };

struct rules {
	struct filter *filter;
	struct csv_table table;
	int field[ALLOW_COLUMNS]; /* which field of a row, or ABSENT */
	unsigned columns;
	uint64_t row;
};

static _Noreturn void
fail(const struct rules *rules, const char *reason, struct span what)
{
	die(PM_EXIT_DATA, "%s:%llu: %s '%.*s'", rules->filter->file,
	    (unsigned long long)rules->table.line, reason,
	    (int)(what.n < 80 ? what.n : 80), what.p);
}

static bool
same_word(struct span a, const char *b)
{
	return a.n == strlen(b) && strncasecmp(a.p, b, a.n) == 0;
}

static void
read_header(struct rules *rules)
{
	const struct schema *schema = schema_of(RECORD_ALLOW);
	static const unsigned needed[] = {ALLOW_SOURCE, ALLOW_DESTINATION,
	    ALLOW_PROTO, ALLOW_PORT, ALLOW_ACTION};

	rules->columns = rules->table.count;
	for (unsigned i = 0; i < ALLOW_COLUMNS; i++)
		rules->field[i] = ABSENT;
	for (unsigned i = 0; i < rules->columns; i++) {
		struct span name = span_trim(rules->table.field[i]);
		unsigned column = 0;

		while (column < schema->count &&
		       !same_word(name, schema->columns[column]))
			column++;
		if (column == schema->count)
			fail(rules, "a column that no rule has:", name);
		if (rules->field[column] != ABSENT)
			fail(rules, "two columns", name);
		rules->field[column] = (int)i;
	}
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (rules->field[needed[i]] == ABSENT)
			fail(rules, "there is no column",
			    span_of(schema->columns[needed[i]]));
}

/* The value of a column; p NULL where there is none or it means any. */
static struct span
value(const struct rules *rules, unsigned column)
{
	static const char *const any[] = {"", "-", "any", "all", "*"};
	struct span text = {NULL, 0};

	if (rules->field[column] == ABSENT)
		return text;
	text = span_trim(rules->table.field[rules->field[column]]);
	for (size_t i = 0; i < sizeof(any) / sizeof(any[0]); i++)
		if (same_word(text, any[i]))
			return (struct span){NULL, 0};
	return text;
}

/* A list with commas, semicolons or blanks between its items, with commas. */
static struct span
list(struct rules *rules, unsigned column)
{
	struct span text = value(rules, column);
	struct buffer joined = {0};
	struct span copy;

	if (text.p == NULL)
		return text;
	for (size_t i = 0; i < text.n; i++) {
		char byte = text.p[i];
		bool between = byte == ',' || byte == ';' || byte == ' ';

		if (!between)
			buffer_add_byte(&joined, byte);
		else if (joined.n > 0 && joined.p[joined.n - 1] != ',')
			buffer_add_byte(&joined, ',');
	}
	copy = arena_copy(&rules->filter->arena, buffer_span(&joined));
	buffer_release(&joined);
	return copy;
}

static struct span
addresses(struct rules *rules, unsigned column)
{
	struct span text = list(rules, column), bad;
	struct address_set set = {0};
	bool fine = text.p == NULL || address_set_parse(&set, text, &bad);

	address_set_release(&set);
	if (!fine)
		fail(rules, "not an address, network or range:", bad);
	return text;
}

static bool
accepts(const struct rules *rules)
{
	static const char *const yes[] = {"accept", "allow", "permit", "pass"};
	static const char *const no[] = {"drop", "deny", "block", "reject"};
	struct span action = value(rules, ALLOW_ACTION);

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		if (same_word(action, yes[i]))
			return true;
		if (same_word(action, no[i]))
			return false;
	}
	fail(rules, "an action that is neither accept nor drop:", action);
}

static void
read_row(struct rules *rules)
{
	struct traffic traffic = {.source = addresses(rules, ALLOW_SOURCE),
	    .destination = addresses(rules, ALLOW_DESTINATION),
	    .port = list(rules, ALLOW_PORT),
	    .condition = value(rules, ALLOW_CONDITION)};
	struct span firewall = value(rules, ALLOW_FIREWALL);
	struct span path = value(rules, ALLOW_PATH);
	struct span number = value(rules, ALLOW_RULE);
	struct span proto = list(rules, ALLOW_PROTO);
	struct buffer origin = {0}, lower = {0}, name = {0};
	uint64_t rule = ++rules->row;
	bool accept = accepts(rules);

	if (traffic.port.p != NULL && !ports_valid(traffic.port))
		fail(rules, "not a list of ports:", traffic.port);
	if (number.p != NULL && !span_number(number, &rule))
		fail(rules, "rule is no number:", number);
	if (path.p != NULL && !span_is(path, "input") &&
	    !span_is(path, "forward"))
		fail(rules, "path is neither input nor forward:", path);
	for (size_t i = 0; i < proto.n; i++)
		buffer_add_byte(&lower, proto.p[i] >= 'A' && proto.p[i] <= 'Z'
					    ? (char)(proto.p[i] | 0x20)
					    : proto.p[i]);
	if (proto.p != NULL)
		traffic.proto = buffer_span(&lower);
	if (firewall.p != NULL)
		stream_escape(&name, firewall);
	buffer_printf(
	    &origin, "line %llu", (unsigned long long)rules->table.line);
	allow_write(rules->filter->output,
	    firewall.p == NULL ? rules->filter->name : buffer_span(&name),
	    path.p == NULL || span_is(path, "forward") ? "forward" : "input",
	    value(rules, ALLOW_CHAIN), rule, &traffic, accept,
	    buffer_span(&origin));
	rules->filter->records++;
	buffer_release(&origin);
	buffer_release(&lower);
	buffer_release(&name);
}

static void
read_table(struct rules *rules)
{
	struct csv_table *table = &rules->table;
	enum csv_status status;

	while ((status = csv_table_next(table)) == CSV_ROW) {
		if (rules->columns == 0) {
			read_header(rules);
			continue;
		}
		if (table->count != rules->columns)
			fail(rules, "more or fewer fields than the header in",
			    SPAN("this row"));
		read_row(rules);
	}
	/* Rules stand in an order: leaving one out would change the others. */
	if (status == CSV_BAD)
		die(PM_EXIT_DATA, "%s:%llu: %s", rules->filter->file,
		    (unsigned long long)table->line, table->reason);
	if (status == CSV_FAILED)
		die_errno(PM_EXIT_IO, "%s", rules->filter->file);
}

/* Kept here, so that it can be let go of wherever reading ended. */
static struct rules current;

static void
read_csv(struct filter *filter, struct bytes *bytes)
{
	current = (struct rules){.filter = filter};
	csv_table_open(&current.table, bytes, ',');
	read_table(&current);
}

static void
release_csv(void)
{
	csv_table_close(&current.table);
}

const struct firewall_source firewall_csv_source = {
    .program =
	{
	    .synopsis = "firewall-csv [options] FILE",
	    .summary =
		"what a firewall lets through, from a table with a header row",
	    .examples = "pm-collect firewall-csv --host fw1 rules.csv\n"
			"pm-collect firewall-csv fw1.csv >firewall.tsv",
	},
    .nothing = "no rules below a header row",
    .read = read_csv,
    .release = release_csv,
};

enum pm_exit
collect_firewall_csv(int argc, char **argv)
{
	return firewall_collect(&firewall_csv_source, argc, argv);
}
