/*
 * The visits: so many at a time, each a try of the transport, maybe more tries,
 * and then a process of our own that makes records of the reply.  A reply
 * that is malformed, however, ends that process only.
 */
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "reply.h"
#include "ssh.h"
#include "timestamp.h"

enum {
	REPLY_LIMIT = 64 * 1000 * 1000, /* bytes of a host */
	RECORDS_LIMIT = 256 * 1000 * 1000,
	READ_LIMIT = 60 * 1000, /* ms to make records of them */
	PAUSE = 1000		/* ms before the second try; doubled after */
};

static struct ssh_fleet *running; /* for the signal */

static void try_ended(struct run_job *job);

struct span
ssh_host_name(struct span host)
{
	struct span rest = host;

	while (rest.p != NULL)
		host = span_cut(&rest, '@');
	return host;
}

static void
hand_out(struct ssh_visit *visit)
{
	visit->fleet->ended(visit);
	run_release(&visit->job);
	buffer_release(&visit->reply);
	buffer_release(&visit->reason);
	arena_release(&visit->arena);
}

static void
start(struct ssh_visit *visit)
{
	visit->tries++;
	visit->job.argv = command_on(
	    &visit->fleet->command, &visit->arena, visit->host);
	visit->job.input = visit->fleet->probe;
	visit->job.limit = visit->fleet->limit;
	visit->job.output_limit = REPLY_LIMIT;
	visit->job.strict = true;
	visit->job.ended = try_ended;
	visit->job.context = visit;
	run_start(&visit->job);
}

static void
start_next(struct ssh_fleet *fleet)
{
	if (!fleet->interrupted && fleet->next < fleet->count)
		start(&fleet->visit[fleet->next++]);
}

static void
show(struct ssh_fleet *fleet)
{
	progress_line_show(&fleet->progress, fleet->done,
	    fleet->done - fleet->states[SSH_OK] - fleet->states[SSH_PARTIAL],
	    fleet->next - fleet->done);
}

static void
end(struct ssh_visit *visit, enum ssh_state state)
{
	struct ssh_fleet *fleet = visit->fleet;

	visit->state = state;
	visit->ended = true;
	fleet->states[state]++;
	fleet->done++;
	if (fleet->unsorted)
		hand_out(visit);
	while (!fleet->unsorted && fleet->handed < fleet->count &&
	       fleet->visit[fleet->handed].ended)
		hand_out(&fleet->visit[fleet->handed++]);
	start_next(fleet);
	if (!fleet->quiet)
		show(fleet);
}

/* What the host record says, which comes first. */
static enum ssh_state
state_of(struct span records)
{
	struct span header = span_cut(&records, '\n');
	struct span line = span_cut(&records, '\n');

	while (header.p != NULL && line.p != NULL) {
		struct span value = span_cut(&line, '\t');

		if (span_is(span_cut(&header, '\t'), "state"))
			return span_is(value, "ok") ? SSH_OK : SSH_PARTIAL;
	}
	return SSH_PARTIAL;
}

static void
records_made(struct run_job *job)
{
	struct ssh_visit *visit = job->context;
	struct span said = ssh_last_line(buffer_span(&job->messages));

	buffer_release(&visit->reply); /* hosts before it may take long */
	visit->records = job->result == RUN_EXITED && !job->output_cut &&
			 (job->status == PM_EXIT_OK ||
			     job->status == PM_EXIT_PARTIAL) &&
			 job->output.n > 0;
	if (visit->records) {
		end(visit, state_of(buffer_span(&job->output)));
		return;
	}
	buffer_printf(
	    &visit->reason, "its answer makes no sense: %.*s", SPAN_ARG(said));
	end(visit, SSH_PARTIAL);
}

/* A reader of its own for every reply: pm-collect reply, this very program. */
static void
make_records(struct ssh_visit *visit)
{
	static char self[PATH_MAX];
	struct run_job *job = &visit->job;
	struct span name = ssh_host_name(visit->host);
	char now[TIMESTAMP_SIZE];
	const char *words[] = {self, "reply", "-q", "--source", "ssh", "--host",
	    name.p, "--now", now, NULL};
	size_t count = sizeof(words) / sizeof(words[0]);
	char **argv = arena_allocate(&visit->arena, count * sizeof(*argv));
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n == -1)
		die_errno(PM_EXIT_SYSTEM, "/proc/self/exe");
	self[n] = '\0';
	timestamp_format(timestamp_now(), now);
	for (size_t i = 0; words[i] != NULL; i++) {
		struct span word = span_of(words[i]);

		argv[i] = arena_allocate(&visit->arena, word.n + 1);
		memcpy(argv[i], word.p, word.n);
	}
	visit->reply = job->output;
	job->output = (struct buffer){0};
	job->argv = argv;
	job->input = buffer_span(&visit->reply);
	job->limit = READ_LIMIT;
	job->output_limit = RECORDS_LIMIT;
	job->ended = records_made;
	run_start(job);
}

static void
try_again(struct run_job *job)
{
	start(job->context);
}

static void
try_ended(struct run_job *job)
{
	struct ssh_visit *visit = job->context;
	struct ssh_fleet *fleet = visit->fleet;
	enum ssh_state state;

	if (job->result == RUN_EXITED &&
	    reply_whole(buffer_span(&job->output))) {
		make_records(visit);
		return;
	}
	state = ssh_judge(job, &visit->reason);
	if ((state == SSH_UNREACHABLE ||
		(state == SSH_LOST && job->result == RUN_EXITED)) &&
	    visit->tries <= fleet->retries && !fleet->interrupted) {
		int64_t pause = (int64_t)PAUSE << (visit->tries - 1);

		/* spread out, or all come again at the same time */
		pause += arc4random_uniform((uint32_t)pause);
		buffer_reset(&visit->reason);
		job->ended = try_again;
		run_later(job, pause);
		return;
	}
	end(visit, state);
}

static void
interrupted(unsigned count)
{
	(void)count;
	running->interrupted = true;
	run_abandon();
}

void
ssh_visit_all(struct ssh_fleet *fleet, const struct list *hosts)
{
	fleet->count = hosts->count;
	fleet->visit = memory_zeroed(hosts->count, sizeof(*fleet->visit));
	for (size_t i = 0; i < hosts->count; i++) {
		fleet->visit[i].host = hosts->item[i];
		fleet->visit[i].fleet = fleet;
	}
	progress_line_start(&fleet->progress, hosts->count);
	running = fleet;
	run_catch_signals(interrupted);
	for (uint64_t i = 0; i < fleet->jobs; i++)
		start_next(fleet);
	run_wait();
}

void
ssh_release(struct ssh_fleet *fleet)
{
	free(fleet->visit);
	command_release(&fleet->command);
}
