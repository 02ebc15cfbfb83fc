/*
 * What is installed on the hosts, from pkg records.  Hosts with the same
 * packages share one set.
 */
#ifndef PM_INSTALLED_H
#define PM_INSTALLED_H

#include "input.h"
#include "intern.h"

/* A set of packages; each row is NAME VERSION ARCH STATE with tabs between. */
struct installed_set {
	struct span *rows; /* sorted, no duplicates */
	size_t count;
};

struct installed;

struct installed *installed_new(void);

/* Take a pkg record. */
void installed_read(struct installed *installed, const struct record *record);

/* No more records: find out which hosts have the same packages. */
void installed_share(struct installed *installed);

/* Number of the set of a host; false when there were no records of it. */
bool installed_of(
    const struct installed *installed, struct span host, uint32_t *set);

/* A set by its number; valid until the next call. */
const struct installed_set *installed_set(
    struct installed *installed, uint32_t number);

/* One field of a row. */
enum installed_field {
	INSTALLED_NAME,
	INSTALLED_VERSION,
	INSTALLED_ARCH,
	INSTALLED_STATE
};
struct span installed_field(struct span row, enum installed_field field);

void installed_free(struct installed *installed);

#endif
