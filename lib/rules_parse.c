/*
 * Parsing policy, pm-policy(5).  No state outside the arguments; the first
 * mistake ends the parse and is described with its place and a remedy.
 *
 *	rule       = { condition } "->" assignment { assignment }
 *	condition  = column operator value
 *	assignment = column ( "=" | ":=" ) value
 */
#include <stdlib.h>

#include "rules.h"
#include "rules_model.h"
#include "rules_value.h"
#include "timestamp.h"

enum { TERMS_MAX = 256 }; /* conditions of a rule, or assignments */

struct parser {
	struct rules *rules;
	struct arena *arena;
	struct cursor cursor;
	uint32_t file;
	/* the rule being read */
	struct condition conditions[TERMS_MAX];
	struct assignment assignments[TERMS_MAX];
	struct rule rule;
	unsigned assigned;   /* including those that other programs decide */
	const char *foreign; /* a tested column that is not offered here */
	struct place foreign_place;
};

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

/* Take the name in front of an operator. */
static const struct rule_column *
parse_column(struct cursor *cursor)
{
	const char *start = cursor->p;
	struct span name = cursor_name(cursor);
	const struct rule_column *column = rules_column(name);

	if (name.n == 0)
		cursor_fail(cursor, start,
		    "a column's name is expected here, or ->; pm-policy(5) "
		    "lists the columns");
	else if (column == NULL)
		cursor_fail(cursor, start,
		    "no program knows a column %.*s; pm-policy(5) lists the "
		    "columns",
		    (int)(name.n < 100 ? name.n : 100), name.p);
	return column;
}

static bool
parse_operator(struct cursor *cursor, struct condition *condition)
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
		if (cursor_take(cursor, operators[i].text)) {
			condition->test = operators[i].test;
			condition->negated = operators[i].negated;
			return true;
		}
	if (cursor_take(cursor, ":="))
		return cursor_fail(cursor, cursor->p - 2,
		    ":= assigns; before the arrow use =");
	return cursor_fail(cursor, cursor->p,
	    "an operator is expected here: = != ~ !~ < <= > >=");
}

static bool
parse_number(struct cursor *cursor, struct condition *condition)
{
	const char *start = cursor->p;

	if (!span_decimal(cursor_word(cursor), &condition->number))
		return cursor_fail(cursor, start,
		    "a number is expected here, such as 7 or 0.5");
	return true;
}

static bool
parse_pattern(struct parser *parser, struct condition *condition)
{
	struct cursor *cursor = &parser->cursor;
	const char *start = cursor->p;
	struct buffer text = {0};
	char reason[256];
	size_t offset;
	bool fine = cursor_pattern(cursor, &text);

	if (fine) {
		condition->pattern = pattern_compile(parser->arena,
		    buffer_span(&text), reason, sizeof(reason), &offset);
		if (condition->pattern == NULL)
			fine = cursor_fail(cursor, start,
			    "not a pattern: %s (at its byte %zu); see "
			    "pcre2pattern(3)",
			    reason, offset + 1);
	}
	buffer_release(&text);
	return fine;
}

/* Put in place of each short word what it stands for. */
static void
spell_out(struct words *words, const struct rule_column *column)
{
	struct words all = {0};

	for (size_t i = 0; i < words->count; i++) {
		struct span rest = rules_meaning(column, words->items[i]);

		while (rest.p != NULL) {
			all.items = memory_grow(all.items, &all.capacity,
			    all.count + 1, sizeof(*all.items));
			all.items[all.count++] = span_cut(&rest, ',');
		}
	}
	free(words->items);
	*words = all;
}

static bool
parse_alternatives(struct parser *parser, struct condition *condition,
    const struct rule_column *column)
{
	const char *start = parser->cursor.p;
	struct words words = {0};
	bool fine = cursor_list(&parser->cursor, &words);

	if (column->value == RULE_LIST)
		condition->test = TEST_MEMBER;
	if (column->value == RULE_CHOICE && fine)
		spell_out(&words, column);
	for (size_t i = 0; fine && i < words.count; i++)
		if (column->value == RULE_CHOICE)
			fine = rules_check_value(
			    &parser->cursor, start, column, words.items[i]);
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
	struct cursor *cursor = &parser->cursor;
	const char *start = cursor->p;
	const struct rule_column *column = parse_column(cursor);
	struct condition *condition;
	int number;

	if (column == NULL)
		return false;
	if (parser->rule.condition_count == TERMS_MAX)
		return cursor_fail(cursor, start,
		    "more than %d conditions; split the rule", TERMS_MAX);
	condition = &parser->conditions[parser->rule.condition_count++];
	*condition = (struct condition){0};
	number = offered(parser, column->name);
	if (number >= 0) {
		condition->column = (unsigned)number;
	} else if (parser->foreign == NULL) {
		parser->foreign = column->name;
		parser->foreign_place = cursor_place(cursor, start);
	}
	if (!parse_operator(cursor, condition))
		return false;
	if (condition->test == TEST_PATTERN)
		return parse_pattern(parser, condition);
	if (condition->test != TEST_IS)
		return parse_number(cursor, condition);
	return parse_alternatives(parser, condition, column);
}

/* Keep the assignment when this program decides the column. */
static bool
keep_assignment(struct parser *parser, const char *start,
    const struct rule_column *column, bool override, struct span value)
{
	int number = offered(parser, column->name);
	struct rule *rule = &parser->rule;

	if (number < 0 || !parser->rules->columns->settable[number])
		return true;
	if (rule_mask_has(
		rule_mask_or(rule->fills, rule->overrides), (unsigned)number))
		return cursor_fail(&parser->cursor, start,
		    "the rule sets %s twice; set it once", column->name);
	if (override)
		rule_mask_add(&rule->overrides, (unsigned)number);
	else
		rule_mask_add(&rule->fills, (unsigned)number);
	parser->assignments[rule->assignment_count++] = (struct assignment){
	    (unsigned)number, override, value};
	return true;
}

static bool
parse_assignment(struct parser *parser)
{
	struct cursor *cursor = &parser->cursor;
	const char *start = cursor->p;
	const struct rule_column *column = parse_column(cursor);
	struct words words = {0};
	struct span value;
	bool override, fine;

	if (column == NULL)
		return false;
	override = cursor_take(cursor, ":=");
	if (!override && !cursor_take(cursor, "="))
		return cursor_fail(
		    cursor, cursor->p, "= or := is expected behind the arrow");
	if (!column->settable)
		return cursor_fail(cursor, start,
		    "%s is observed, not decided; rules can only test it",
		    column->name);
	if (parser->assigned++ == TERMS_MAX)
		return cursor_fail(cursor, start,
		    "more than %d assignments; split the rule", TERMS_MAX);
	fine = cursor_list(cursor, &words);
	if (fine) {
		value = join(parser, &words, column->value == RULE_LIST);
		if (column->value == RULE_CHOICE) {
			struct span meaning = rules_meaning(column, value);

			if (meaning.p != value.p)
				value = span_cut(&meaning, ',');
		}
		fine = rules_check_value(cursor, start, column, value) &&
		       keep_assignment(parser, start, column, override, value);
	}
	free(words.items);
	return fine;
}

/* The terms of one rule; the cursor stands on the first. */
static bool
parse_terms(struct parser *parser)
{
	struct cursor *cursor = &parser->cursor;

	while (!cursor_at_arrow(cursor)) {
		if (*cursor->p == '\n')
			return cursor_fail(cursor, cursor->p,
			    "the rule has no ->; write: conditions -> "
			    "assignments");
		if (!parse_condition(parser) || !cursor_blanks(cursor))
			return false;
	}
	cursor->p += 2;
	if (!cursor_at_break(cursor))
		return cursor_fail(
		    cursor, cursor->p, "a blank must follow the arrow");
	if (!cursor_blanks(cursor))
		return false;
	if (*cursor->p == '\n')
		return cursor_fail(cursor, cursor->p,
		    "nothing is set behind the arrow; add an assignment");
	while (*cursor->p != '\n')
		if (!parse_assignment(parser) || !cursor_blanks(cursor))
			return false;
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

		rule_mask_add(&rules->tested, condition->column);
		if (condition->pattern == NULL)
			continue;
		rules->patterns = memory_grow(rules->patterns,
		    &rules->pattern_capacity, rules->pattern_count + 1,
		    sizeof(struct pattern *));
		rules->patterns[rules->pattern_count++] = condition->pattern;
	}
	rules->set = rule_mask_or(
	    rules->set, rule_mask_or(rule->fills, rule->overrides));
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
drop_rule(struct parser *parser)
{
	for (unsigned i = 0; i < parser->rule.condition_count; i++)
		if (parser->conditions[i].pattern != NULL)
			pattern_release(parser->conditions[i].pattern);
}

/*
 * The rule decides a column here, but tests one that is not known when that
 * happens; it could never match, which nobody would notice.
 */
static bool
fail_foreign(struct parser *parser)
{
	const char *decided =
	    parser->rules->columns->names[parser->assignments[0].column];
	const char *hint = "";

	if (strcmp(parser->foreign, "class") == 0)
		hint = " (the kind of machine is called device)";
	else if (strcmp(parser->foreign, "state") == 0)
		hint = " (the state of a host is called host_state)";
	return cursor_fail_at(&parser->cursor, parser->foreign_place,
	    "%s is not known yet when %s decides %s; test another column, or "
	    "set %s in a rule of its own%s",
	    parser->foreign, diag_program(), decided, decided, hint);
}

static bool
parse_rule(struct parser *parser)
{
	bool fine;

	parser->rule = (struct rule){.line = parser->cursor.line};
	parser->assigned = 0;
	parser->foreign = NULL;
	fine = parse_terms(parser);
	if (fine && parser->rule.assignment_count > 0) {
		if (parser->foreign == NULL) {
			keep_rule(parser);
			return true;
		}
		fine = fail_foreign(parser);
	}
	drop_rule(parser);
	return fine;
}

static bool
parse_text(struct parser *parser, struct span text)
{
	struct cursor *cursor = &parser->cursor;

	if (!cursor_start(cursor, text))
		return false;
	while (cursor->p < cursor->end) {
		if (!cursor_blanks(cursor))
			return false;
		if (*cursor->p != '\n' && !parse_rule(parser))
			return false;
		cursor_next_line(cursor);
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

	parser->rules = rules;
	parser->arena = &rules->arena;
	parser->file = (uint32_t)rules->file_count;
	parser->cursor = (struct cursor){.name = path,
	    .error = error->text,
	    .error_size = sizeof(error->text),
	    .arena = &rules->arena};
	rules->files = memory_grow(rules->files, &rules->file_capacity,
	    rules->file_count + 1, sizeof(*rules->files));
	rules->files[rules->file_count] = (struct rule_file){
	    path, citation(rules, path)};
	rules->file_count++;
	fine = parse_text(parser, text);
	free(parser);
	return fine;
}
