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
	struct span channels; /* that the host subscribes to, or "-" */
	struct span module;   /* its stream as name:stream, or "-" */
	bool modular;	      /* of a module stream, maybe an unknown one */
	bool held;
	bool foreign; /* not of the host's own architecture */
};

/* The keys that speak of an installed package; either may be NULL. */
struct keys {
	struct key *source;
	struct key *binary;
};

/*
 * Does the package lack nothing?  Looks at the versions only, and mostly
 * answers from the keys' memos: this is what most packages of a fleet cost.
 */
bool is_clean(const struct catalogue *catalogue, const struct scope *scope,
    const struct installed *installed, struct keys keys);

/*
 * Write the need records of a package, none when it lacks nothing.  Returns
 * lines of a feed, a tab and a vulnerability that this feed says does not
 * concern the package; valid until the next call.
 */
struct span judge(const struct catalogue *catalogue, const struct scope *scope,
    const struct installed *installed, struct keys keys, struct output *output);

#endif
