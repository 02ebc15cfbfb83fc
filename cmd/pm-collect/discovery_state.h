/* What discovery.c gathers and discovery_write.c writes. */
#ifndef PM_DISCOVERY_STATE_H
#define PM_DISCOVERY_STATE_H

#include "discovery.h"
#include "intern.h"

/* Who has an address in the inventory. */
struct owner {
	uint32_t host; /* number of the name; 0 for nobody */
	bool several;
};

/* All that was noticed of one host. */
struct found {
	struct span name;
	struct noticed noticed;
	bool known; /* to the inventory */
};

struct discovery {
	const struct discovery_source *source;
	struct output *output;
	struct intern known;  /* addresses, hardware addresses, names */
	struct owner *owners; /* by number */
	size_t owner_capacity;
	struct intern names; /* of hosts found */
	struct found *found; /* by number of the name */
	size_t found_capacity;
	uint64_t silent, unknown;
	int64_t file_time;
};

#endif
