/*
 * A policy: its files, and deciding by it.
 *
 * Deciding looks at every rule, so what a rule can still contribute is asked
 * first, by masks; then its conditions, the cheap ones first.
 */
#include "rules.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rules_model.h"

enum { TEXT_MAX = 16 * 1024 * 1024 }; /* bytes of one policy file */

struct rules *
rules_new(const struct rule_columns *columns)
{
	struct rules *rules = memory_zeroed(1, sizeof(*rules));

	if (columns->count > RULES_COLUMNS_MAX)
		die(PM_EXIT_SYSTEM, "%u columns of policy, at most %d",
		    columns->count, RULES_COLUMNS_MAX);
	rules->columns = columns;
	return rules;
}

void
rules_free(struct rules *rules)
{
	if (rules == NULL)
		return;
	for (size_t i = 0; i < rules->pattern_count; i++)
		pattern_release(rules->patterns[i]);
	pattern_engine_release(&rules->engine);
	arena_release(&rules->arena);
	free(rules->patterns);
	free(rules->files);
	free(rules->rules);
	free(rules);
}

struct rule_mask
rules_tested(const struct rules *rules)
{
	return rules->tested;
}

struct rule_mask
rules_set(const struct rules *rules)
{
	return rules->set;
}

void
rules_add_text(struct rules *rules, const char *name, struct span text)
{
	struct rule_error error = {""};

	if (!rules_parse(rules, name, text, &error))
		die(PM_EXIT_POLICY, "%s", error.text);
}

/* The file is open; its descriptor is closed here. */
static void
add_file(struct rules *rules, int fd, const char *path)
{
	struct buffer text = {0};
	ssize_t n;

	if (path[strcspn(path, ", \t\n")] != '\0')
		die(PM_EXIT_POLICY,
		    "%s: the name of a policy file is cited in lists; give it "
		    "one without blanks and commas",
		    path);
	for (;;) {
		char *room = buffer_reserve(&text, 64 * 1024);

		n = read(fd, room, 64 * 1024);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die_errno(PM_EXIT_POLICY, "%s", path);
		if (n == 0)
			break;
		text.n += (size_t)n;
		if (text.n > TEXT_MAX)
			die(PM_EXIT_POLICY,
			    "%s: more than %d bytes; is this a policy?", path,
			    TEXT_MAX);
	}
	close(fd);
	rules_add_text(rules, path, buffer_span(&text));
	buffer_release(&text);
}

static int
open_policy(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		die(PM_EXIT_POLICY,
		    "%s: %s; a policy is needed to decide, --policy or "
		    "PM_POLICY names one",
		    path, strerror(errno));
	return fd;
}

static int
is_policy(const struct dirent *entry)
{
	return entry->d_name[0] != '.' &&
	       span_ends(span_of(entry->d_name), SPAN(".pm"));
}

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void
add_directory(struct rules *rules, const char *path)
{
	struct dirent **entries;
	size_t length = strlen(path);
	int count = scandir(path, &entries, is_policy, by_bytes);

	if (count == -1)
		die_errno(PM_EXIT_POLICY, "%s", path);
	if (count == 0)
		die(PM_EXIT_POLICY,
		    "%s: no *.pm file in this directory; a policy is needed to "
		    "decide",
		    path);
	while (length > 1 && path[length - 1] == '/')
		length--;
	for (int i = 0; i < count; i++) {
		struct buffer name = {0};

		buffer_printf(
		    &name, "%.*s/%s", (int)length, path, entries[i]->d_name);
		buffer_add_byte(&name, '\0');
		add_file(rules, open_policy(name.p), name.p);
		buffer_release(&name);
		free(entries[i]);
	}
	free(entries);
}

void
rules_add(struct rules *rules, const char *path)
{
	int fd = open_policy(path);
	struct stat status;

	if (fstat(fd, &status) == -1)
		die_errno(PM_EXIT_POLICY, "%s", path);
	if (!S_ISDIR(status.st_mode)) {
		add_file(rules, fd, path);
		return;
	}
	close(fd);
	add_directory(rules, path);
}

static bool
is_alternative(const struct condition *condition, struct span value)
{
	for (size_t i = 0; i < condition->count; i++)
		if (span_equal(value, condition->alternatives[i]))
			return true;
	return false;
}

static bool
is_member(const struct condition *condition, struct span list)
{
	while (list.p != NULL)
		if (is_alternative(condition, span_cut(&list, ',')))
			return true;
	return false;
}

/* False for "-" and whatever else is no number: unknown is not small. */
static bool
holds_number(const struct condition *condition, struct span value)
{
	double number;

	if (!span_decimal(value, &number))
		return false;
	switch (condition->test) {
	case TEST_LESS:
		return number < condition->number;
	case TEST_LESS_EQUAL:
		return number <= condition->number;
	case TEST_GREATER:
		return number > condition->number;
	default:
		return number >= condition->number;
	}
}

/* 1 when it holds, 0 when not, below 0 a code of PCRE2. */
static int
holds(const struct condition *condition, struct pattern_engine *engine,
    struct span value)
{
	int found;

	switch (condition->test) {
	case TEST_IS:
		return is_alternative(condition, value) != condition->negated;
	case TEST_MEMBER:
		return is_member(condition, value) != condition->negated;
	case TEST_PATTERN:
		found = pattern_match(condition->pattern, engine, value);
		return found < 0 ? found : (found == 1) != condition->negated;
	default:
		return holds_number(condition, value);
	}
}

/* The same for all conditions of a rule. */
static int
rule_holds(const struct rule *rule, struct pattern_engine *engine,
    const struct span *values)
{
	for (unsigned i = 0; i < rule->condition_count; i++) {
		const struct condition *condition = &rule->conditions[i];
		int result = holds(
		    condition, engine, values[condition->column]);

		if (result != 1)
			return result;
	}
	return 1;
}

static bool
limit_hit(const struct rules *rules, const struct rule *rule, int code,
    struct rule_error *error)
{
	PCRE2_UCHAR reason[256] = "";

	pcre2_get_error_message(code, reason, sizeof(reason));
	snprintf(error->text, sizeof(error->text),
	    "%.300s:%u: a pattern of this rule takes too long on a value "
	    "(%s); write it without nested repetition, or anchor it",
	    rules->files[rule->file].path, rule->line, (const char *)reason);
	return false;
}

/* The columns that rules of this call can set and that have a value. */
static struct rule_mask
present(const struct rules *rules, struct rule_mask wanted,
    const struct span *values)
{
	struct rule_mask asked = rule_mask_and(rules->set, wanted);
	struct rule_mask mask = rule_mask_none;

	for (uint64_t left = asked.low; left != 0; left &= left - 1)
		if (!span_absent(values[__builtin_ctzll(left)]))
			mask.low |= left & -left;
	for (uint64_t left = asked.high; left != 0; left &= left - 1)
		if (!span_absent(values[64 + __builtin_ctzll(left)]))
			mask.high |= left & -left;
	return mask;
}

static void
assign(const struct rules *rules, const struct rule *rule,
    struct rule_mask todo, struct rule_mask had, struct span *values,
    struct rule_origin *origins)
{
	for (unsigned i = 0; i < rule->assignment_count; i++) {
		const struct assignment *assignment = &rule->assignments[i];

		if (!rule_mask_has(todo, assignment->column))
			continue;
		values[assignment->column] = assignment->value;
		origins[assignment->column] = (struct rule_origin){
		    rules->files[rule->file].name, rule->line,
		    rule_mask_has(had, assignment->column)};
	}
}

bool
rules_try(struct rules *rules, struct rule_mask wanted, struct span *values,
    struct rule_origin *origins, struct rule_mask *set,
    struct rule_error *error)
{
	struct rule_mask had = present(rules, wanted, values);
	struct rule_mask open = wanted; /* not decided yet */

	*set = rule_mask_none;
	for (size_t i = 0; i < rules->count; i++) {
		const struct rule *rule = &rules->rules[i];
		struct rule_mask todo = rule_mask_and(
		    rule_mask_or(
			rule_mask_without(rule->fills, had), rule->overrides),
		    open);
		int result;

		if (rule_mask_empty(todo))
			continue;
		result = rule_holds(rule, &rules->engine, values);
		if (result < 0)
			return limit_hit(rules, rule, result, error);
		if (result == 0)
			continue;
		assign(rules, rule, todo, had, values, origins);
		open = rule_mask_without(open, todo);
	}
	*set = rule_mask_without(wanted, open);
	return true;
}

struct rule_mask
rules_decide(struct rules *rules, struct rule_mask wanted, struct span *values,
    struct rule_origin *origins)
{
	struct rule_error error = {""};
	struct rule_mask set;

	if (!rules_try(rules, wanted, values, origins, &set, &error))
		die(PM_EXIT_POLICY, "%s", error.text);
	return set;
}
