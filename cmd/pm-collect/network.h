/* Where this machine can be found: addresses and hardware addresses. */
#ifndef PM_NETWORK_H
#define PM_NETWORK_H

#include "host.h"
#include "tree.h"

/*
 * Fill in addr with every address that is neither loopback nor link-local, and
 * mac with the hardware addresses of the interfaces that carry a default
 * route, or of all when none does.
 */
void network_describe(struct host *host, const struct tree *tree);

#endif
