/*
 * The records that pm-collect merge writes: first what there is of them and of
 * their columns (merge_gather.c), then they themselves (merge_write.c).
 */
#ifndef PM_MERGE_WRITE_H
#define PM_MERGE_WRITE_H

#include "list.h"
#include "merge_read.h"
#include "options.h"
#include "relay.h"
#include "timestamp.h"

enum { HOST_TYPES = 3 };

struct merge_writer {
	struct merge merge;
	struct output output;
	struct machine **machines; /* sorted by name */
	size_t count;
	size_t *order; /* of the host columns beyond the schema's */
	size_t extras;
	bool several; /* some host has more than one reporter */
	const struct layout *host_layout, *report_layout;
	struct relay relay[HOST_TYPES];
	bool shared[HOST_TYPES]; /* some host has the type from two reporters */
	const char *max_age;	 /* as it was given */
	int64_t limit;		 /* of age in seconds; -1 for none */
	struct arena arena;	 /* emptied after each host */
	uint64_t stale, incomplete;
};

/*
 * All of it, from the input to the output: the status that the input asks for.
 * The output is the caller's.
 */
enum pm_exit merge_streams(struct merge_writer *writer, struct input *input);
void merge_writer_release(struct merge_writer *writer);

/* The three types that belong to a host, in the order they are written. */
extern const enum record_type merge_host_types[HOST_TYPES];

/* How many reporters of a host had anything; how many have records of a type. */
size_t merge_reporters_used(const struct machine *machine);
size_t merge_holders(const struct machine *machine, enum record_type type);

/* Bring the hosts in order. */
void merge_gather(struct merge_writer *writer);

/* The columns of what belongs to a host, and of hosts and reports. */
void merge_settle_rows(struct merge_writer *writer);
void merge_settle_columns(struct merge_writer *writer);

/* Write the records that belong to no host, and those of one that do. */
void merge_write_others(struct merge_writer *writer);
void merge_write_machine(struct merge_writer *writer, struct machine *machine);

#endif
