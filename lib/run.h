/*
 * Running other programs: many at once, one thread, one poll loop.
 *
 * A job is a program with its standard input from memory, its output and
 * messages captured up to a limit, and a time limit.  Nothing waits for a
 * single job: when it has ended its function is called, which may start the
 * next one.  A child gets its own process group, an environment of the few
 * variables that programs need, no open file but 0 to 2, and the default
 * signal dispositions.
 *
 * A job has ended when its process has, not when its output is closed: what it
 * left in the background may hold that open for ever.  What is still in the
 * pipes is read for a moment longer.
 */
#ifndef PM_RUN_H
#define PM_RUN_H

#include <sys/types.h>

#include "memory.h"

enum run_result {
	RUN_EXITED,	 /* status is the exit status */
	RUN_SIGNALLED,	 /* status is the signal */
	RUN_TIMEOUT,	 /* it took longer than the limit and was killed */
	RUN_OVERFLOW,	 /* it said more than it may and was killed */
	RUN_NOT_STARTED, /* status is the errno of exec */
	RUN_ABANDONED	 /* killed by run_abandon() */
};

struct run_job {
	/* set by the caller, who keeps it all alive until the job has ended */
	char *const *argv; /* argv[0] is looked up in PATH */
	void (*enter)(
	    const void *); /* called in the child before exec, or NULL */
	const void *enter_context;
	struct span input;   /* standard input; empty is /dev/null */
	int64_t limit;	     /* milliseconds until it is ended; 0: none */
	size_t output_limit; /* bytes kept of output and of messages */
	void (*ended)(struct run_job *job);
	void *context; /* the caller's */
	bool strict;   /* kill it when its output is more */

	/* valid when ended is called; emptied by the next run_start() */
	bool output_cut; /* more came than the limit */
	enum run_result result;
	int status;
	struct buffer output;
	struct buffer messages;

	/* private */
	struct run_job *next;
	pid_t pid;
	int process;  /* pidfd, -1: only a timer */
	int pipes[3]; /* our ends of its 0, 1 and 2, or -1 */
	unsigned stage;
	size_t sent;
	int64_t due; /* when to act next, run_clock() */
};

/* Milliseconds of a clock that never jumps, for limits. */
int64_t run_clock(void);

/* Start the job; its function is called from run_wait(), even on failure. */
void run_start(struct run_job *job);

/* Call the job's function after that many milliseconds; result RUN_EXITED. */
void run_later(struct run_job *job, int64_t milliseconds);

/* Serve all jobs until none is left. */
void run_wait(void);

/*
 * Let SIGINT, SIGTERM and SIGHUP be noticed instead of ending the program:
 * interrupted() is called from run_wait() with how many there have been.
 */
void run_catch_signals(void (*interrupted)(unsigned count));

/* Call tell() from run_wait() after each SIGUSR1; behind run_catch_signals(). */
void run_catch_progress(void (*tell)(void));

/* Kill every running job; their functions are still called. */
void run_abandon(void);

/* Release the memory of an ended job's output. */
void run_release(struct run_job *job);

#endif
