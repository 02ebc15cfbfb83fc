/* Programs of the site: HOOKS/ACTION HOST STEP START END, run here. */
#include <inttypes.h>
#include <signal.h>
#include <unistd.h>

#include "stages.h"
#include "timestamp.h"

enum { HOOK_OUTPUT = 64 * 1024 };

/* HOOKS/NAME; empty when there is no such program. */
static struct span
program_of(const struct site *site, const char *name, struct buffer *path)
{
	if (site->hooks == NULL)
		return (struct span){0};
	buffer_printf(path, "%s/%s", site->hooks, name);
	buffer_add_byte(path, '\0');
	if (access(path->p, X_OK) == -1)
		return (struct span){0};
	return buffer_span(path);
}

bool
hook_exists(const struct site *site, enum step_action action)
{
	struct buffer path = {0};
	bool found;

	/* These are never a matter of a program of the site. */
	if (action_is_package(action) || action == ACTION_RESTART ||
	    action == ACTION_REBOOT || action == ACTION_CHECK)
		return false;
	found = program_of(site, action_name(action), &path).n > 0;
	buffer_release(&path);
	return found;
}

static char *
word(struct visit *visit, struct span text)
{
	char *copy = arena_allocate(&visit->arena, text.n + 1);

	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	return copy;
}

/* The command of a change of hardening, as bytes. */
static char *
command(struct visit *visit, const struct step *step)
{
	struct buffer text = {0};
	char *kept;

	stream_unescape(&text, step->to);
	kept = word(visit, buffer_span(&text));
	buffer_release(&text);
	return kept;
}

static bool
start(struct visit *visit, const char *name, const struct step *step)
{
	struct buffer path = {0};
	struct span program = program_of(visit->site, name, &path);
	char **argv = visit->hook_argv;

	if (program.n == 0) {
		buffer_release(&path);
		return false;
	}
	arena_release(&visit->arena);
	argv[0] = word(visit, program);
	argv[1] = word(visit, step->host);
	argv[2] = word(visit, step->id);
	argv[3] = word(visit, step->start_text);
	argv[4] = word(visit, step->end_text);
	argv[5] = step->action == ACTION_HARDEN ? command(visit, step) : NULL;
	argv[6] = NULL;
	buffer_release(&path);
	visit->phase = PHASE_HOOK;
	visit->job.argv = argv;
	visit->job.enter = NULL;
	visit->job.input = (struct span){0};
	visit->job.limit = visit->site->timeout * SECOND;
	visit->job.output_limit = HOOK_OUTPUT;
	visit->job.strict = false;
	visit->job.ended = visit_replied;
	visit->job.context = visit;
	run_start(&visit->job);
	return true;
}

void
hook_begin(struct visit *visit, struct step *step)
{
	visit->began = gate_now();
	visit->try = step->forth.try + 1;
	visit->open = false;
	snprintf(visit->id, sizeof(visit->id), "%s", action_name(step->action));
	transaction_record(visit, "hook");
	if (!start(visit, action_name(step->action), step))
		visit_settle_all(visit, OUTCOME_FAILED,
		    SPAN("the program of the site is gone"), -1);
}

bool
hook_restore(struct visit *visit, const struct step *step)
{
	struct buffer path = {0};
	bool found = program_of(visit->site, "restore", &path).n > 0;

	buffer_release(&path);
	if (!found)
		return false;
	visit->began = gate_now();
	visit->try = 0;
	for (size_t i = 0; i < visit->count; i++)
		if (visit->steps[i]->pending &&
		    visit->steps[i]->back.try >= visit->try)
			visit->try = visit->steps[i]->back.try + 1;
	visit->open = false;
	snprintf(visit->id, sizeof(visit->id), "restore");
	transaction_record(visit, "hook");
	return start(visit, "restore", step);
}

/* The last line that the program said. */
static struct span
last_line(const struct run_job *job)
{
	struct span rest = buffer_span(&job->messages), last = {0};

	if (rest.n == 0)
		rest = buffer_span(&job->output);
	while (rest.p != NULL) {
		struct span line = span_trim(span_cut(&rest, '\n'));

		if (line.n > 0)
			last = line;
	}
	return last;
}

void
hook_ended(struct visit *visit)
{
	const struct run_job *job = &visit->job;
	struct buffer detail = {0};
	struct span last = last_line(job);
	enum outcome outcome = OUTCOME_DONE;

	/* After a restore the versions on the host decide. */
	if (visit->current == NULL) {
		if (job->result != RUN_EXITED || job->status != 0)
			warning("%.*s: restore ended with %d: %.*s; going back "
				"by packages",
			    SPAN_ARG(visit->host), job->status, SPAN_ARG(last));
		transaction_begin(visit);
		return;
	}
	if (job->result == RUN_TIMEOUT)
		outcome = OUTCOME_TIMEOUT;
	else if (job->result != RUN_EXITED || job->status != 0)
		outcome = OUTCOME_FAILED;
	if (job->result == RUN_NOT_STARTED)
		buffer_printf(
		    &detail, "cannot be started: %s", strerror(job->status));
	else
		buffer_add_span(&detail, last);
	visit_settle_all(visit, outcome, buffer_span(&detail),
	    job->result == RUN_EXITED ? job->status : -1);
	buffer_release(&detail);
	visit_next(visit);
}
