/*
 * The running processes, from /proc: proc(5).  What may not be looked at is
 * counted, so that the report can say what it did not see.
 */
#ifndef PM_PROCESS_H
#define PM_PROCESS_H

#include "host.h"
#include "tree.h"

struct process {
	uint32_t pid;
	struct span name;    /* comm */
	struct span program; /* the file it runs, or empty */
	struct span script;  /* what an interpreter runs, or empty */
	struct span network; /* its network namespace, or empty */
	struct span unit;    /* of systemd, or empty */
	struct span stale;   /* comma list of files gone since, or empty */
	bool contained;	     /* its root directory is another one, and its
	                        mounts are: a container, no mere chroot */
};

/* One descriptor of a process that is a socket. */
struct socket_holder {
	uint64_t inode;
	uint32_t process; /* index into item */
};

struct processes {
	struct arena arena;
	struct process *item; /* by process id */
	size_t count;
	size_t capacity;
	struct socket_holder *holder; /* by inode, then process id */
	size_t holder_count;
	size_t holder_capacity;

	/* how many processes would not show ... */
	uint64_t no_descriptors; /* their open files */
	uint64_t no_maps;	 /* the files that they map */
	bool hidden;		 /* whole processes are hidden (hidepid) */
	uint64_t contained;	 /* with another root directory */
};

/*
 * Look at every process but kernel threads.  Processes that end meanwhile are
 * passed over.  False when there is no /proc.
 */
bool processes_read(struct processes *processes, const struct tree *tree);

/*
 * The process that holds a socket: the one with the lowest id but 1, since
 * systemd keeps the sockets that it hands on.  NULL when none is known.
 */
const struct process *processes_holder(
    const struct processes *processes, uint64_t inode);
void processes_release(struct processes *processes);

#endif
