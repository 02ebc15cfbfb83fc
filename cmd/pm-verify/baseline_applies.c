/* Whom a line of a baseline is for. */
#include "baseline.h"

static bool
find_column(struct span name, unsigned *column)
{
	const struct schema *schema = schema_of(RECORD_HOST);

	for (unsigned i = 0; i < schema->count; i++)
		if (span_is(name, schema->columns[i])) {
			*column = i;
			return true;
		}
	return false;
}

/* KEY=VALUES or KEY!=VALUES; a key of a fact may hold "=" itself. */
static bool
parse_term(struct baseline *baseline, struct span word, struct term *term)
{
	struct span name = word;

	term->fact = span_starts(word, SPAN("fact:"));
	if (!term->fact) {
		name = span_cut(&word, '=');
		if (word.p == NULL)
			return false;
		term->values = word;
	} else {
		size_t at = word.n;

		while (at > 0 && word.p[at - 1] != '=')
			at--;
		if (at == 0)
			return false;
		term->values = span_skip(word, at);
		name.n = at - 1;
		name = span_skip(name, strlen("fact:"));
	}
	term->negated = name.n > 0 && name.p[name.n - 1] == '!';
	if (term->negated)
		name.n--;
	if (name.n == 0 || term->values.n == 0)
		return false;
	if (!term->fact)
		return find_column(name, &term->column);
	term->column = baseline_key(baseline, name);
	return true;
}

bool
applies_parse(struct baseline *baseline, struct span text,
    struct applies *applies, const char **reason)
{
	struct span rest = text;
	struct term terms[16] = {{0}};

	applies->count = 0;
	while (rest.p != NULL && !span_absent(text)) {
		struct span word = span_cut(&rest, ' ');

		if (word.n == 0)
			continue;
		if (applies->count == sizeof(terms) / sizeof(*terms)) {
			*reason = "has more than 16 conditions";
			return false;
		}
		if (!parse_term(baseline, word, &terms[applies->count++])) {
			*reason = "is no list of conditions such as "
				  "os=debian,ubuntu role!=web "
				  "fact:sshd=yes";
			return false;
		}
	}
	applies->terms = arena_allocate(
	    &baseline->arena, (applies->count + 1) * sizeof(*terms));
	memcpy(applies->terms, terms, applies->count * sizeof(*terms));
	return true;
}

/* One of the items of a host's list is one of the values. */
static bool
any_of(struct span items, struct span values)
{
	while (items.p != NULL)
		if (span_list_has(values, span_cut(&items, ',')))
			return true;
	return false;
}

enum answer
applies_to(const struct applies *applies, const struct machines *machines,
    const struct machine *machine)
{
	enum answer answer = ANSWER_YES;

	for (size_t i = 0; i < applies->count; i++) {
		const struct term *term = &applies->terms[i];
		struct span value;
		bool known = true;

		if (term->fact)
			value = machine_value(
			    machines, machine, term->column, &known);
		else
			value = machine->column[term->column];
		/* What nobody knows is neither one of the values nor not. */
		if (!known || value.p == NULL ||
		    (!term->negated && span_absent(value) &&
			!span_list_has(term->values, value)))
			answer = ANSWER_UNKNOWN;
		else if (any_of(value, term->values) == term->negated)
			return ANSWER_NO;
	}
	return answer;
}
