#include "history.h"

#include <stdlib.h>

#include "timestamp.h"

/* Kinds of events, and outcomes of steps, that tell of a patch gone wrong. */
static const char *const troubles[] = {
    "failed", "regression", "rolled-back", "timeout", "lost"};

static bool
is_trouble(struct span word)
{
	for (size_t i = 0; i < sizeof(troubles) / sizeof(troubles[0]); i++)
		if (span_is(word, troubles[i]))
			return true;
	return false;
}

/* Two names as one; field text has no TAB. */
static struct span
pair(struct span a, struct span b)
{
	static struct buffer text;

	buffer_reset(&text);
	buffer_add_span(&text, a);
	buffer_add_byte(&text, '\t');
	buffer_add_span(&text, b);
	return buffer_span(&text);
}

static void
count(struct history *history, struct span package, bool failed)
{
	size_t known = history->packages.count;
	uint32_t number;

	if (span_absent(package))
		return;
	number = intern_add(&history->packages, package);
	history->counts = memory_grow(history->counts, &history->capacity,
	    history->packages.count, sizeof(*history->counts));
	if (history->packages.count != known)
		history->counts[number] = (struct fared){.tried = 0};
	history->counts[number].tried++;
	history->counts[number].failed += failed;
}

static bool
expired(const struct record *record, unsigned column)
{
	struct span text = record_get(record, column);
	int64_t until;

	if (span_absent(text))
		return false;
	if (!timestamp_parse(text, &until))
		die(PM_EXIT_DATA, "%s: expiry is '%.*s', expected is a date",
		    record_where(record), (int)(text.n < 80 ? text.n : 80),
		    text.p);
	return until <= timestamp_now();
}

/* What the step itself came to; that it was started says nothing yet. */
static void
add_done(struct history *history, const struct record *record)
{
	struct span outcome = record_get(record, DONE_OUTCOME);

	if (is_trouble(outcome) || span_is(outcome, "done"))
		count(history, record_get(record, DONE_PACKAGE),
		    is_trouble(outcome));
}

static void
add_event(struct history *history, const struct record *record)
{
	struct span kind = record_get(record, EVENT_KIND);

	if (expired(record, EVENT_EXPIRY))
		return;
	if (span_is(kind, "problem"))
		intern_add(
		    &history->problems, pair(record_get(record, EVENT_HOST),
					    record_get(record, EVENT_PACKAGE)));
	else if (is_trouble(kind))
		count(history, record_get(record, EVENT_PACKAGE), true);
}

/* One failed test outweighs those that passed. */
static void
add_test(struct history *history, const struct record *record)
{
	struct span outcome = record_get(record, TEST_OUTCOME);
	struct span who = record_get(record, TEST_WHO);
	size_t known = history->versions.count;
	struct history_test *test, new = {TEST_RESULT_PASSED, who};
	uint32_t number;

	if (expired(record, TEST_EXPIRY))
		return;
	if (span_is(outcome, "failed"))
		new.result = TEST_RESULT_FAILED;
	else if (!span_is(outcome, "passed"))
		die(PM_EXIT_DATA,
		    "%s: outcome of this test is '%.*s', expected is passed "
		    "or failed",
		    record_where(record),
		    (int)(outcome.n < 80 ? outcome.n : 80), outcome.p);
	number = intern_add(
	    &history->versions, pair(record_get(record, TEST_PACKAGE),
				    record_get(record, TEST_VERSION)));
	history->tests = memory_grow(history->tests, &history->test_capacity,
	    history->versions.count, sizeof(*history->tests));
	test = &history->tests[number];
	if (history->versions.count == known && new.result < test->result)
		return;
	/* Of several with one result the first by name is cited. */
	if (history->versions.count == known && new.result == test->result &&
	    span_compare(who, test->who) >= 0)
		return;
	*test = (struct history_test){
	    new.result, arena_copy(&history->text, who)};
}

void
history_add(struct history *history, const struct record *record)
{
	switch (record_type(record)) {
	case RECORD_DONE:
		add_done(history, record);
		break;
	case RECORD_EVENT:
		add_event(history, record);
		break;
	default:
		add_test(history, record);
	}
}

struct fared
history_fared(
    const struct history *history, struct span package, struct span version)
{
	struct fared fared = {.tester = SPAN("-")};
	uint32_t number;

	if (history->packages.count > 0 && !span_absent(package) &&
	    intern_find(&history->packages, package, &number)) {
		fared.tried = history->counts[number].tried;
		fared.failed = history->counts[number].failed;
	}
	if (history->versions.count > 0 &&
	    intern_find(&history->versions, pair(package, version), &number)) {
		fared.test = history->tests[number].result;
		fared.tester = history->tests[number].who;
	}
	return fared;
}

bool
history_problem(
    const struct history *history, struct span host, struct span package)
{
	uint32_t number;

	return history->problems.count > 0 &&
	       (intern_find(&history->problems, pair(host, package), &number) ||
		   intern_find(
		       &history->problems, pair(host, SPAN("-")), &number));
}

void
history_release(struct history *history)
{
	arena_release(&history->text);
	intern_release(&history->packages);
	intern_release(&history->versions);
	intern_release(&history->problems);
	free(history->counts);
	free(history->tests);
}
