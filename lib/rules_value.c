#include "rules_value.h"

#include "timestamp.h"

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

/* Are all items of a value such words? */
static bool
all_of(struct span value, const char *list)
{
	while (value.p != NULL)
		if (!one_of(span_cut(&value, ','), list))
			return false;
	return true;
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

bool
rules_check_value(struct cursor *cursor, const char *at,
    const struct rule_column *column, struct span value)
{
	int shown = value.n < 100 ? (int)value.n : 100;
	int64_t seconds;
	uint64_t number;

	if (span_absent(value))
		return true;
	switch (column->value) {
	case RULE_LIST:
		if (column->choices == NULL || all_of(value, column->choices))
			return true;
		return cursor_fail(cursor, at,
		    "%s cannot hold %.*s; it is a list of %s", column->name,
		    shown, value.p, column->choices);
	case RULE_CHOICE:
		if (one_of(value, column->choices))
			return true;
		return cursor_fail(cursor, at,
		    "%s cannot be %.*s; it is one of %s", column->name, shown,
		    value.p, column->choices);
	case RULE_DURATION:
		if (duration_parse(value, &seconds))
			return true;
		return cursor_fail(cursor, at,
		    "%.*s is no duration; write one such as 12h, 3d or 2w",
		    shown, value.p);
	case RULE_NUMBER:
		if (span_number(value, &number) && number >= 1)
			return true;
		return cursor_fail(cursor, at,
		    "%.*s is no whole number from 1 on", shown, value.p);
	case RULE_SHARE:
		if (is_share(value))
			return true;
		return cursor_fail(cursor, at,
		    "%.*s is no share; write a number such as 5, or 10%%",
		    shown, value.p);
	case RULE_TEXT:
		break;
	}
	return true;
}
