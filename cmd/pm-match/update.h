/*
 * Updates that are installed or not, without a version to compare: those of
 * Windows, each named by its KB number.  An update contains all that it
 * supersedes, and what those supersede.  So a host does not lack what an
 * installed update contains, and of what it lacks only those are wanted that no
 * other wanted one contains: the smallest set that clears every finding.
 */
#ifndef PM_MATCH_UPDATE_H
#define PM_MATCH_UPDATE_H

#include "catalogue.h"
#include "output.h"

/* What is known of one host, by number of the update in its scope. */
struct update_state {
	uint8_t *marks;
	size_t capacity;
	bool started; /* for the host at hand */
};

/* Number the updates of all scopes; part of catalogue_ready(). */
void updates_ready(struct catalogue *catalogue);

/* An update is installed on the host; key may be of something else. */
void update_installed(struct update_state *state, const struct scope *scope,
    const struct key *key);

/* Write a need for each update that the host wants, and forget the host. */
void updates_write(const struct catalogue *catalogue, struct scope *scope,
    struct update_state *state, struct span host, struct span arch,
    struct output *output);

void updates_release(struct scope *scope);

#endif
