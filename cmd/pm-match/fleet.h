/*
 * The hosts of the stream.  Only the host whose packages are being read is kept,
 * and those whose packages are still to come (a sorted stream has all hosts
 * first), so a stream that keeps a host's records together needs no memory for
 * them.
 */
#ifndef PM_MATCH_FLEET_H
#define PM_MATCH_FLEET_H

#include "gaps.h"
#include "kernel.h"
#include "releases.h"
#include "update.h"

/* Findings that a feed says do not concern the host. */
struct excluded {
	uint64_t count;
	struct buffer text;
};

struct host {
	struct buffer name;
	struct buffer os, release, arch, kernel, state;
	struct buffer channels; /* what it subscribes to, a list */
	struct scope *scope;	/* NULL: no feed or advisory speaks of it */
	uint64_t packages;
	uint64_t unknown; /* packages that no repository lists */
	struct buffer unknown_names;
	struct gaps gaps;
	struct kernels kernels;
	struct update_state updates;
	struct excluded *excluded; /* by feed of the scope */
	size_t excluded_count, excluded_capacity;
};

struct fleet {
	struct catalogue *catalogue;
	struct output *output;
	int64_t oldest_feed; /* feeds dated before are stale */
	struct host current;
	bool has_current;
	bool has_packages;     /* of the current host */
	struct intern waiting; /* names of hosts whose packages may come */
	struct host_text *texts;
	size_t text_capacity;
	struct gaps_away gaps;
	uint64_t hosts;
	struct releases releases;
	uint64_t not_covered; /* hosts with a verdict other than covered */
};

/* A host record: it becomes the current host. */
void fleet_host(struct fleet *fleet, const struct record *record);

/*
 * The host of a package record, made current; ends the program when its host
 * record did not come before it.
 */
struct host *fleet_of(struct fleet *fleet, const struct record *record);

/*
 * A package of the current host: write its needs.  The host itself is filled in
 * here.
 */
void fleet_judge(
    struct fleet *fleet, struct installed *installed, struct keys keys);

/* A fact record: what could not be seen of its host's packages. */
void fleet_fact(struct fleet *fleet, const struct record *record);

/* The end: write what is left to say of every host. */
void fleet_finish(struct fleet *fleet);
void fleet_release(struct fleet *fleet);

#endif
