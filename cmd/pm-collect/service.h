/* What listens on this machine, from /proc/net. */
#ifndef PM_SERVICE_H
#define PM_SERVICE_H

#include "owner.h"
#include "process.h"

struct service {
	const char *protocol; /* tcp, tcp6, udp, udp6 */
	struct span address;
	uint16_t port;
	const struct process *process; /* NULL when it is not known */
};

struct services {
	struct arena arena;
	struct service *item; /* in the order of output, each once */
	size_t count;
	size_t capacity;
	uint64_t unknown;   /* sockets without a known process */
	uint64_t elsewhere; /* sockets in other network namespaces */
};

/*
 * Find TCP sockets in the state LISTEN and UDP sockets that are bound and not
 * connected, in this network namespace, and who holds them; count those in the
 * namespaces of other processes.
 */
void services_read(struct services *services, const struct processes *processes,
    const struct tree *tree);

/* Write a svc record for each; owners has been asked for their programs. */
void services_write(const struct services *services,
    const struct owners *owners, const struct host *host,
    struct output *output);
void services_release(struct services *services);

#endif
