/* Baselines, from their files: pm-baseline(5). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "baseline.h"

enum { WEIGHT_MAX = 100 };

static const char *const wish_names[WISHES] = {
    [WISH_PACKAGE] = "package",
    [WISH_SERVICE] = "service",
    [WISH_SETTING] = "setting",
    [WISH_LISTEN] = "listen",
    [WISH_ONLY] = "only",
};

unsigned
baseline_key(struct baseline *baseline, struct span key)
{
	return intern_add(&baseline->keys, key);
}

static struct span
keep(struct baseline *baseline, struct span text)
{
	return arena_copy(&baseline->arena, text);
}

static _Noreturn void
mistake(const struct record *record, const char *column, struct span value,
    const char *reason)
{
	die(PM_EXIT_POLICY, "%s: %s '%.*s' %s", record_where(record), column,
	    SPAN_ARG(value), reason);
}

/* yes or no; "-" is no. */
static bool
yes(const struct record *record, const char *column, struct span value)
{
	if (!span_is(value, "yes") && !span_is(value, "no") &&
	    !span_absent(value))
		mistake(record, column, value, "is neither yes nor no");
	return span_is(value, "yes");
}

static void
read_applies(struct baseline *baseline, const struct record *record,
    struct span text, struct applies *applies)
{
	const char *reason;

	if (!applies_parse(baseline, keep(baseline, text), applies, &reason))
		mistake(record, "applies", text, reason);
}

/* A setting of the kernel has two values: now, and when it is booted again. */
static unsigned
boot_key(struct baseline *baseline, struct span key)
{
	struct buffer text = {0};
	unsigned number;

	if (!span_starts(key, SPAN("sysctl.")))
		return NO_KEY;
	buffer_add_span(&text, SPAN("boot."));
	buffer_add_span(&text, key);
	number = baseline_key(baseline, buffer_span(&text));
	buffer_release(&text);
	return number;
}

static void
read_facts(struct baseline *baseline, const struct record *record,
    struct rule_line *rule)
{
	struct span list = record_get(record, BASELINE_FACT), rest = list;
	size_t count = 1;

	if (span_absent(list) || list.n == 0)
		mistake(record, "fact", list, "names no fact");
	for (size_t i = 0; i < list.n; i++)
		count += list.p[i] == ',';
	rule->facts = arena_allocate(
	    &baseline->arena, count * sizeof(*rule->facts));
	rule->boots = arena_allocate(
	    &baseline->arena, count * sizeof(*rule->boots));
	while (rest.p != NULL) {
		struct span key = span_cut(&rest, ',');

		rule->boots[rule->fact_count] = boot_key(baseline, key);
		rule->facts[rule->fact_count++] = baseline_key(baseline, key);
	}
}

static void
read_expectation(struct baseline *baseline, const struct record *record,
    struct rule_line *rule)
{
	struct span test = record_get(record, BASELINE_TEST);
	const char *reason;
	char why[256];
	size_t offset;

	if (!test_find(test, &rule->test))
		mistake(record, "test", test,
		    "is none of is, is-not, at-least, at-most, mode, has, "
		    "lacks, within, matches");
	rule->value = keep(baseline, record_get(record, BASELINE_VALUE));
	reason = test_check(rule->test, rule->value);
	if (reason != NULL)
		mistake(record, "value", rule->value, reason);
	if (rule->test != TEST_MATCHES)
		return;
	rule->pattern = pattern_compile(
	    &baseline->arena, rule->value, why, sizeof(why), &offset);
	if (rule->pattern == NULL)
		mistake(record, "value", rule->value, why);
}

static void
read_rule(struct baseline *baseline, const struct record *record)
{
	struct rule_line rule = {
	    .id = keep(baseline, record_get(record, BASELINE_RULE)),
	    .title = keep(baseline, record_get(record, BASELINE_TITLE)),
	    .remedy = keep(baseline, record_get(record, BASELINE_REMEDY)),
	    .reference = keep(baseline, record_get(record, BASELINE_REFERENCE)),
	    .why = keep(baseline, record_get(record, BASELINE_WHY)),
	};
	struct span weight = record_get(record, BASELINE_WEIGHT);

	if (span_absent(rule.id))
		mistake(record, "rule", rule.id, "is no name");
	for (size_t i = 0; i < baseline->rule_count; i++)
		if (span_equal(baseline->rules[i].id, rule.id))
			return; /* the first one counts */
	read_applies(baseline, record, record_get(record, BASELINE_APPLIES),
	    &rule.applies);
	read_facts(baseline, record, &rule);
	read_expectation(baseline, record, &rule);
	if (!span_number(weight, &rule.weight) || rule.weight == 0 ||
	    rule.weight > WEIGHT_MAX)
		mistake(record, "weight", weight, "is not from 1 to 100");
	rule.channel = yes(
	    record, "channel", record_get(record, BASELINE_CHANNEL));
	baseline->rules = memory_grow(baseline->rules, &baseline->rule_capacity,
	    baseline->rule_count + 1, sizeof(*baseline->rules));
	baseline->rules[baseline->rule_count++] = rule;
}

static unsigned
fact_of_wish(struct baseline *baseline, const struct wish *wish)
{
	struct buffer key = {0};
	bool boot = span_is(wish->value, "enabled") ||
		    span_is(wish->value, "disabled");
	unsigned number;

	if (wish->kind == WISH_SERVICE)
		buffer_printf(&key, "service.%.*s.%s", SPAN_ARG(wish->subject),
		    boot ? "enabled" : "running");
	else
		buffer_add_span(&key, wish->subject);
	number = baseline_key(baseline, buffer_span(&key));
	buffer_release(&key);
	return number;
}

static const char *
last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static void
read_wish(struct baseline *baseline, const struct record *record)
{
	struct wish wish = {
	    .subject = keep(baseline, record_get(record, WANT_SUBJECT)),
	    .value = keep(baseline, record_get(record, WANT_VALUE)),
	    .remedy = keep(baseline, record_get(record, WANT_REMEDY)),
	    .reason = keep(baseline, record_get(record, WANT_REASON)),
	    .channel = yes(record, "channel", record_get(record, WANT_CHANNEL)),
	};
	struct span kind = record_get(record, WANT_KIND);
	struct buffer where = {0};

	while (wish.kind < WISHES && !span_is(kind, wish_names[wish.kind]))
		wish.kind++;
	if (wish.kind == WISHES)
		mistake(record, "kind", kind,
		    "is none of package, service, setting, listen, only");
	if (wish.kind == WISH_SERVICE &&
	    !span_list_has(
		SPAN("running,stopped,enabled,disabled"), wish.value))
		mistake(record, "value", wish.value,
		    "is none of running, stopped, enabled, disabled");
	if (wish.kind == WISH_ONLY && !span_is(wish.subject, "packages"))
		mistake(record, "subject", wish.subject, "is not packages");
	read_applies(
	    baseline, record, record_get(record, WANT_APPLIES), &wish.applies);
	if (wish.kind == WISH_SERVICE || wish.kind == WISH_SETTING)
		wish.fact = fact_of_wish(baseline, &wish);
	buffer_printf(&where, "%s:%llu", last_part(record->file),
	    (unsigned long long)record->line);
	wish.where = keep(baseline, buffer_span(&where));
	buffer_release(&where);
	baseline->wishes = memory_grow(baseline->wishes,
	    &baseline->wish_capacity, baseline->wish_count + 1,
	    sizeof(*baseline->wishes));
	baseline->wishes[baseline->wish_count++] = wish;
}

static void
read_file(struct baseline *baseline, const char *path)
{
	struct record records[64];
	struct stream_error error;
	enum stream_status status;
	struct stream *stream;
	size_t count;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		die_errno(PM_EXIT_POLICY, "%s", path);
	stream = stream_open(
	    fd, keep(baseline, span_of(path)).p); /* records name it */
	while ((status = stream_read(stream, records, 64, &count, &error)) !=
	       STREAM_END) {
		if (status == STREAM_FAILED)
			die_errno(PM_EXIT_IO, "%s", path);
		if (status == STREAM_BAD)
			die(PM_EXIT_POLICY, "%s:%llu:%zu: %s", path,
			    (unsigned long long)error.line, error.column,
			    error.reason);
		for (size_t i = 0; i < count; i++)
			if (record_type(&records[i]) == RECORD_RULE)
				read_rule(baseline, &records[i]);
			else if (record_type(&records[i]) == RECORD_WANT)
				read_wish(baseline, &records[i]);
			else
				die(PM_EXIT_POLICY,
				    "%s: neither a rule nor a want record",
				    record_where(&records[i]));
	}
	stream_close(stream);
	close(fd);
}

static void
add_custom(struct baseline *baseline, const char *path)
{
	/* it is started from the root directory */
	struct custom custom = {.path = realpath(path, NULL)};

	if (custom.path == NULL)
		die_errno(PM_EXIT_POLICY, "%s", path);
	custom.name = arena_copy(&baseline->arena, span_of(last_part(path)));
	baseline->customs = memory_grow(baseline->customs,
	    &baseline->custom_capacity, baseline->custom_count + 1,
	    sizeof(*baseline->customs));
	baseline->customs[baseline->custom_count++] = custom;
}

/* A file that may be executed is a check of its own. */
static void
add_path(struct baseline *baseline, const char *path, bool named)
{
	struct stat status;

	if (stat(path, &status) == -1)
		die_errno(PM_EXIT_POLICY, "%s", path);
	if (S_ISREG(status.st_mode) && (status.st_mode & 0111) != 0)
		add_custom(baseline, path);
	else if (named || span_ends(span_of(path), SPAN(".tsv")))
		read_file(baseline, path);
}

static int
visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

void
baseline_read(struct baseline *baseline, const char *path)
{
	struct dirent **names;
	struct stat status;
	int count;

	if (stat(path, &status) == -1)
		die_errno(PM_EXIT_POLICY, "%s", path);
	if (!S_ISDIR(status.st_mode)) {
		add_path(baseline, path, true);
		return;
	}
	count = scandir(path, &names, visible, by_name);
	if (count == -1)
		die_errno(PM_EXIT_POLICY, "%s", path);
	for (int i = 0; i < count; i++) {
		struct buffer name = {0};

		buffer_printf(&name, "%s/%s", path, names[i]->d_name);
		buffer_add_byte(&name, '\0');
		if (stat(name.p, &status) == 0 && S_ISREG(status.st_mode))
			add_path(baseline, name.p, false);
		buffer_release(&name);
		free(names[i]);
	}
	free(names);
}

static void
rule_release(struct rule_line *rule)
{
	if (rule->pattern != NULL)
		pattern_release(rule->pattern);
}

void
baseline_select(struct baseline *baseline, const char *only)
{
	size_t rules = 0, customs = 0;

	baseline->only = only;
	for (size_t i = 0; i < baseline->wish_count; i++)
		baseline->closed = baseline->closed ||
				   baseline->wishes[i].kind == WISH_ONLY;
	if (only != NULL) {
		for (size_t i = 0; i < baseline->rule_count; i++)
			if (span_is(baseline->rules[i].id, only))
				baseline->rules[rules++] = baseline->rules[i];
			else
				rule_release(&baseline->rules[i]);
		for (size_t i = 0; i < baseline->custom_count; i++)
			if (span_is(baseline->customs[i].name, only))
				baseline->customs[customs++] =
				    baseline->customs[i];
			else
				free(baseline->customs[i].path);
		baseline->rule_count = rules;
		baseline->custom_count = customs;
		baseline->wish_count = 0;
		baseline->closed = false;
		if (rules + customs == 0)
			die(PM_EXIT_USAGE,
			    "--rule %s: the baseline has no such check", only);
	}
	if (baseline->rule_count + baseline->custom_count +
		baseline->wish_count ==
	    0)
		die(PM_EXIT_POLICY,
		    "the baseline has no rule: give a *.tsv file, or a folder "
		    "of them");
}

void
baseline_release(struct baseline *baseline)
{
	for (size_t i = 0; i < baseline->rule_count; i++)
		rule_release(&baseline->rules[i]);
	for (size_t i = 0; i < baseline->custom_count; i++)
		free(baseline->customs[i].path);
	pattern_engine_release(&baseline->engine);
	intern_release(&baseline->keys);
	arena_release(&baseline->arena);
	free(baseline->rules);
	free(baseline->wishes);
	free(baseline->customs);
}
