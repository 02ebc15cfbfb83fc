/*
 * A hand-kept list of assets: the header row says what each column is, and each
 * row below it becomes a host record and its facts.
 */
#ifndef PM_ASSETS_H
#define PM_ASSETS_H

#include "csv_table.h"
#include "intern.h"
#include "output.h"

/* What one column of the list becomes. */
struct asset_target {
	unsigned to;	 /* a host column, a fact or nothing */
	struct span key; /* of the fact, and the name for messages */
};

struct assets {
	/* set by the caller; values are field text */
	struct output *output;
	struct span maps;   /* COLUMN=NAME, each ended by a comma */
	struct span source; /* of hosts that the list names no source for */
	struct span seen;

	/* what came of it */
	uint64_t hosts, replaced, rejected;

	/* assets.c's own */
	struct bytes *bytes;
	struct csv_table table;
	struct asset_target target[CSV_FIELDS_MAX];
	unsigned columns;
	struct intern names; /* of hosts */
	uint64_t *lines;     /* where the host of a number stands */
	size_t lines_capacity;
	struct arena arena;
	struct buffer value[HOST_COLUMNS];
	struct buffer text;
};

/*
 * Read the list to its end and write its records; zero-initialise the rest of
 * *assets.  A list that cannot be used ends the program: status 65, or 66
 * without any host.
 */
void assets_read(
    struct assets *assets, struct bytes *bytes, unsigned char separator);

void assets_release(struct assets *assets);

#endif
