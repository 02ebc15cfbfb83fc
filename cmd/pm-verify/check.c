#include "check.h"

#include <inttypes.h>
#include <stdlib.h>

static const char *const names[] = {
    [VERDICT_VERIFIED] = "verified",
    [VERDICT_NEWER] = "newer",
    [VERDICT_RECORDED] = "recorded",
    [VERDICT_EXAMINED] = "examined",
    [VERDICT_NEW_SERVICE] = "new-service",
    [VERDICT_IN_TIME] = "in-time",
    [VERDICT_OPEN] = "open",
    [VERDICT_WAIVED] = "waived",
    [VERDICT_MITIGATED] = "mitigated",
    [VERDICT_ACCEPTED] = "accepted",
    [VERDICT_DEFERRED] = "deferred",
    [VERDICT_BLOCKED] = "blocked",
    [VERDICT_NOT_APPLIED] = "not-applied",
    [VERDICT_WRONG_VERSION] = "wrong-version",
    [VERDICT_REGRESSION] = "regression",
    [VERDICT_MISSING] = "missing",
    [VERDICT_HALF_CONFIGURED] = "half-configured",
    [VERDICT_ROLLED_BACK] = "rolled-back",
    [VERDICT_NOT_TESTED] = "not-tested",
    [VERDICT_TEST_FAILED] = "test-failed",
    [VERDICT_INCOMPLETE] = "incomplete",
    [VERDICT_REBOOT_PENDING] = "reboot-pending",
    [VERDICT_STALE_SERVICE] = "stale-service",
    [VERDICT_MISSING_SERVICE] = "missing-service",
    [VERDICT_OTHER_SERVICE] = "other-service",
    [VERDICT_OUTSIDE_WINDOW] = "outside-window",
    [VERDICT_LATE] = "late",
    [VERDICT_OVERDUE] = "overdue",
    [VERDICT_UNPLANNED] = "unplanned",
    [VERDICT_PARTIAL] = "partial",
    [VERDICT_NOT_EXAMINED] = "not-examined",
    [VERDICT_TORN] = "torn",
    [VERDICT_TAMPERED] = "tampered",
    [VERDICT_PASS] = "pass",
    [VERDICT_NOT_APPLICABLE] = "not-applicable",
    [VERDICT_LEFTOVER] = "leftover",
    [VERDICT_FAIL] = "fail",
    [VERDICT_ABSENT] = "absent",
    [VERDICT_EXTRA] = "extra",
    [VERDICT_VERSION] = "version",
    [VERDICT_SETTING] = "setting",
    [VERDICT_UNNEEDED] = "unneeded",
    [VERDICT_UNAPPROVED] = "unapproved",
};

_Static_assert(sizeof(names) / sizeof(names[0]) == VERDICTS, "verdict names");

const char *
verdict_name(enum verdict verdict)
{
	return names[verdict];
}

void
checks_add(struct checks *checks, const struct check *check)
{
	checks->items = memory_grow(checks->items, &checks->capacity,
	    checks->count + 1, sizeof(*checks->items));
	checks->items[checks->count++] = *check;
}

static int
compare(const void *left, const void *right)
{
	const struct check *a = left;
	const struct check *b = right;
	int order = strcmp(a->kind, b->kind);

	if (order == 0)
		order = span_compare(a->subject, b->subject);
	if (order == 0)
		order = strcmp(names[a->verdict], names[b->verdict]);
	if (order == 0)
		order = span_compare(a->expected, b->expected);
	if (order == 0)
		order = span_compare(a->actual, b->actual);
	if (order == 0)
		order = span_compare(a->due, b->due);
	return order != 0 ? order : span_compare(a->detail, b->detail);
}

static void
write_field(struct output *output, struct span value)
{
	output_field(output, value.n == 0 ? SPAN("-") : value);
}

void
checks_write(struct checks *checks, struct span host, struct output *output)
{
	if (checks->count > 0)
		qsort(checks->items, checks->count, sizeof(*checks->items),
		    compare);
	for (size_t i = 0; i < checks->count; i++) {
		const struct check *check = &checks->items[i];

		output_begin(output, layout_default(RECORD_CHECK, true));
		output_field(output, host);
		output_field(output, span_of(check->kind));
		write_field(output, check->subject);
		write_field(output, check->expected);
		write_field(output, check->actual);
		output_field(output, span_of(names[check->verdict]));
		write_field(output, check->due);
		write_field(output, check->detail);
		write_field(output, checks->plan);
		output_end(output);
		if (check->of_step)
			checks->steps[check->verdict]++;
		else
			checks->others[check->verdict]++;
	}
	checks->count = 0;
}

uint64_t
checks_steps(const struct checks *checks)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < VERDICTS; i++)
		sum += checks->steps[i];
	return sum;
}

bool
checks_finding(const struct checks *checks)
{
	for (unsigned i = VERDICT_BLOCKED; i < VERDICTS; i++)
		if (checks->steps[i] > 0 || checks->others[i] > 0)
			return true;
	return false;
}

void
checks_tally(const uint64_t *counts, const char *separator, struct buffer *text)
{
	const char *before = "";

	for (unsigned i = 0; i < VERDICTS; i++) {
		if (counts[i] == 0)
			continue;
		buffer_printf(
		    text, "%s%" PRIu64 " %s", before, counts[i], names[i]);
		before = separator;
	}
	if (*before == '\0')
		buffer_add_span(text, SPAN("none"));
}

void
checks_release(struct checks *checks)
{
	free(checks->items);
	*checks = (struct checks){0};
}
