/* One fact against what a rule expects. */
#include "baseline.h"

static const char *const names[TESTS] = {
    [TEST_IS_ONE_OF] = "is",
    [TEST_IS_NOT] = "is-not",
    [TEST_AT_LEAST] = "at-least",
    [TEST_AT_MOST] = "at-most",
    [TEST_MODE] = "mode",
    [TEST_HAS] = "has",
    [TEST_LACKS] = "lacks",
    [TEST_WITHIN] = "within",
    [TEST_MATCHES] = "matches",
};

bool
test_find(struct span name, enum test *test)
{
	for (unsigned i = 0; i < TESTS; i++)
		if (span_is(name, names[i])) {
			*test = (enum test)i;
			return true;
		}
	return false;
}

const char *
test_name(enum test test)
{
	return names[test];
}

/* A number, also below 0: some settings of the kernel are. */
static bool
number(struct span text, int64_t *value)
{
	bool minus = text.n > 1 && text.p[0] == '-';
	uint64_t digits;

	if (!span_number(span_skip(text, minus), &digits) || digits > INT64_MAX)
		return false;
	*value = minus ? -(int64_t)digits : (int64_t)digits;
	return true;
}

static bool
octal(struct span text, unsigned *mode)
{
	*mode = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '7')
			return false;
		*mode = *mode << 3 | (unsigned)(text.p[i] - '0');
	}
	return text.n > 0 && text.n <= 5;
}

const char *
test_check(enum test test, struct span value)
{
	unsigned mode;
	int64_t limit;

	if ((test == TEST_AT_LEAST || test == TEST_AT_MOST) &&
	    !number(value, &limit))
		return "is no whole number";
	if (test == TEST_MODE && !octal(value, &mode))
		return "is no octal mode such as 0640";
	return NULL;
}

/* Items have commas or blanks between them. */
static bool
next_item(struct span *list, struct span *item)
{
	while (list->n > 0 && (list->p[0] == ',' || list->p[0] == ' '))
		*list = span_skip(*list, 1);
	*item = (struct span){list->p, 0};
	while (item->n < list->n && list->p[item->n] != ',' &&
	       list->p[item->n] != ' ')
		item->n++;
	*list = span_skip(*list, item->n);
	return item->n > 0;
}

static bool
list_has(struct span list, struct span wanted)
{
	struct span item;

	while (next_item(&list, &item))
		if (span_equal(item, wanted))
			return true;
	return false;
}

/* Are all of these items in the list (or, with none, no item)? */
static bool
all_in(struct span items, struct span list, bool none)
{
	struct span item;

	while (next_item(&items, &item))
		if (list_has(list, item) == none)
			return false;
	return true;
}

bool
test_holds(
    struct baseline *baseline, const struct rule_line *rule, struct span value)
{
	unsigned mode, most;
	int64_t found, limit;

	switch (rule->test) {
	case TEST_IS_ONE_OF:
		return span_list_has(rule->value, value);
	case TEST_IS_NOT:
		return !span_list_has(rule->value, value);
	case TEST_AT_LEAST:
		return number(value, &found) && number(rule->value, &limit) &&
		       found >= limit;
	case TEST_AT_MOST:
		return number(value, &found) && number(rule->value, &limit) &&
		       found <= limit;
	case TEST_MODE:
		return octal(value, &mode) && octal(rule->value, &most) &&
		       (mode & ~most) == 0;
	case TEST_HAS:
		return all_in(rule->value, value, false);
	case TEST_LACKS:
		return all_in(rule->value, value, true);
	case TEST_WITHIN:
		return all_in(value, rule->value, false);
	case TEST_MATCHES:
		return pattern_match(rule->pattern, &baseline->engine, value) ==
		       1;
	case TESTS:
		break;
	}
	return false;
}
