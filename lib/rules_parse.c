/*
 * Parsing policy, pm-policy(5).  No state outside the arguments; the first
 * mistake ends the parse and is described with its place and a remedy.
 *
 *	rule       = { condition } "->" assignment { assignment }
 *	condition  = column operator value
 *	assignment = column ( "=" | ":=" ) value
 *
 * Words are separated by blanks; a backslash at the end of a line is a blank.
 */
#include "rules_private.h"

#include <stdarg.h>
#include <stdlib.h>

#include "timestamp.h"

struct parser {
	struct rules *rules;
	struct arena *arena;
	const char *name;
	struct rule_error *error;
	const char *p, *end;
	const char *line_start;
	unsigned line;
	uint32_t file;
	/* the rule being read */
	struct condition conditions[RULES_TERMS_MAX];
	struct assignment assignments[RULES_TERMS_MAX];
	struct rule rule;
	unsigned assigned;     /* including those that others decide */
	const char *foreign;   /* a condition on a column not offered, */
	unsigned foreign_line; /* and its place */
	size_t foreign_column;
};

/* A comma list as it was written. */
struct words {
	struct span *items;
	size_t count, capacity;
};

static bool
fail_at(struct parser *parser, unsigned line, size_t column, const char *format,
    va_list arguments)
{
	char reason[640];

	vsnprintf(reason, sizeof(reason), format, arguments);
	snprintf(parser->error->text, sizeof(parser->error->text),
	    "%.300s:%u:%zu: %s", parser->name, line, column, reason);
	return false;
}

/* Describe a mistake at the place at. */
static bool PM_PRINTF(3, 4)
    fail(struct parser *parser, const char *at, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fail_at(parser, parser->line, (size_t)(at - parser->line_start) + 1,
	    format, arguments);
	va_end(arguments);
	return false;
}

static bool PM_PRINTF(2, 3)
    fail_foreign(struct parser *parser, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fail_at(parser, parser->foreign_line, parser->foreign_column, format,
	    arguments);
	va_end(arguments);
	return false;
}

static bool
continues(const struct parser *parser)
{
	return parser->end - parser->p >= 2 && parser->p[0] == '\\' &&
	       parser->p[1] == '\n';
}

/* Behind the last byte of a word? */
static bool
at_break(const struct parser *parser)
{
	return parser->p == parser->end || *parser->p == ' ' ||
	       *parser->p == '\t' || *parser->p == '\n' || continues(parser);
}

/* Skip blanks, continued lines and a comment. */
static bool
skip_blanks(struct parser *parser)
{
	for (;; parser->p++) {
		if (continues(parser)) {
			parser->p++;
			parser->line++;
			parser->line_start = parser->p + 1;
		} else if (parser->p == parser->end ||
			   (*parser->p != ' ' && *parser->p != '\t')) {
			break;
		}
	}
	if (parser->p == parser->end || *parser->p != '#')
		return true;
	while (*parser->p != '\n')
		parser->p++;
	if (parser->p[-1] == '\\')
		return fail(parser, parser->p - 1,
		    "a comment ends in a backslash; a comment cannot be "
		    "continued, remove the backslash");
	return true;
}

static bool
at_arrow(const struct parser *parser)
{
	return parser->end - parser->p >= 2 && parser->p[0] == '-' &&
	       parser->p[1] == '>';
}

/* Bytes as the stream writes them: a backslash is doubled. */
static void
add_byte(struct buffer *text, char byte, bool field_text)
{
	if (byte == '\\' && field_text)
		buffer_add_byte(text, '\\');
	buffer_add_byte(text, byte);
}

/* A word in double quotes; p stands on the first one. */
static bool
quoted(struct parser *parser, struct buffer *text, bool field_text)
{
	const char *start = parser->p++;
	char byte;

	for (;; parser->p++) {
		byte = *parser->p;
		if (byte == '\n')
			return fail(parser, start,
			    "the quote is not closed; close it on this line");
		if (byte == '"')
			break;
		if (byte == '\\') {
			byte = *++parser->p;
			if (byte != '"' && byte != '\\')
				return fail(parser, parser->p - 1,
				    "between quotes a backslash stands only "
				    "before \" and \\; write \\\\ for one");
		}
		add_byte(text, byte, field_text);
	}
	parser->p++;
	return true;
}

/* One item of a list: bare up to a comma or blank, or quoted. */
static bool
list_item(struct parser *parser, struct span *item)
{
	struct buffer text = {0};
	const char *start = parser->p;
	bool fine = true;

	if (!at_break(parser) && *parser->p == '"') {
		fine = quoted(parser, &text, true);
		if (fine && !at_break(parser) && *parser->p != ',')
			fine = fail(parser, parser->p,
			    "a blank or comma must follow the closing quote");
	} else {
		for (; fine && !at_break(parser) && *parser->p != ',';
		     parser->p++) {
			if (at_arrow(parser))
				fine = fail(parser, parser->p,
				    "-> within a word; put blanks around the "
				    "arrow, or quote the value");
			else if (*parser->p == '"')
				fine = fail(parser, parser->p,
				    "a quote within a word; quote the whole "
				    "value");
			else
				add_byte(&text, *parser->p, true);
		}
	}
	if (fine && text.n == 0)
		fine = fail(parser, start,
		    "an empty value; \"-\" stands for an absent one");
	if (fine)
		*item = arena_copy(parser->arena, buffer_span(&text));
	buffer_release(&text);
	return fine;
}

/* A value: items separated by commas. */
static bool
value_list(struct parser *parser, struct words *words)
{
	for (;;) {
		words->items = memory_grow(words->items, &words->capacity,
		    words->count + 1, sizeof(*words->items));
		if (!list_item(parser, &words->items[words->count]))
			return false;
		words->count++;
		if (at_break(parser) || *parser->p != ',')
			return true;
		parser->p++;
	}
}

/* A pattern: everything up to the next blank, or quoted. */
static bool
value_pattern(struct parser *parser, struct condition *condition)
{
	struct buffer text = {0};
	const char *start = parser->p;
	char reason[256];
	size_t offset;
	bool fine = true;

	if (!at_break(parser) && *parser->p == '"') {
		fine = quoted(parser, &text, false);
		if (fine && !at_break(parser))
			fine = fail(parser, parser->p,
			    "a blank must follow the closing quote");
	} else {
		for (; !at_break(parser); parser->p++)
			buffer_add_byte(&text, *parser->p);
	}
	if (fine && text.n == 0)
		fine = fail(parser, start,
		    "an empty pattern; write one, or leave the condition out");
	if (fine) {
		condition->pattern = pattern_compile(parser->arena,
		    buffer_span(&text), reason, sizeof(reason), &offset);
		if (condition->pattern == NULL)
			fine = fail(parser, start,
			    "not a pattern: %s (at its byte %zu); see "
			    "pcre2pattern(3)",
			    reason, offset + 1);
	}
	buffer_release(&text);
	return fine;
}

/* Is the word one of the comma list? */
static bool
one_of(struct span word, const char *list)
{
	struct span rest = span_of(list);

	while (rest.p != NULL)
		if (span_equal(span_cut(&rest, ','), word))
			return true;
	return false;
}

static bool
is_share(struct span value)
{
	bool percent = span_ends(value, SPAN("%"));
	uint64_t number;

	if (percent)
		value.n--;
	return span_number(value, &number) && number >= 1 &&
	       number <= (percent ? 100 : 1000000);
}

/* May the column have this value? */
static bool
check_value(struct parser *parser, const char *at,
    const struct rule_column *column, struct span value)
{
	int64_t seconds;

	if (span_absent(value))
		return true;
	switch (column->value) {
	case RULE_CHOICE:
		if (one_of(value, column->choices))
			return true;
		return fail(parser, at, "%s cannot be %.*s; it is one of %s",
		    column->name, SPAN_ARG(value), column->choices);
	case RULE_DURATION:
		if (duration_parse(value, &seconds))
			return true;
		return fail(parser, at,
		    "%.*s is no duration; write one such as 12h, 3d or 2w",
		    SPAN_ARG(value));
	case RULE_SHARE:
		if (is_share(value))
			return true;
		return fail(parser, at,
		    "%.*s is no share; write a number such as 5, or 10%%",
		    SPAN_ARG(value));
	case RULE_TEXT:
	case RULE_LIST:
		break;
	}
	return true;
}

static int
compare_items(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

/* The items as one value; those of a list column sorted, each once. */
static struct span
join(struct parser *parser, struct words *words, bool list)
{
	struct buffer text = {0};
	struct span value;

	if (list)
		qsort(words->items, words->count, sizeof(*words->items),
		    compare_items);
	for (size_t i = 0; i < words->count; i++) {
		if (list && i > 0 &&
		    span_equal(words->items[i], words->items[i - 1]))
			continue;
		if (text.n > 0)
			buffer_add_byte(&text, ',');
		buffer_add_span(&text, words->items[i]);
	}
	value = arena_copy(parser->arena, buffer_span(&text));
	buffer_release(&text);
	return value;
}

/* The column's number in this program, or -1 when it does not offer it. */
static int
offered(const struct parser *parser, const char *name)
{
	const struct rule_columns *columns = parser->rules->columns;

	for (unsigned i = 0; i < columns->count; i++)
		if (strcmp(columns->names[i], name) == 0)
			return (int)i;
	return -1;
}

/* The name in front of an operator. */
static const struct rule_column *
column_name(struct parser *parser)
{
	const char *start = parser->p;
	const struct rule_column *column;
	struct span name;

	while (
	    parser->p < parser->end &&
	    ((*parser->p >= 'a' && *parser->p <= 'z') || *parser->p == '_' ||
		(parser->p > start && *parser->p >= '0' && *parser->p <= '9')))
		parser->p++;
	name = (struct span){start, (size_t)(parser->p - start)};
	if (name.n == 0) {
		fail(parser, start,
		    "a column's name is expected here, or ->; pm-policy(5) "
		    "lists the columns");
		return NULL;
	}
	column = rules_column(name);
	if (column == NULL)
		fail(parser, start,
		    "no program knows a column %.*s; pm-policy(5) lists the "
		    "columns",
		    (int)(name.n < 100 ? name.n : 100), name.p);
	return column;
}

static bool
take(struct parser *parser, const char *text)
{
	struct span rest = {parser->p, (size_t)(parser->end - parser->p)};

	if (!span_starts(rest, span_of(text)))
		return false;
	parser->p += strlen(text);
	return true;
}

static bool
operator_of(struct parser *parser, struct condition *condition)
{
	static const struct {
		const char *text;
		enum rule_test test;
		bool negated;
	} operators[] = {
	    {"!=", TEST_IS, true},
	    {"!~", TEST_PATTERN, true},
	    {"<=", TEST_LESS_EQUAL, false},
	    {">=", TEST_GREATER_EQUAL, false},
	    {"=", TEST_IS, false},
	    {"~", TEST_PATTERN, false},
	    {"<", TEST_LESS, false},
	    {">", TEST_GREATER, false},
	};

	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
		if (take(parser, operators[i].text)) {
			condition->test = operators[i].test;
			condition->negated = operators[i].negated;
			return true;
		}
	if (take(parser, ":="))
		return fail(parser, parser->p - 2,
		    ":= assigns; before the arrow use =");
	return fail(parser, parser->p,
	    "an operator is expected here: = != ~ !~ < <= > >=");
}

static bool
value_number(struct parser *parser, struct condition *condition)
{
	const char *start = parser->p;
	struct span text;

	while (!at_break(parser))
		parser->p++;
	text = (struct span){start, (size_t)(parser->p - start)};
	if (!span_decimal(text, &condition->number))
		return fail(parser, start,
		    "a number is expected here, such as 7 or 0.5");
	return true;
}

static bool
value_alternatives(struct parser *parser, struct condition *condition,
    const struct rule_column *column)
{
	const char *start = parser->p;
	struct words words = {0};
	bool fine = value_list(parser, &words);

	if (column->value == RULE_LIST)
		condition->test = TEST_MEMBER;
	for (size_t i = 0; fine && i < words.count; i++)
		if (column->value == RULE_CHOICE)
			fine =
			    check_value(parser, start, column, words.items[i]);
	if (fine) {
		condition->count = words.count;
		condition->alternatives = arena_allocate(
		    parser->arena, words.count * sizeof(*words.items));
		memcpy(condition->alternatives, words.items,
		    words.count * sizeof(*words.items));
	}
	free(words.items);
	return fine;
}

static bool
parse_condition(struct parser *parser)
{
	const char *start = parser->p;
	const struct rule_column *column = column_name(parser);
	struct condition *condition;
	int number;

	if (column == NULL)
		return false;
	if (parser->rule.condition_count == RULES_TERMS_MAX)
		return fail(parser, start,
		    "more than %d conditions; split the rule", RULES_TERMS_MAX);
	condition = &parser->conditions[parser->rule.condition_count];
	*condition = (struct condition){0};
	number = offered(parser, column->name);
	if (number >= 0) {
		condition->column = (unsigned)number;
	} else if (parser->foreign == NULL) {
		parser->foreign = column->name;
		parser->foreign_line = parser->line;
		parser->foreign_column =
		    (size_t)(start - parser->line_start) + 1;
	}
	if (!operator_of(parser, condition))
		return false;
	parser->rule.condition_count++;
	if (condition->test == TEST_PATTERN)
		return value_pattern(parser, condition);
	if (condition->test != TEST_IS)
		return value_number(parser, condition);
	return value_alternatives(parser, condition, column);
}

/* Keep the assignment when this program decides the column. */
static void
keep_assignment(struct parser *parser, const struct rule_column *column,
    bool override, struct span value)
{
	int number = offered(parser, column->name);
	struct rule *rule = &parser->rule;
	uint64_t bit;

	if (number < 0 || !parser->rules->columns->settable[number])
		return;
	bit = UINT64_C(1) << number;
	if (override)
		rule->overrides |= bit;
	else
		rule->fills |= bit;
	parser->assignments[rule->assignment_count++] =
	    (struct assignment){(unsigned)number, override, value};
}

static bool
parse_assignment(struct parser *parser)
{
	const char *start = parser->p;
	const struct rule_column *column = column_name(parser);
	struct words words = {0};
	struct span value;
	bool override, fine;

	if (column == NULL)
		return false;
	override = take(parser, ":=");
	if (!override && !take(parser, "="))
		return fail(
		    parser, parser->p, "= or := is expected behind the arrow");
	if (!column->settable)
		return fail(parser, start,
		    "%s is observed, not decided; rules can only test it",
		    column->name);
	if (parser->assigned++ == RULES_TERMS_MAX)
		return fail(parser, start,
		    "more than %d assignments; split the rule",
		    RULES_TERMS_MAX);
	fine = value_list(parser, &words);
	if (fine) {
		value = join(parser, &words, column->value == RULE_LIST);
		fine = check_value(parser, start, column, value);
	}
	if (fine)
		keep_assignment(parser, column, override, value);
	free(words.items);
	return fine;
}

/* Is a column set twice?  Which one would win is then not to be seen. */
static bool
check_twice(struct parser *parser, const char *at)
{
	uint64_t seen = 0;

	for (unsigned i = 0; i < parser->rule.assignment_count; i++) {
		unsigned column = parser->assignments[i].column;

		if ((seen >> column & 1) != 0)
			return fail(parser, at,
			    "%s is set twice by one rule; set it once",
			    parser->rules->columns->names[column]);
		seen |= UINT64_C(1) << column;
	}
	return true;
}

static int
compare_cost(const void *a, const void *b)
{
	const struct condition *left = a, *right = b;

	return (int)left->test - (int)right->test;
}

static void *
keep_array(struct arena *arena, const void *array, size_t bytes)
{
	void *copy = arena_allocate(arena, bytes);

	if (bytes > 0)
		memcpy(copy, array, bytes);
	return copy;
}

/* Put the rule that was read among the rules in use. */
static void
keep_rule(struct parser *parser)
{
	struct rules *rules = parser->rules;
	struct rule *rule = &parser->rule;

	qsort(parser->conditions, rule->condition_count,
	    sizeof(parser->conditions[0]), compare_cost);
	for (unsigned i = 0; i < rule->condition_count; i++) {
		struct condition *condition = &parser->conditions[i];

		rules->tested |= UINT64_C(1) << condition->column;
		if (condition->pattern == NULL)
			continue;
		rules->patterns =
		    memory_grow(rules->patterns, &rules->pattern_capacity,
			rules->pattern_count + 1, sizeof(struct pattern *));
		rules->patterns[rules->pattern_count++] = condition->pattern;
	}
	rules->set |= rule->fills | rule->overrides;
	rule->conditions = keep_array(parser->arena, parser->conditions,
	    rule->condition_count * sizeof(parser->conditions[0]));
	rule->assignments = keep_array(parser->arena, parser->assignments,
	    rule->assignment_count * sizeof(parser->assignments[0]));
	rule->file = parser->file;
	rules->rules = memory_grow(rules->rules, &rules->capacity,
	    rules->count + 1, sizeof(*rules->rules));
	rules->rules[rules->count++] = *rule;
}

static void
drop_patterns(struct parser *parser)
{
	for (unsigned i = 0; i < parser->rule.condition_count; i++)
		if (parser->conditions[i].pattern != NULL)
			pattern_release(parser->conditions[i].pattern);
}

/* The terms of one rule; p stands on the first. */
static bool
parse_terms(struct parser *parser)
{
	const char *arrow;

	while (!at_arrow(parser)) {
		if (*parser->p == '\n')
			return fail(parser, parser->p,
			    "the rule has no ->; write: conditions -> "
			    "assignments");
		if (!parse_condition(parser) || !skip_blanks(parser))
			return false;
	}
	arrow = parser->p;
	parser->p += 2;
	if (!at_break(parser))
		return fail(parser, parser->p, "a blank must follow the arrow");
	if (!skip_blanks(parser))
		return false;
	if (*parser->p == '\n')
		return fail(parser, parser->p,
		    "nothing is set behind the arrow; add an assignment");
	while (*parser->p != '\n')
		if (!parse_assignment(parser) || !skip_blanks(parser))
			return false;
	return check_twice(
	    parser, arrow < parser->line_start ? parser->line_start : arrow);
}

static bool
parse_rule(struct parser *parser)
{
	parser->rule = (struct rule){.line = parser->line};
	parser->assigned = 0;
	parser->foreign = NULL;
	if (!parse_terms(parser)) {
		drop_patterns(parser);
		return false;
	}
	if (parser->rule.assignment_count == 0) {
		drop_patterns(parser);
		return true;
	}
	if (parser->foreign != NULL) {
		drop_patterns(parser);
		return fail_foreign(parser,
		    "%s is not known yet when %s decides %s; test another "
		    "column, or set %s by a rule of its own%s",
		    parser->foreign, diag_program(),
		    parser->rules->columns
			->names[parser->assignments[0].column],
		    parser->rules->columns
			->names[parser->assignments[0].column],
		    strcmp(parser->foreign, "class") == 0
			? " (the kind of machine is called device)"
		    : strcmp(parser->foreign, "state") == 0
			? " (the state of a host is called host_state)"
			: "");
	}
	keep_rule(parser);
	return true;
}

/* How many bytes the UTF-8 sequence at s has, 0 when it is none: RFC 3629. */
static size_t
utf8_length(struct span s)
{
	const unsigned char *b = (const unsigned char *)s.p;
	unsigned low = 0x80, high = 0xBF;
	size_t length;

	if (b[0] < 0x80)
		return 1;
	if (b[0] < 0xC2 || b[0] > 0xF4)
		return 0;
	length = b[0] < 0xE0 ? 2 : b[0] < 0xF0 ? 3 : 4;
	if (b[0] == 0xE0)
		low = 0xA0;
	else if (b[0] == 0xED)
		high = 0x9F;
	else if (b[0] == 0xF0)
		low = 0x90;
	else if (b[0] == 0xF4)
		high = 0x8F;
	if (s.n < length || b[1] < low || b[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++)
		if (b[i] < 0x80 || b[i] > 0xBF)
			return 0;
	return length;
}

/* What no line of a policy may hold, found before anything is parsed. */
static bool
check_bytes(struct parser *parser)
{
	for (const char *p = parser->p; p < parser->end;) {
		size_t length =
		    utf8_length((struct span){p, (size_t)(parser->end - p)});
		unsigned char byte = (unsigned char)*p;

		if (length == 0)
			return fail(parser, p,
			    "not UTF-8 (byte 0x%02x); convert the file", byte);
		if (byte == '\r')
			return fail(parser, p,
			    "a carriage return; end lines with newline alone");
		if ((byte < ' ' && byte != '\t' && byte != '\n') ||
		    byte == 0x7f)
			return fail(parser, p,
			    "a control byte (0x%02x); remove it", byte);
		if (byte == '\n') {
			parser->line++;
			parser->line_start = p + 1;
		}
		p += length;
	}
	if (parser->p < parser->end && parser->end[-1] != '\n')
		return fail(parser, parser->end,
		    "the last line has no newline; is the file truncated? If "
		    "not, add one");
	if (parser->end - parser->p >= 2 && parser->end[-2] == '\\')
		return fail(parser, parser->end,
		    "a backslash ends the file; remove it");
	return true;
}

static bool
parse_text(struct parser *parser, struct span text)
{
	parser->line_start = text.p;
	parser->line = 1;
	if (!check_bytes(parser))
		return false;
	parser->line_start = text.p;
	parser->line = 1;
	while (parser->p < parser->end) {
		if (!skip_blanks(parser))
			return false;
		if (parser->p < parser->end && *parser->p != '\n' &&
		    !parse_rule(parser))
			return false;
		parser->p++;
		parser->line++;
		parser->line_start = parser->p;
	}
	return true;
}

/* How citations name the file: short where that is clear. */
static const char *
citation(struct rules *rules, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;

	for (size_t i = 0; i < rules->file_count; i++)
		if (strcmp(rules->files[i].name, name) == 0)
			return path;
	return name;
}

bool
rules_parse(struct rules *rules, const char *name, struct span text,
    struct rule_error *error)
{
	struct parser *parser = memory_zeroed(1, sizeof(*parser));
	const char *path = arena_copy(&rules->arena, span_of(name)).p;
	bool fine;

	*parser = (struct parser){.rules = rules,
	    .arena = &rules->arena,
	    .name = path,
	    .error = error,
	    .p = text.p,
	    .end = text.n == 0 ? text.p : text.p + text.n,
	    .file = (uint32_t)rules->file_count};
	rules->files = memory_grow(rules->files, &rules->file_capacity,
	    rules->file_count + 1, sizeof(*rules->files));
	rules->files[rules->file_count] =
	    (struct rule_file){path, citation(rules, path)};
	rules->file_count++;
	fine = text.n == 0 || parse_text(parser, text);
	free(parser);
	return fine;
}
