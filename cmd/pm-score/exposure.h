/*
 * Who can reach a host, from what firewalls let through (allow records) and
 * what the host listens on (svc records): internet, internal, local, none.
 *
 * A socket counts as far as the farthest who can reach it, a host as its
 * farthest socket.  Where it is not certain that traffic is stopped it passes;
 * where no firewall is known that stands before a socket, the host is unknown.
 */
#ifndef PM_SCORE_EXPOSURE_H
#define PM_SCORE_EXPOSURE_H

#include "firewalls.h"

/* What one host listens on. */
struct sockets {
	struct arena arena;
	struct socket *items;
	size_t count, capacity;
	bool known; /* somebody looked, even if nothing listens */
};

void sockets_add(struct sockets *sockets, const struct record *record);
void sockets_clear(struct sockets *sockets);

/*
 * The exposure of the host with these addresses, "-" when it is not known.  why
 * gets the value of a fact that names firewall, rule and socket, such as
 * "internet by fw1:12 tcp/443 nginx", or why it is not known.
 */
struct span exposure_of(struct firewalls *firewalls, struct sockets *sockets,
    struct span host, struct span addresses, struct buffer *why);

void sockets_release(struct sockets *sockets);

#endif
