/* Host by host: every rule of a baseline has one check of each. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "baseline.h"

static const enum verdict counted[COUNTS] = {
    VERDICT_PASS, VERDICT_FAIL, VERDICT_NOT_APPLICABLE, VERDICT_NOT_EXAMINED};

/* A score of hosts that have something in common. */
struct group {
	struct span column, value;
	struct score score;
};

struct groups {
	struct group *items;
	size_t count, capacity;
};

struct span
verdict_text(struct verdicts *verdicts, const char *format, ...)
{
	struct buffer text = {0};
	va_list arguments;
	struct span copy;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0)
		die(PM_EXIT_SYSTEM, "a text cannot be formatted");
	va_start(arguments, format);
	vsnprintf(buffer_reserve(&text, (size_t)length + 1), (size_t)length + 1,
	    format, arguments);
	va_end(arguments);
	text.n = (size_t)length;
	copy = arena_copy(&verdicts->text, buffer_span(&text));
	buffer_release(&text);
	return copy;
}

/*
 * What could not be examined counts as weight that was not reached: nobody gets
 * a better score by not letting anyone look.
 */
void
score_add(struct score *score, enum verdict verdict, uint64_t weight)
{
	for (unsigned i = 0; i < COUNTS; i++)
		if (counted[i] == verdict)
			score->count[i]++;
	if (verdict != VERDICT_NOT_APPLICABLE)
		score->weight += weight;
	if (verdict == VERDICT_PASS)
		score->passed += weight;
}

static void
score_sum(struct score *to, const struct score *from)
{
	for (unsigned i = 0; i < COUNTS; i++)
		to->count[i] += from->count[i];
	to->weight += from->weight;
	to->passed += from->passed;
}

/* ---- rules */

/* What is expected: a value alone needs no word before it. */
static struct span
expectation(struct verdicts *verdicts, const struct rule_line *rule)
{
	if (rule->test == TEST_IS_ONE_OF)
		return rule->value;
	return verdict_text(
	    verdicts, "%s %.*s", test_name(rule->test), SPAN_ARG(rule->value));
}

/* Would the value at the next boot break the rule?  Adds it to the text then. */
static bool
breaks_at_boot(struct verdicts *verdicts, const struct machine *machine,
    const struct rule_line *rule, unsigned key, struct buffer *text)
{
	struct span value;
	bool known;

	if (key == NO_KEY)
		return false;
	value = machine_value(verdicts->machines, machine, key, &known);
	if (!known || span_is(value, "unset") ||
	    test_holds(verdicts->baseline, rule, value))
		return false;
	buffer_printf(text, "; at boot %.*s", SPAN_ARG(value));
	return true;
}

static enum verdict
judge_facts(struct verdicts *verdicts, const struct machine *machine,
    const struct rule_line *rule, struct span *actual)
{
	const struct intern *keys = &verdicts->baseline->keys;
	enum verdict verdict = VERDICT_PASS;
	struct buffer text = {0};

	for (size_t i = 0; i < rule->fact_count; i++) {
		bool known;
		struct span value = machine_value(
		    verdicts->machines, machine, rule->facts[i], &known);

		if (known && !test_holds(verdicts->baseline, rule, value))
			verdict = VERDICT_FAIL;
		else if (!known && verdict == VERDICT_PASS)
			verdict = VERDICT_NOT_EXAMINED;
		if (i > 0)
			buffer_add_span(&text, SPAN(", "));
		if (rule->fact_count > 1)
			buffer_printf(&text, "%.*s=",
			    SPAN_ARG(intern_span(keys, rule->facts[i])));
		buffer_add_span(&text, known ? value : SPAN("-"));
		if (breaks_at_boot(
			verdicts, machine, rule, rule->boots[i], &text))
			verdict = VERDICT_FAIL;
	}
	*actual = arena_copy(&verdicts->text, buffer_span(&text));
	buffer_release(&text);
	return verdict;
}

/* One explanation a rule, and for one that fails how to mend it. */
static struct span
explanation(struct verdicts *verdicts, const struct rule_line *rule,
    enum verdict verdict)
{
	const char *how = rule->channel
			      ? "by hand only, it may close the patch channel"
			      : "remedy";

	if (verdict != VERDICT_FAIL || span_absent(rule->remedy))
		return verdict_text(verdicts, "%.*s: %.*s (%.*s)",
		    SPAN_ARG(rule->title), SPAN_ARG(rule->why),
		    SPAN_ARG(rule->reference));
	return verdict_text(verdicts, "%.*s: %.*s (%.*s); %s: %.*s",
	    SPAN_ARG(rule->title), SPAN_ARG(rule->why),
	    SPAN_ARG(rule->reference), how, SPAN_ARG(rule->remedy));
}

static void
judge_rule(struct verdicts *verdicts, const struct machine *machine,
    const struct rule_line *rule)
{
	struct check check = {.kind = "baseline",
	    .subject = rule->id,
	    .expected = expectation(verdicts, rule)};

	switch (applies_to(&rule->applies, verdicts->machines, machine)) {
	case ANSWER_NO:
		check.verdict = VERDICT_NOT_APPLICABLE;
		break;
	case ANSWER_UNKNOWN:
		check.verdict = VERDICT_NOT_EXAMINED;
		break;
	case ANSWER_YES:
		check.verdict = judge_facts(
		    verdicts, machine, rule, &check.actual);
	}
	check.detail = explanation(verdicts, rule, check.verdict);
	checks_add(verdicts->checks, &check);
	score_add(&verdicts->score, check.verdict, rule->weight);
	if (check.verdict == VERDICT_FAIL)
		remedy_add(verdicts, machine, rule, check.actual);
}

/* ---- remedies */

static void
write_remedy(struct verdicts *verdicts, const struct machine *machine,
    const struct rule_line *rule, struct span found)
{
	struct output *output = verdicts->output;

	output_begin(output, layout_default(RECORD_REMEDY, true));
	output_field(output, machine->name);
	output_field(output, rule->id);
	output_field(output, found);
	output_field(output, rule->remedy);
	output_number(output, rule->weight);
	output_field(output, rule->channel ? SPAN("yes") : SPAN("no"));
	output_field(output, rule->title);
	output_end(output);
}

void
remedy_add(struct verdicts *verdicts, const struct machine *machine,
    const struct rule_line *rule, struct span found)
{
	if (span_absent(rule->remedy))
		return;
	if (verdicts->remedies)
		write_remedy(verdicts, machine, rule, found);
	if (verdicts->script != NULL)
		remedy_line(verdicts, rule->remedy, rule->channel,
		    verdict_text(verdicts, "%.*s\t%.*s; found %.*s",
			SPAN_ARG(rule->id), SPAN_ARG(rule->title),
			SPAN_ARG(found)));
}

/* ---- scores */

static void
add_score(
    struct verdicts *verdicts, struct span subject, const struct score *score)
{
	bool examined = score->count[0] + score->count[1] > 0;
	uint64_t share = score->weight == 0
			     ? 0
			     : score->passed * 1000 / score->weight;

	checks_add(verdicts->checks,
	    &(struct check){.kind = "score",
		.subject = subject,
		.expected = verdict_text(
		    verdicts, "%llu", (unsigned long long)score->weight),
		.actual = examined ? verdict_text(verdicts, "%llu",
					 (unsigned long long)score->passed)
				   : (struct span){NULL, 0},
		.verdict = examined ? VERDICT_EXAMINED : VERDICT_NOT_EXAMINED,
		.detail = verdict_text(verdicts,
		    "%llu.%llu %%: %llu pass, %llu fail, %llu not-applicable, "
		    "%llu not-examined",
		    (unsigned long long)(share / 10),
		    (unsigned long long)(share % 10),
		    (unsigned long long)score->count[0],
		    (unsigned long long)score->count[1],
		    (unsigned long long)score->count[2],
		    (unsigned long long)score->count[3])});
}

static void
group_add(struct groups *groups, struct span column, struct span value,
    const struct score *score)
{
	if (value.p == NULL)
		value = SPAN("-");
	for (size_t i = 0; i < groups->count; i++)
		if (span_equal(groups->items[i].column, column) &&
		    span_equal(groups->items[i].value, value)) {
			score_sum(&groups->items[i].score, score);
			return;
		}
	groups->items = memory_grow(groups->items, &groups->capacity,
	    groups->count + 1, sizeof(*groups->items));
	groups->items[groups->count++] = (struct group){column, value, *score};
}

static void
write_groups(struct verdicts *verdicts, struct groups *groups)
{
	for (size_t i = 0; i < groups->count; i++) {
		const struct group *group = &groups->items[i];

		add_score(verdicts,
		    span_is(group->column, "all")
			? group->column
			: verdict_text(verdicts, "%.*s=%.*s",
			      SPAN_ARG(group->column), SPAN_ARG(group->value)),
		    &group->score);
	}
	checks_write(verdicts->checks, SPAN("-"), verdicts->output);
	free(groups->items);
}

uint64_t
judge_baseline(struct verdicts *verdicts)
{
	struct machines *machines = verdicts->machines;
	struct baseline *baseline = verdicts->baseline;
	struct groups groups = {0};
	uint64_t examined = 0;

	for (size_t i = 0; i < machines->count; i++) {
		const struct machine *machine = &machines->items[i];

		if (span_absent(machine->name))
			continue;
		verdicts->score = (struct score){0};
		for (size_t k = 0; k < baseline->rule_count; k++)
			judge_rule(verdicts, machine, &baseline->rules[k]);
		custom_judge(verdicts, i);
		judge_wishes(verdicts, machine);
		examined += verdicts->score.count[0] +
				verdicts->score.count[1] >
			    0;
		if (baseline->rule_count + baseline->custom_count > 0) {
			add_score(verdicts, SPAN("host"), &verdicts->score);
			group_add(
			    &groups, SPAN("all"), SPAN("-"), &verdicts->score);
			group_add(&groups, SPAN("role"),
			    machine->column[HOST_ROLE], &verdicts->score);
			group_add(&groups, SPAN("tier"),
			    machine->column[HOST_TIER], &verdicts->score);
		}
		if (verdicts->script == NULL)
			checks_write(
			    verdicts->checks, machine->name, verdicts->output);
		else
			verdicts->checks->count = 0;
		arena_reset(&verdicts->text);
	}
	if (verdicts->script == NULL)
		write_groups(verdicts, &groups);
	else
		free(groups.items);
	return examined;
}
