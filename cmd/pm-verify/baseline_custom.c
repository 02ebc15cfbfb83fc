/*
 * Checks that are programs.  Each is run once for every host, with the records
 * of the host on standard input, and prints
 *
 *	SUBJECT TAB VERDICT [TAB EXPECTED TAB ACTUAL TAB DETAIL]
 *
 * It may not run long, say much, write files or dump core; what it says is
 * untrusted text.  One that does not end well says nothing of the host.
 */
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "baseline.h"
#include "run.h"

enum {
	CUSTOM_SECONDS = 10,
	CUSTOM_OUTPUT = 64 * 1024,
	CUSTOM_LINES = 200,
	CUSTOM_FILES = 64,
	CUSTOM_WEIGHT = 5
};

/* What one check said of one host. */
struct answer_of {
	struct run_job job;
	char *argv[2];
	struct buffer input;
	struct buffer said;
	struct buffer trouble; /* why nothing is known, else empty */
};

static struct {
	struct verdicts *verdicts;
	struct answer_of *answers; /* by host, then check */
	size_t count, next;
} run;

static void start_next(void);

/* In the child: no limit that matters can be raised again. */
static void
confine(const void *context)
{
	const struct {
		__rlimit_resource_t resource;
		rlim_t limit;
	} limits[] = {
	    {RLIMIT_FSIZE, 0},
	    {RLIMIT_CORE, 0},
	    {RLIMIT_CPU, CUSTOM_SECONDS},
	    {RLIMIT_NOFILE, CUSTOM_FILES},
	};

	(void)context;
	for (unsigned i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		struct rlimit limit = {limits[i].limit, limits[i].limit};

		if (setrlimit(limits[i].resource, &limit) == -1)
			_exit(PM_EXIT_SYSTEM);
	}
	if (chdir("/") == -1)
		_exit(PM_EXIT_SYSTEM);
}

static void
ended(struct run_job *job)
{
	struct answer_of *answer = job->context;

	switch (job->result) {
	case RUN_EXITED:
		if (job->status != 0)
			buffer_printf(&answer->trouble,
			    "it ended with status %d", job->status);
		break;
	case RUN_SIGNALLED:
		buffer_printf(
		    &answer->trouble, "it was ended by signal %d", job->status);
		break;
	case RUN_TIMEOUT:
		buffer_printf(
		    &answer->trouble, "it took more than %d s", CUSTOM_SECONDS);
		break;
	case RUN_OVERFLOW:
		buffer_printf(&answer->trouble, "it said more than %d bytes",
		    CUSTOM_OUTPUT);
		break;
	case RUN_NOT_STARTED:
		buffer_printf(&answer->trouble, "it cannot be started: %s",
		    strerror(job->status));
		break;
	case RUN_ABANDONED:
		buffer_printf(&answer->trouble, "it was interrupted");
		break;
	}
	if (answer->trouble.n == 0 && job->output.n == 0)
		buffer_printf(&answer->trouble, "it said nothing");
	buffer_add_span(&answer->said, buffer_span(&job->output));
	run_release(job);
	buffer_release(&answer->input);
	start_next();
}

static void
add_header(struct buffer *text, enum record_type type)
{
	const struct schema *schema = schema_of(type);

	buffer_printf(text, "#%.*s", SPAN_ARG(schema->name));
	for (unsigned i = 0; i < schema->first; i++)
		buffer_printf(text, "\t%s", schema->columns[i]);
	buffer_add_byte(text, '\n');
}

static void
start_next(void)
{
	const struct baseline *baseline = run.verdicts->baseline;
	struct answer_of *answer;
	size_t at;

	if (run.next == run.count)
		return;
	at = run.next++;
	answer = &run.answers[at];
	add_header(&answer->input, RECORD_HOST);
	add_header(&answer->input, RECORD_PKG);
	add_header(&answer->input, RECORD_SVC);
	add_header(&answer->input, RECORD_FACT);
	buffer_add_span(&answer->input,
	    buffer_span(
		&run.verdicts->machines->items[at / baseline->custom_count]
		     .text));
	answer->argv[0] = baseline->customs[at % baseline->custom_count].path;
	answer->job = (struct run_job){.argv = answer->argv,
	    .enter = confine,
	    .input = buffer_span(&answer->input),
	    .limit = CUSTOM_SECONDS * 1000,
	    .output_limit = CUSTOM_OUTPUT,
	    .strict = true,
	    .ended = ended,
	    .context = answer};
	run_start(&answer->job);
}

void
custom_run(struct verdicts *verdicts)
{
	long jobs = sysconf(_SC_NPROCESSORS_ONLN);

	run.verdicts = verdicts;
	run.count = verdicts->machines->count *
		    verdicts->baseline->custom_count;
	if (run.count == 0)
		return;
	run.answers = memory_zeroed(run.count, sizeof(*run.answers));
	for (long i = 0; i < jobs || i < 1; i++)
		start_next();
	run_wait();
}

static bool
verdict_of(struct span word, enum verdict *verdict)
{
	static const enum verdict words[] = {VERDICT_PASS, VERDICT_FAIL,
	    VERDICT_NOT_APPLICABLE, VERDICT_NOT_EXAMINED};

	for (unsigned i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_is(word, verdict_name(words[i]))) {
			*verdict = words[i];
			return true;
		}
	return false;
}

static struct span
escaped(struct verdicts *verdicts, struct span bytes)
{
	struct buffer text = {0};
	struct span copy;

	if (bytes.p == NULL || bytes.n == 0)
		return (struct span){NULL, 0};
	stream_escape(&text, bytes);
	copy = arena_copy(&verdicts->text, buffer_span(&text));
	buffer_release(&text);
	return copy;
}

/* One line; false and nothing added when it is malformed. */
static bool
read_line(struct verdicts *verdicts, struct span name, struct span line,
    struct check *check)
{
	struct span field[5] = {{0}};
	unsigned count = 0;

	while (line.p != NULL && count < 5)
		field[count++] = span_cut(&line, '\t');
	if (line.p != NULL || count < 2 ||
	    !verdict_of(field[1], &check->verdict))
		return false;
	check->kind = "baseline";
	check->subject = field[0].n == 0 || span_absent(field[0])
			     ? escaped(verdicts, name)
			     : verdict_text(verdicts, "%.*s/%.*s",
				   SPAN_ARG(escaped(verdicts, name)),
				   SPAN_ARG(escaped(verdicts, field[0])));
	check->expected = escaped(verdicts, field[2]);
	check->actual = escaped(verdicts, field[3]);
	check->detail = escaped(verdicts, field[4]);
	return true;
}

/* How many lines are good, up to the first that is not. */
static void
read_lines(struct verdicts *verdicts, struct span name,
    struct answer_of *answer, struct check *checks, size_t *count)
{
	struct span rest = buffer_span(&answer->said);

	*count = 0;
	while (rest.n > 0) {
		struct span line = span_cut(&rest, '\n');

		if (*count == CUSTOM_LINES)
			buffer_printf(&answer->trouble,
			    "it said more than %d lines", CUSTOM_LINES);
		else if (!read_line(verdicts, name, line, &checks[*count]))
			buffer_printf(&answer->trouble,
			    "line %zu of what it said is no SUBJECT, VERDICT "
			    "and so on",
			    *count + 1);
		if (answer->trouble.n > 0)
			return;
		++*count;
	}
}

static void
judge_answer(
    struct verdicts *verdicts, struct span name, struct answer_of *answer)
{
	static struct check checks[CUSTOM_LINES];
	size_t count = 0;

	memset(checks, 0, sizeof(checks));
	if (answer->trouble.n == 0)
		read_lines(verdicts, name, answer, checks, &count);
	if (answer->trouble.n > 0) {
		checks[0] = (struct check){.kind = "baseline",
		    .subject = escaped(verdicts, name),
		    .verdict = VERDICT_NOT_EXAMINED,
		    .detail = arena_copy(
			&verdicts->text, buffer_span(&answer->trouble))};
		count = 1;
	}
	for (size_t i = 0; i < count; i++) {
		checks_add(verdicts->checks, &checks[i]);
		score_add(&verdicts->score, checks[i].verdict, CUSTOM_WEIGHT);
	}
}

void
custom_judge(struct verdicts *verdicts, size_t machine)
{
	const struct baseline *baseline = verdicts->baseline;

	for (size_t i = 0; i < baseline->custom_count; i++)
		judge_answer(verdicts, baseline->customs[i].name,
		    &run.answers[machine * baseline->custom_count + i]);
}

void
custom_release(void)
{
	for (size_t i = 0; i < run.count; i++) {
		buffer_release(&run.answers[i].said);
		buffer_release(&run.answers[i].trouble);
	}
	free(run.answers);
}
