/* Which advisories apply to an installed package, by what can be done. */
#ifndef PM_MATCH_FINDING_H
#define PM_MATCH_FINDING_H

#include "judge.h"
#include "standing.h"

struct finding {
	struct list offered; /* a repository of the host has the fix */
	struct list fixed;   /* a fixed version is known */
	struct list unfixed;
	struct list invalid;
	struct exclusions exclusions;
	bool stream_assumed; /* nobody said which stream it is */
	bool pinned;	     /* the host's pins keep an offer of a fix away */
};

/* Look through the keys of a package; what finding held before is forgotten. */
void finding_collect(const struct catalogue *catalogue,
    enum version_scheme scheme, const struct installed *installed,
    struct keys keys, struct finding *finding);

/* Take away what is about excluded vulnerabilities only. */
void finding_exclude(const struct catalogue *catalogue, struct list *list,
    struct exclusions *exclusions);

/*
 * A flaw without a fix whose advisory was superseded by one with a fix goes the
 * way of that: it is part of what is needed, or gone with it.
 */
void finding_follow(const struct catalogue *catalogue, struct keys keys,
    struct finding *finding);

#endif
