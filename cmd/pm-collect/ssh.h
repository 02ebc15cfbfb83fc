/*
 * Collecting from hosts over ssh: which hosts, what became of each, and the
 * visits themselves.
 */
#ifndef PM_SSH_H
#define PM_SSH_H

#include "command.h"
#include "list.h"
#include "output.h"
#include "progress_line.h"
#include "run.h"

/* How a host ended; the words are those of host.state. */
enum ssh_state {
	SSH_OK,
	SSH_PARTIAL,
	SSH_DENIED,
	SSH_UNREACHABLE,
	SSH_TIMEOUT,
	SSH_LOST,
	SSH_HOST_KEY_CHANGED,
	SSH_STATES
};

const char *ssh_state_name(enum ssh_state state);

/*
 * What became of a visit that ended without a whole reply; reason gets why, in
 * the words of the transport where it has any.
 */
enum ssh_state ssh_judge(const struct run_job *job, struct buffer *reason);

/* The last line of the text that is not blank. */
struct span ssh_last_line(struct span text);

/* One host; visits live until the end of the run. */
struct ssh_visit {
	struct span host; /* what the command takes */
	struct run_job job;
	struct arena arena;
	unsigned tries;
	bool ended;
	enum ssh_state state;
	bool records; /* job.output has the records of the host */
	struct buffer reply;
	struct buffer reason; /* why there are none, or not all */
	struct ssh_fleet *fleet;
};

struct ssh_fleet {
	/* set by the caller */
	struct command command;
	struct span probe;
	uint64_t jobs;	  /* at a time */
	uint64_t retries; /* of hosts that were not reached or lost */
	int64_t limit;	  /* milliseconds for one try */
	bool unsorted;	  /* hand hosts out as they answer */
	bool quiet;	  /* no line of progress */
	void (*ended)(struct ssh_visit *visit);

	struct ssh_visit *visit; /* in the order of the hosts' names */
	size_t count;
	size_t next; /* to start */
	size_t done; /* have ended */
	struct progress_line progress;
	size_t handed; /* to ended(), when sorted */
	bool interrupted;
	uint64_t states[SSH_STATES];
};

/* Visit the hosts of a sorted list, and call ended() for each. */
void ssh_visit_all(struct ssh_fleet *fleet, const struct list *hosts);
void ssh_release(struct ssh_fleet *fleet);

/* The name in the records: without USER@. */
struct span ssh_host_name(struct span host);

#endif
