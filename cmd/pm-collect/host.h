/* The host record that a source fills in column by column. */
#ifndef PM_HOST_H
#define PM_HOST_H

#include "output.h"

struct host {
	struct arena arena;
	struct span column[HOST_COLUMNS]; /* any bytes; empty is unknown */
};

/* Set a column to a copy of value. */
void host_set(struct host *host, enum host_column column, struct span value);

/* The name that every record of the host carries. */
static inline struct span
host_name(const struct host *host)
{
	return host->column[HOST_HOST];
}

/* Write the host record; seen is the time now where it is not set. */
void host_write(struct host *host, struct output *output);

/* Write a fact of the host. */
void host_fact(const struct host *host, const char *key, struct span value,
    struct output *output);

/* Say on standard error how many records were written, unless --quiet. */
void host_totals(const struct output *output);
void host_release(struct host *host);

#endif
