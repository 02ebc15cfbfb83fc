/* Backup, restore, tests, promotion and the rest, as they are now. */
#include "gates.h"

#include <inttypes.h>

#include "timestamp.h"

/* What one requirement is asked with. */
struct question {
	const struct gate *gate;
	const struct evidence *evidence;
	const struct step *step;
	struct span value; /* behind the sign of equality */
	int64_t now;
	struct buffer actual; /* what there is */
};

static int64_t
seconds(const struct question *question, struct span text)
{
	uint64_t number;

	if (!span_number(text, &number) || number > INT64_MAX)
		die(PM_EXIT_DATA,
		    "%s: step %.*s requires an age of '%.*s', which is none",
		    question->gate->plan->file, SPAN_ARG(question->step->id),
		    SPAN_ARG(text));
	return (int64_t)number;
}

static bool
backed_up(struct question *question)
{
	int64_t age = seconds(question, question->value), image_age = age;
	struct span image;

	if (requirement_find(question->step->requires, "image", &image))
		image_age = seconds(question, image);
	return evidence_backed_up(question->evidence, question->step->host, age,
	    image_age, question->now, &question->actual);
}

static bool
restored(struct question *question)
{
	return evidence_restored(question->evidence, question->step->host,
	    seconds(question, question->value), question->now,
	    &question->actual);
}

static bool
tested(struct question *question)
{
	int64_t after = INT64_MIN;

	if (question->value.n > 0 && !timestamp_parse(question->value, &after))
		die(PM_EXIT_DATA,
		    "%s: step %.*s requires a test after '%.*s', which is no "
		    "time",
		    question->gate->plan->file, SPAN_ARG(question->step->id),
		    SPAN_ARG(question->value));
	return evidence_tested(question->evidence, question->step->host,
	    question->step->package, question->step->to, after, question->now,
	    &question->actual);
}

static bool
promoted(struct question *question)
{
	return evidence_promoted(question->evidence, question->step->host,
	    question->step->package, question->step->to, question->now,
	    &question->actual);
}

static bool
documented(struct question *question)
{
	buffer_add_span(&question->actual, SPAN("no "));
	evidence_undocumented(
	    question->evidence, question->step->host, &question->actual);
	return question->actual.n == strlen("no ");
}

static bool
has_verifier(struct question *question)
{
	struct span host = question->step->host;
	struct span app = evidence_unverified_app(question->evidence, host);

	buffer_printf(&question->actual, "nobody for %.*s", SPAN_ARG(app));
	return app.n == 0;
}

static bool
has_test_host(struct question *question)
{
	struct span host = question->step->host;
	struct span app = evidence_untested_app(question->evidence, host);

	buffer_printf(&question->actual, "none for %.*s", SPAN_ARG(app));
	return app.n == 0 || evidence_is_test_host(question->evidence, host);
}

static bool
ring_verified(struct question *question)
{
	return gates_ring_verified(
	    question->gate->plan, question->step, &question->actual);
}

static const struct {
	const char *key;
	bool (*ask)(struct question *question);
	const char *wanted;
} requirements[] = {
    {"backup", backed_up, "a fresh full backup"},
    {"restore", restored, "a restore that was tried out"},
    {"test", tested, "a passed test of this version"},
    {"promotion", promoted, "a promotion of this version to production"},
    {"document", documented, "a whole change control document"},
    {"verifier", has_verifier, "somebody who verifies each application"},
    {"test-host", has_test_host, "a test host for each application"},
    {"ring", ring_verified, "the rings before are verified"},
};

enum pm_exit
gates_evidence(
    const struct gate *gate, const struct step *step, struct buffer *reason)
{
	struct question question = {.gate = gate,
	    .evidence = &gate->plan->evidence,
	    .step = step,
	    .now = gate_now()};
	enum pm_exit status = PM_EXIT_OK;

	for (size_t i = 0; status == PM_EXIT_OK &&
			   i < sizeof(requirements) / sizeof(requirements[0]);
	     i++) {
		if (!requirement_find(
			step->requires, requirements[i].key, &question.value))
			continue;
		buffer_reset(&question.actual);
		if (requirements[i].ask(&question))
			continue;
		buffer_printf(reason,
		    "the plan requires of %.*s: %s; there is: %.*s; name the "
		    "file with the record behind the plan",
		    SPAN_ARG(step->id), requirements[i].wanted,
		    SPAN_ARG(buffer_span(&question.actual)));
		status = PM_EXIT_REFUSED;
	}
	buffer_release(&question.actual);
	return status;
}
