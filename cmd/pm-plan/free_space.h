/* What is free on the file systems of hosts, from facts. */
#ifndef PM_FREE_SPACE_H
#define PM_FREE_SPACE_H

#include "input.h"
#include "space.h"

/* Take a fact; free_space has where, and how many bytes. */
void free_space_read(const struct record *record);

/* The least that was said of each; FREE_SPACE_UNKNOWN where nothing was. */
#define FREE_SPACE_UNKNOWN UINT64_MAX
void free_space_of(struct span host, uint64_t bytes[SPACE_PLACES]);

#endif
