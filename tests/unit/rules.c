/*
 * Policy rules: the cases of tests/cases/rules, then what cannot be said in a
 * line: the limits of patterns, citations of files, the table of columns.
 */
#include "rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "memory.h"
#include "tap.h"

static const char *const names[] = {"host", "os", "role", "tier", "kev", "cvss",
    "group", "window", "decision", "due"};
static const bool settable[] = {
    false, false, true, true, false, false, true, true, true, true};

enum { COLUMNS = sizeof(names) / sizeof(names[0]) };

static const struct rule_columns columns = {names, settable, COLUMNS};

/* Turn the escapes of a case file into bytes. */
static void
expand(struct buffer *out, struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		char digits[3] = "";
		char byte = text.p[i];

		if (byte == '\\' && i + 1 < text.n) {
			byte = text.p[++i];
			if (byte == 'n') {
				byte = '\n';
			} else if (byte == 't') {
				byte = '\t';
			} else if (byte == 'r') {
				byte = '\r';
			} else if (byte == 'x' && i + 2 < text.n) {
				memcpy(digits, text.p + i + 1, 2);
				byte = (char)strtoul(digits, NULL, 16);
				i += 2;
			}
		}
		buffer_add_byte(out, byte);
	}
}

static unsigned
column_of(struct span name)
{
	for (unsigned i = 0; i < COLUMNS; i++)
		if (span_is(name, names[i]))
			return i;
	printf("Bail out! the cases name an unknown column %.*s\n",
	    SPAN_ARG(name));
	exit(1);
}

static void
read_subject(struct span subject, struct span *values)
{
	for (unsigned i = 0; i < COLUMNS; i++)
		values[i] = SPAN("-");
	while (subject.p != NULL && subject.n > 0) {
		struct span value = span_cut(&subject, ' ');
		struct span name = span_cut(&value, '=');

		values[column_of(name)] = value;
	}
}

/* What was set, in the notation of the case file; blanks show as _. */
static void
show(struct buffer *out, struct rule_mask set, const struct span *values,
    const struct rule_origin *origins)
{
	for (unsigned i = 0; i < COLUMNS; i++) {
		if (!rule_mask_has(set, i))
			continue;
		buffer_printf(out, "%s%s=", out->n > 0 ? " " : "", names[i]);
		for (size_t at = 0; at < values[i].n; at++)
			buffer_add_byte(out,
			    values[i].p[at] == ' ' ? '_' : values[i].p[at]);
		buffer_printf(out, "@%u%s", origins[i].line,
		    origins[i].override ? "!" : "");
	}
}

static void
decide_case(struct span what, struct span policy, struct span subject,
    struct span expected)
{
	struct rules *rules = rules_new(&columns);
	struct rule_origin origins[COLUMNS] = {{0}};
	struct span values[COLUMNS];
	struct rule_error error = {""};
	struct buffer shown = {0}, wanted = {0};
	struct rule_mask set = rule_mask_none;

	read_subject(subject, values);
	expand(&wanted, expected);
	if (rules_parse(rules, "policy", policy, &error) &&
	    rules_try(rules, rule_mask_all, values, origins, &set, &error))
		show(&shown, set, values, origins);
	else
		buffer_printf(&shown, "%s", error.text);
	if (!ok(span_equal(buffer_span(&shown), buffer_span(&wanted)), "%.*s",
		SPAN_ARG(what)))
		printf("# got      %.*s\n# expected %.*s\n", (int)shown.n,
		    shown.p, (int)wanted.n, wanted.p);
	buffer_release(&shown);
	buffer_release(&wanted);
	rules_free(rules);
}

static void
error_case(struct span what, struct span policy, struct span expected)
{
	struct rules *rules = rules_new(&columns);
	struct rule_error error = {""};
	struct buffer wanted = {0};
	bool parsed = rules_parse(rules, "policy", policy, &error);

	buffer_printf(&wanted, "policy:");
	expand(&wanted, expected);
	if (!ok(!parsed &&
		    span_equal(span_of(error.text), buffer_span(&wanted)),
		"error: %.*s", SPAN_ARG(what)))
		printf("# got      %s\n# expected %.*s\n",
		    parsed ? "(parsed)" : error.text, (int)wanted.n, wanted.p);
	buffer_release(&wanted);
	rules_free(rules);
}

static void
case_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	if (file == NULL) {
		ok(false, "%s can be opened", path);
		return;
	}
	while ((n = getline(&line, &room, file)) > 0) {
		struct span rest = {line, (size_t)n - 1};
		struct span kind, what, text;
		struct buffer policy = {0};

		if (rest.n == 0 || rest.p[0] == '#')
			continue;
		kind = span_cut(&rest, '\t');
		what = span_cut(&rest, '\t');
		text = span_cut(&rest, '\t');
		expand(&policy, text);
		if (span_is(kind, "decide")) {
			struct span subject = span_cut(&rest, '\t');

			decide_case(what, buffer_span(&policy), subject, rest);
		} else {
			error_case(what, buffer_span(&policy), rest);
		}
		buffer_release(&policy);
	}
	free(line);
	fclose(file);
}

/* Does rules_try() fail for this pattern and value? */
static bool
limited(const char *policy, struct span value, struct rule_error *error)
{
	struct rules *rules = rules_new(&columns);
	struct rule_origin origins[COLUMNS];
	struct span values[COLUMNS];
	struct rule_mask set;
	bool failed;

	read_subject(SPAN(""), values);
	values[0] = value;
	failed = rules_parse(rules, "p.pm", span_of(policy), error) &&
		 !rules_try(rules, rule_mask_all, values, origins, &set, error);
	rules_free(rules);
	return failed;
}

static void
test_limits(void)
{
	const char *nested = "\nhost~(a+)+$ -> role=web\n";
	const char *simple = "\nhost~^[a-z]+b? -> role=web\n";
	struct rule_error error = {""};
	clock_t start;
	char many[4096];
	size_t huge = 100 * 1024;
	char *text = memory_zeroed(huge, 1);

	memset(many, 'a', sizeof(many));
	many[sizeof(many) - 1] = '!';
	memset(text, 'a', huge);
	ok(limited(nested, (struct span){many, sizeof(many)}, &error),
	    "nested repetition on a long hostile value is stopped");
	start = clock();
	ok(limited(nested, (struct span){many + sizeof(many) - 61, 61}, &error),
	    "and on a short one that would take years");
	ok(clock() - start < CLOCKS_PER_SEC, "within a second");
	ok(strstr(error.text,
	       "p.pm:2: a pattern of this rule takes too long") == error.text,
	    "the message names the rule: %s", error.text);
	ok(!limited(nested, SPAN("aaaa"), &error), "and works on others");
	ok(!limited(simple, (struct span){many, sizeof(many)}, &error),
	    "a simple pattern works on the same value");
	ok(limited(simple, (struct span){text, huge}, &error),
	    "a value of 100 KiB is not searched by PCRE2");
	ok(!limited("host~a$ -> role=web\n", (struct span){text, huge}, &error),
	    "but compared with a plain word");
	free(text);
}

static void
test_memo(void)
{
	struct rules *rules = rules_new(&columns);
	struct rule_origin origins[COLUMNS];
	struct span values[COLUMNS];
	char text[8] = "shop1";
	unsigned wrong = 0;

	rules_add_text(rules, "policy", SPAN("host~^shop\\d -> role=web\n"));
	for (unsigned i = 0; i < 100; i++) {
		bool shop = i % 3 == 0;

		read_subject(SPAN(""), values);
		memcpy(text,
		    shop	 ? "shop1"
		    : i % 3 == 1 ? "shopx"
				 : "shop",
		    6 - (i % 3 == 2));
		values[0] = (struct span){text, i % 3 == 2 ? 4 : 5};
		if (rule_mask_empty(rules_decide(
			rules, rule_mask_all, values, origins)) == shop)
			wrong++;
	}
	ok(wrong == 0, "the remembered verdict follows the bytes");
	rules_free(rules);
}

static void
test_wanted(void)
{
	struct rules *rules = rules_new(&columns);
	struct rule_origin origins[COLUMNS];
	struct span values[COLUMNS];
	struct rule_mask set;

	rules_add_text(
	    rules, "policy", SPAN("os=debian -> role=web tier=mission\n"));
	read_subject(SPAN("os=debian"), values);
	set = rules_decide(rules, rule_mask_of(3), values, origins);
	ok(set.low == UINT64_C(1) << 3 && set.high == 0 &&
		span_absent(values[2]) && span_is(values[3], "mission"),
	    "only the wanted columns are set");
	ok(rules_tested(rules).low == UINT64_C(1) << 1,
	    "the tested columns are known");
	ok(rules_set(rules).low == (UINT64_C(1) << 2 | UINT64_C(1) << 3),
	    "and those that can be set");
	rules_free(rules);
}

/* Columns beyond the 64th are set, kept and asked for like the others. */
static void
test_many_columns(void)
{
	enum { FIRST = 3 * HOST_COLUMNS, MANY = FIRST + 3 };
	const char *many[MANY];
	bool may_set[MANY] = {false};
	const struct rule_columns all = {many, may_set, MANY};
	struct rule_origin origins[MANY] = {{0}};
	struct span values[MANY];
	struct rule_mask set;
	struct rules *rules;

	for (unsigned i = 0; i < MANY; i++) {
		many[i] = i == FIRST	   ? "lead"
			  : i == FIRST + 1 ? "restart"
			  : i == FIRST + 2 ? "freeze"
					   : rule_host_columns[i % (FIRST / 3)];
		may_set[i] = i >= FIRST;
		values[i] = SPAN("-");
	}
	values[FIRST + 2] = SPAN("winter");
	rules = rules_new(&all);
	rules_add_text(rules, "policy",
	    SPAN("os=- -> lead=ann freeze=summer\n"
		 "lead=ann freeze=winter -> restart=late lead=bob\n"));
	set = rules_decide(rules, rule_mask_all, values, origins);
	ok(FIRST > 64 && rule_mask_has(set, FIRST) &&
		rule_mask_has(set, FIRST + 1) &&
		!rule_mask_has(set, FIRST + 2) && set.low == 0,
	    "of more than 64 columns those are set that rules set");
	ok(span_is(values[FIRST], "ann") &&
		span_is(values[FIRST + 1], "late") &&
		span_is(values[FIRST + 2], "winter") &&
		origins[FIRST + 1].line == 2,
	    "the first rule wins, and a value that is there stays");
	values[FIRST] = values[FIRST + 1] = SPAN("-");
	set = rules_decide(rules, rule_mask_of(FIRST), values, origins);
	ok(rule_mask_has(set, FIRST) && span_absent(values[FIRST + 1]),
	    "only the wanted one of them");
	ok(rule_mask_has(rules_tested(rules), FIRST + 2) &&
		!rule_mask_has(rules_tested(rules), FIRST + 1),
	    "those that are tested are known");
	rules_free(rules);
}

static void
test_citations(void)
{
	struct rules *rules = rules_new(&columns);
	struct rule_origin origins[COLUMNS];
	struct span values[COLUMNS];

	rules_add_text(rules, "site/a.pm", SPAN("os=x -> role=web\n"));
	rules_add_text(rules, "base/a.pm", SPAN("\nos=y -> role=web\n"));
	rules_add_text(rules, "base/b.pm", SPAN("-> role=none\n"));
	read_subject(SPAN("os=x"), values);
	rules_decide(rules, rule_mask_all, values, origins);
	ok(strcmp(origins[2].file, "a.pm") == 0, "a file is cited by its name");
	read_subject(SPAN("os=y"), values);
	rules_decide(rules, rule_mask_all, values, origins);
	ok(strcmp(origins[2].file, "base/a.pm") == 0 && origins[2].line == 2,
	    "a second one of the same name by its path");
	read_subject(SPAN("os=z"), values);
	rules_decide(rules, rule_mask_all, values, origins);
	ok(strcmp(origins[2].file, "b.pm") == 0, "others are not affected");
	rules_free(rules);
}

static void
test_columns(void)
{
	unsigned missing = 0;

	for (unsigned i = 0; i < HOST_COLUMNS; i++)
		if (rule_host_columns[i] == NULL ||
		    !rules_known_column(span_of(rule_host_columns[i])))
			missing++;
	for (unsigned i = 0; i < NEED_COLUMNS; i++)
		if (rule_need_columns[i] == NULL ||
		    !rules_known_column(span_of(rule_need_columns[i])))
			missing++;
	ok(missing == 0, "every column of host and need has a policy name");
	ok(!rules_known_column(SPAN("nonsense")), "and nonsense has none");
	ok(rules_column(SPAN("tier"))->settable &&
		!rules_column(SPAN("package"))->settable,
	    "tier is decided, package observed");
}

int
main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	case_file("tests/cases/rules");
	test_limits();
	test_memo();
	test_wanted();
	test_many_columns();
	test_citations();
	test_columns();
	return done();
}
