#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	DRAIN = 200,  /* ms to read on after the process has ended */
	GRACE = 5000, /* ms between SIGTERM and SIGKILL */
	SLOTS = 4     /* poll entries of a job: process, 0, 1, 2 */
};

enum stage { RUNNING, TERMINATED, KILLED, DRAINING, WAITING };

static const char *const kept_variables[] = {"PATH", "HOME", "USER", "LOGNAME",
    "SHELL", "LANG", "TZ", "TMPDIR", "SSH_AUTH_SOCK", "SSH_ASKPASS",
    "http_proxy", "https_proxy", "no_proxy", "PM_SSH_CONFIG"};

enum { KEPT = sizeof(kept_variables) / sizeof(kept_variables[0]) };

static struct run_job *jobs;
static volatile sig_atomic_t signals;
static unsigned signals_told;
static void (*tell_interrupted)(unsigned count);
static volatile sig_atomic_t progress_asked;
static void (*tell_progress)(void);
static sigset_t unblocked; /* the mask inside ppoll() and for children */

int64_t
run_clock(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) == -1)
		die_errno(PM_EXIT_SYSTEM, "the clock");
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
note_signal(int number)
{
	(void)number;
	signals++;
}

void
run_catch_signals(void (*interrupted)(unsigned count))
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action = {.sa_handler = note_signal};
	sigset_t blocked;

	tell_interrupted = interrupted;
	sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct sigaction old;

		/* nohup(1) asks for SIGHUP to stay ignored. */
		sigaction(numbers[i], NULL, &old);
		if (old.sa_handler == SIG_IGN)
			continue;
		sigaction(numbers[i], &action, NULL);
		sigaddset(&blocked, numbers[i]);
	}
	sigprocmask(SIG_BLOCK, &blocked, &unblocked);
}

static void
note_progress(int number)
{
	(void)number;
	progress_asked = 1;
}

void
run_catch_progress(void (*tell)(void))
{
	struct sigaction action = {.sa_handler = note_progress};
	sigset_t blocked;

	tell_progress = tell;
	sigaction(SIGUSR1, &action, NULL);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
}

static void
enlist(struct run_job *job)
{
	struct run_job **end = &jobs;

	while (*end != NULL)
		end = &(*end)->next;
	job->next = NULL;
	*end = job;
}

static void
strike(struct run_job *job)
{
	struct run_job **link = &jobs;

	while (*link != job)
		link = &(*link)->next;
	*link = job->next;
}

static void
close_end(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

/* NAME=value of the variables that a child keeps. */
static char **
make_environment(void)
{
	char **list = memory_zeroed(KEPT + 1, sizeof(*list));
	size_t n = 0;

	for (size_t i = 0; i < KEPT; i++) {
		const char *value = getenv(kept_variables[i]);
		struct buffer text = {0};

		if (value == NULL)
			continue;
		buffer_printf(&text, "%s=%s", kept_variables[i], value);
		buffer_add_byte(&text, '\0');
		list[n++] = text.p;
	}
	return list;
}

/* In the child: never returns.  errno of a failed exec goes to the pipe. */
static _Noreturn void
child(const struct run_job *job, int ends[3], int failure)
{
	char **environment = make_environment();
	int error;

	setpgid(0, 0);
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	for (int fd = 0; fd <= 2; fd++)
		if (dup2(ends[fd], fd) == -1)
			_exit(127);
	/* Whatever our own parent left open is no business of the child's. */
	if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == -1)
		_exit(127);
	if (tell_interrupted != NULL)
		sigprocmask(SIG_SETMASK, &unblocked, NULL);
	if (job->enter != NULL)
		job->enter(job->enter_context);
	execvpe(job->argv[0], job->argv, environment);
	error = errno;
	if (write(failure, &error, sizeof(error)) != sizeof(error))
		_exit(126);
	_exit(127);
}

/*
 * Three pipes for the child's 0, 1 and 2: ends[] are its, job->pipes[] ours.
 * Ours do not block, and none is inherited by later children.  Numbers of at
 * least 3 are given, since diag_start() has taken 0 to 2.
 */
static bool
make_pipes(struct run_job *job, int ends[3])
{
	for (int fd = 0; fd <= 2; fd++) {
		int pair[2];

		if (fd == 0 && job->input.n == 0) {
			ends[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
			if (ends[0] == -1)
				return false;
			continue;
		}
		if (pipe2(pair, O_CLOEXEC) == -1)
			return false;
		ends[fd] = pair[fd == 0 ? 0 : 1];
		job->pipes[fd] = pair[fd == 0 ? 1 : 0];
		fcntl(job->pipes[fd], F_SETFL, O_NONBLOCK);
	}
	return true;
}

/* Fork; false and errno when that or the exec in the child failed. */
static bool
spawn(struct run_job *job)
{
	int ends[3] = {-1, -1, -1}, failure[2] = {-1, -1};
	int error = 0;
	ssize_t n = 0;

	if (!make_pipes(job, ends) || pipe2(failure, O_CLOEXEC) == -1 ||
	    (job->pid = fork()) == -1) {
		error = errno;
		job->pid = 0;
	}
	if (error == 0 && job->pid == 0) {
		close(failure[0]);
		child(job, ends, failure[1]);
	}
	for (int fd = 0; fd <= 2; fd++)
		close_end(&ends[fd]);
	close_end(&failure[1]);
	if (error == 0) {
		setpgid(job->pid, job->pid);
		do
			n = read(failure[0], &error, sizeof(error));
		while (n == -1 && errno == EINTR);
	}
	close_end(&failure[0]);
	if (error != 0) {
		if (job->pid > 0)
			waitpid(job->pid, NULL, 0);
		for (int fd = 0; fd <= 2; fd++)
			close_end(&job->pipes[fd]);
		errno = error;
		return false;
	}
	job->process = (int)syscall(SYS_pidfd_open, job->pid, 0);
	if (job->process == -1)
		die_errno(PM_EXIT_SYSTEM, "pidfd_open");
	fcntl(job->process, F_SETFD, FD_CLOEXEC);
	return true;
}

static void
prepare(struct run_job *job)
{
	buffer_reset(&job->output);
	buffer_reset(&job->messages);
	job->output_cut = false;
	job->result = RUN_EXITED;
	job->status = 0;
	job->sent = 0;
	job->pid = 0;
	job->process = -1;
	for (int fd = 0; fd <= 2; fd++)
		job->pipes[fd] = -1;
}

void
run_start(struct run_job *job)
{
	prepare(job);
	if (spawn(job)) {
		job->stage = RUNNING;
		job->due = job->limit > 0 ? run_clock() + job->limit
					  : INT64_MAX;
	} else {
		job->result = RUN_NOT_STARTED;
		job->status = errno;
		job->stage = WAITING;
		job->due = 0;
	}
	enlist(job);
}

void
run_later(struct run_job *job, int64_t milliseconds)
{
	prepare(job);
	job->stage = WAITING;
	job->due = run_clock() + milliseconds;
	enlist(job);
}

void
run_release(struct run_job *job)
{
	buffer_release(&job->output);
	buffer_release(&job->messages);
}

static void
end(struct run_job *job)
{
	for (int fd = 0; fd <= 2; fd++)
		close_end(&job->pipes[fd]);
	close_end(&job->process);
	strike(job);
	job->ended(job);
}

static void
feed(struct run_job *job)
{
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);
	ssize_t n = write(
	    job->pipes[0], job->input.p + job->sent, job->input.n - job->sent);
	int error = errno;

	signal(SIGPIPE, before);
	if (n == -1 && (error == EAGAIN || error == EINTR))
		return;
	if (n > 0)
		job->sent += (size_t)n;
	/* The child need not read it all; what it says is what counts. */
	if (n <= 0 || job->sent == job->input.n)
		close_end(&job->pipes[0]);
}

static void
drain(struct run_job *job, int fd, struct buffer *into)
{
	char block[16 * 1024];
	ssize_t n = read(job->pipes[fd], block, sizeof(block));
	size_t room;

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		close_end(&job->pipes[fd]);
		return;
	}
	room = job->output_limit > into->n ? job->output_limit - into->n : 0;
	if ((size_t)n > room && fd == 1) {
		job->output_cut = true;
		if (job->strict && job->stage == RUNNING) {
			job->result = RUN_OVERFLOW;
			kill(-job->pid, SIGKILL);
			job->stage = KILLED;
			job->due = INT64_MAX;
		}
	}
	buffer_add(into, block, (size_t)n < room ? (size_t)n : room);
}

/* The process has ended: its status, and a little time for its output. */
static void
reap(struct run_job *job)
{
	int status;

	while (waitpid(job->pid, &status, 0) == -1)
		if (errno != EINTR)
			die_errno(PM_EXIT_SYSTEM, "waitpid");
	close_end(&job->process);
	if (job->result == RUN_EXITED && WIFSIGNALED(status))
		job->result = RUN_SIGNALLED;
	job->status = WIFSIGNALED(status) ? WTERMSIG(status)
					  : WEXITSTATUS(status);
	job->stage = DRAINING;
	job->due = run_clock() + DRAIN;
}

/* Its time is up: first ask, then kill, at last give up on its output. */
static void
overdue(struct run_job *job)
{
	switch (job->stage) {
	case RUNNING:
		job->result = RUN_TIMEOUT;
		kill(-job->pid, SIGTERM);
		job->stage = TERMINATED;
		job->due = run_clock() + GRACE;
		break;
	case TERMINATED:
		kill(-job->pid, SIGKILL);
		job->stage = KILLED;
		job->due = INT64_MAX;
		break;
	default:
		end(job);
	}
}

void
run_abandon(void)
{
	for (struct run_job *job = jobs; job != NULL; job = job->next) {
		if (job->stage == WAITING)
			job->due = 0;
		if (job->stage != RUNNING && job->stage != TERMINATED)
			continue;
		job->result = RUN_ABANDONED;
		kill(-job->pid, SIGKILL);
		job->stage = KILLED;
		job->due = INT64_MAX;
	}
}

static void
serve(struct run_job *job, const struct pollfd *polled)
{
	if (polled[1].revents != 0)
		feed(job);
	if (polled[2].revents != 0)
		drain(job, 1, &job->output);
	if (polled[3].revents != 0)
		drain(job, 2, &job->messages);
	if (polled[0].revents != 0)
		reap(job);
	if (job->stage == DRAINING && job->pipes[1] == -1 &&
	    job->pipes[2] == -1)
		end(job);
	else if (run_clock() >= job->due)
		overdue(job);
}

/* Poll all jobs once, until something happens or the first one is due. */
static void
turn(struct pollfd *polled, struct run_job **order, size_t count)
{
	int64_t due = INT64_MAX, wait;
	struct timespec timeout;
	size_t n = 0;

	for (struct run_job *job = jobs; job != NULL; job = job->next) {
		struct pollfd *entry = &polled[n * SLOTS];

		order[n++] = job;
		entry[0] = (struct pollfd){job->process, POLLIN, 0};
		entry[1] = (struct pollfd){job->pipes[0], POLLOUT, 0};
		entry[2] = (struct pollfd){job->pipes[1], POLLIN, 0};
		entry[3] = (struct pollfd){job->pipes[2], POLLIN, 0};
		if (job->due < due)
			due = job->due;
	}
	wait = due == INT64_MAX ? 0 : due - run_clock();
	if (wait < 0)
		wait = 0;
	timeout.tv_sec = (time_t)(wait / 1000);
	timeout.tv_nsec = (long)(wait % 1000) * 1000000;
	if (ppoll(polled, count * SLOTS, due == INT64_MAX ? NULL : &timeout,
		tell_interrupted != NULL ? &unblocked : NULL) == -1) {
		if (errno != EINTR)
			die_errno(PM_EXIT_SYSTEM, "ppoll");
		for (size_t i = 0; i < count * SLOTS; i++)
			polled[i].revents = 0;
	}
	if (signals > (sig_atomic_t)signals_told && tell_interrupted != NULL) {
		signals_told = (unsigned)signals;
		tell_interrupted(signals_told);
	}
	if (progress_asked != 0 && tell_progress != NULL) {
		progress_asked = 0;
		tell_progress();
	}
	for (size_t i = 0; i < n; i++)
		serve(order[i], &polled[i * SLOTS]);
}

void
run_wait(void)
{
	struct pollfd *polled = NULL;
	struct run_job **order = NULL;

	while (jobs != NULL) {
		size_t count = 0;

		for (struct run_job *job = jobs; job != NULL; job = job->next)
			count++;
		polled = memory_array(polled, count * SLOTS, sizeof(*polled));
		order = memory_array(order, count, sizeof(struct run_job *));
		turn(polled, order, count);
	}
	free(polled);
	free(order);
}
