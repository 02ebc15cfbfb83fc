#include "qualify.h"

#include "timestamp.h"

static struct buffer remarks;

static void
remark(struct span text, struct span who)
{
	if (remarks.n > 0)
		buffer_add_byte(&remarks, ',');
	buffer_add_span(&remarks, text);
	/* A name may hold a comma, an item of a list may not. */
	for (size_t i = 0; i < who.n; i++)
		buffer_add_byte(&remarks, who.p[i] == ',' ? ';' : who.p[i]);
}

/* An emergency does without the window, never silently without the test. */
static void
remark_test(const struct qualify_subject *subject, struct waivers *waivers)
{
	const struct waiver_need need = {
	    subject->host, subject->package, subject->cves};
	struct span who;

	if (subject->fared->test == TEST_RESULT_FAILED)
		remark(SPAN("test-failed:"), subject->fared->tester);
	if (waivers_skip_test(waivers, &need, &who))
		remark(SPAN("test-waived:"), who);
	else if (subject->fared->test == TEST_RESULT_PASSED)
		remark(SPAN("test-passed:"), subject->fared->tester);
	else
		remark(SPAN("test-required"), SPAN(""));
}

/* Must it wait?  A flaw that is attacked does not leave the time. */
static bool
too_young(const struct qualify_subject *subject, struct ledger *ledger)
{
	char until[TIMESTAMP_SIZE];
	int64_t age, offered = subject->published;

	if (span_absent(subject->fixed) ||
	    !duration_parse(subject->min_age, &age) ||
	    subject->threat->kev == FLAG_YES ||
	    subject->threat->exploit == EXPLOIT_ACTIVE)
		return false;
	if (offered == INT64_MIN && ledger == NULL) {
		remark(SPAN("age-unknown"), SPAN(""));
		return false;
	}
	if (offered == INT64_MIN)
		offered = ledger_offered(
		    ledger, subject->package, subject->fixed);
	if (offered + age <= timestamp_now())
		return false;
	remark(SPAN("waits-until:"), timestamp_format(offered + age, until));
	return true;
}

struct qualified
qualify(const struct qualify_subject *subject, const struct history *history,
    struct waivers *waivers, struct ledger *ledger)
{
	struct qualified result = {subject->decision, {"", 0}};

	buffer_reset(&remarks);
	if (span_is(subject->decision, "emergency")) {
		if (!span_absent(subject->cves) ||
		    history_problem(history, subject->host, subject->package)) {
			remark_test(subject, waivers);
		} else {
			result.decision = SPAN("patch");
			remark(SPAN("demoted:no-reference"), SPAN(""));
		}
	}
	if (span_is(result.decision, "patch") && too_young(subject, ledger))
		result.decision = SPAN("defer");
	if (remarks.n > 0)
		result.remarks = buffer_span(&remarks);
	return result;
}
