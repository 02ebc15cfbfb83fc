/* Running other programs: ends, limits, what they get and what is left. */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

enum { JOBS = 40 };

static unsigned ended;

static void
count(struct run_job *job)
{
	(void)job;
	ended++;
}

/* Run one shell command; returns how many milliseconds it took. */
static int64_t
run(struct run_job *job, const char *command, struct span input, int64_t limit)
{
	static char shell[] = "sh", option[] = "-c";
	static char text[1024];
	static char *argv[] = {shell, option, text, NULL};
	int64_t began = run_clock();

	snprintf(text, sizeof(text), "%s", command);
	job->argv = argv;
	job->input = input;
	job->limit = limit;
	job->output_limit = 1024 * 1024;
	job->ended = count;
	run_start(job);
	run_wait();
	return run_clock() - began;
}

static bool
gave(const struct run_job *job, enum run_result result, int status,
    const char *output)
{
	return job->result == result && job->status == status &&
	       span_is(buffer_span(&job->output), output);
}

static void
test_ends(void)
{
	static char nothing[] = "/nonexistent/program";
	static char *argv[] = {nothing, NULL};
	struct run_job job = {0};
	int64_t took;

	run(&job, "echo out; echo err >&2; exit 7", SPAN(""), 0);
	ok(gave(&job, RUN_EXITED, 7, "out\n") &&
		span_is(buffer_span(&job.messages), "err\n"),
	    "status, output and messages");
	run(&job, "kill -9 $$", SPAN(""), 0);
	ok(gave(&job, RUN_SIGNALLED, SIGKILL, ""), "ended by a signal");
	took = run(&job, "echo hi; sleep 3 & exit 0", SPAN(""), 0);
	ok(gave(&job, RUN_EXITED, 0, "hi\n") && took < 1500,
	    "not held up by what holds its output open: %lld ms",
	    (long long)took);
	job.argv = argv;
	run_start(&job);
	run_wait();
	ok(gave(&job, RUN_NOT_STARTED, ENOENT, ""), "no such program");
	run_later(&job, 100);
	took = run_clock();
	run_wait();
	took = run_clock() - took;
	ok(took >= 95 && took < 1500 && ended == 5, "a timer: %lld ms",
	    (long long)took);
	run_release(&job);
}

static void
test_input(void)
{
	struct run_job job = {0};
	struct buffer input = {0};

	while (input.n < 500 * 1000)
		buffer_add_span(&input, SPAN("a line of input\n"));
	run(&job, "cat", buffer_span(&input), 0);
	ok(job.result == RUN_EXITED &&
		span_equal(buffer_span(&job.output), buffer_span(&input)),
	    "half a megabyte through cat");
	run(&job, "exec <&-; echo gone", buffer_span(&input), 0);
	ok(gave(&job, RUN_EXITED, 0, "gone\n"), "it need not read its input");
	run(&job, "read line || echo end; [ -t 0 ] || echo no terminal",
	    SPAN(""), 0);
	ok(gave(&job, RUN_EXITED, 0, "end\nno terminal\n"),
	    "no input is the end of input");
	job.output_limit = 10;
	run(&job, "head -c 3000000 /dev/zero", SPAN(""), 0);
	ok(job.output_cut && job.output.n == 1024 * 1024,
	    "a flood is read to its end, and cut");
	buffer_release(&input);
	run_release(&job);
}

static void
test_limits(void)
{
	struct run_job job = {0};
	char command[128];
	int64_t took;

	took = run(&job, "sleep 100 & sleep 100", SPAN(""), 300);
	ok(job.result == RUN_TIMEOUT && took >= 300 && took < 2000,
	    "ended at its limit: %lld ms", (long long)took);
	snprintf(command, sizeof(command),
	    "trap '' TERM; (trap '' TERM; sleep 101.%ld) & sleep 101.%ld",
	    (long)getpid(), (long)getpid());
	took = run(&job, command, SPAN(""), 300);
	ok(job.result == RUN_TIMEOUT && took >= 5000 && took < 8000,
	    "killed when it does not listen: %lld ms", (long long)took);
	snprintf(command, sizeof(command), "pgrep -f '^sleep 101[.]%ld'",
	    (long)getpid());
	run(&job, command, SPAN(""), 0);
	ok(gave(&job, RUN_EXITED, 1, ""), "and its children with it");
	run_release(&job);
}

/* A descriptor that is left open would keep a lock or hang a pipe. */
static void
test_surroundings(void)
{
	struct run_job job = {0};
	int fd = open("/dev/null", O_RDONLY);

	setenv("PM_SECRET", "x", 1);
	setenv("SSH_AUTH_SOCK", "/agent", 1);
	setenv("LD_PRELOAD", "", 1);
	run(&job, "ls /proc/self/fd | sort -n | tr '\\n' ' '", SPAN(""), 0);
	/* 3 is the folder that ls reads. */
	ok(gave(&job, RUN_EXITED, 0, "0 1 2 3 "), "no other files: %.*s",
	    SPAN_ARG(buffer_span(&job.output)));
	run(&job, "env | grep -cE '^(PM_SECRET|LD_PRELOAD)='", SPAN(""), 0);
	ok(gave(&job, RUN_EXITED, 1, "0\n"), "no other variables");
	run(&job, "echo $SSH_AUTH_SOCK", SPAN(""), 0);
	ok(gave(&job, RUN_EXITED, 0, "/agent\n"), "the agent of ssh");
	run(&job, "ps -o pgid= -p $$ | tr -d ' \\n'; echo -$$", SPAN(""), 0);
	buffer_add_byte(&job.output, '\0');
	ok(strtol(job.output.p, NULL, 10) ==
		strtol(strchr(job.output.p, '-') + 1, NULL, 10),
	    "a process group of its own");
	close(fd);
	run_release(&job);
}

static void
test_many(void)
{
	static char name[] = "sleep", argument[] = "0.3";
	static char *argv[] = {name, argument, NULL};
	static struct run_job jobs[JOBS];
	int64_t took = run_clock();

	ended = 0;
	for (unsigned i = 0; i < JOBS; i++) {
		jobs[i].argv = argv;
		jobs[i].ended = count;
		run_start(&jobs[i]);
	}
	run_wait();
	took = run_clock() - took;
	ok(ended == JOBS && took < 300 * JOBS / 2, "%d at a time: %lld ms",
	    JOBS, (long long)took);
}

static void
chain(struct run_job *job)
{
	if (++ended < 20)
		run_start(job);
}

static unsigned interrupts;

static void
interrupted(unsigned number)
{
	interrupts = number;
	if (number == 2)
		run_abandon();
	else
		kill(getpid(), SIGTERM);
}

static void
test_callbacks(void)
{
	static char name[] = "true";
	static char *argv[] = {name, NULL};
	struct run_job job = {.argv = argv, .ended = chain};
	int64_t took;

	ended = 0;
	run_start(&job);
	run_wait();
	ok(ended == 20, "a job's end starts the next");
	run_catch_signals(interrupted);
	kill(getpid(), SIGINT);
	took = run(&job, "sleep 100", SPAN(""), 0);
	ok(interrupts == 2 && job.result == RUN_ABANDONED && took < 2000,
	    "signals are told, and jobs abandoned");
	run_release(&job);
}

int
main(void)
{
	test_ends();
	test_input();
	test_limits();
	test_surroundings();
	test_many();
	test_callbacks();
	return done();
}
