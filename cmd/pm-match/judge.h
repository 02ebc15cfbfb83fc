/* Comparing one installed package with the catalogue, and writing its needs. */
#ifndef PM_MATCH_JUDGE_H
#define PM_MATCH_JUDGE_H

#include "catalogue.h"
#include "output.h"

/* One installed package, as its record says; the spans are borrowed. */
struct installed {
	struct span host;
	struct span package;
	struct span version;
	struct span arch;
	struct span source; /* the package itself where unknown */
	struct span source_version;
	bool held;
	bool foreign; /* not of the host's own architecture */
};

/* The keys that speak of an installed package; either may be NULL. */
struct keys {
	struct key *source;
	struct key *binary;
};

/*
 * Write the need records of a package, none when it lacks nothing.  Answers
 * from the keys' memos when the same versions were asked for last.
 */
void judge(struct catalogue *catalogue, const struct scope *scope,
    const struct installed *installed, struct keys keys, struct output *output);

#endif
