/*
 * Patches that need other patches first, as the column requires of their
 * advisories says.  Section "Chains" of pm-plan(1) has the rules.
 */
#ifndef PM_PLAN_CHAINS_H
#define PM_PLAN_CHAINS_H

#include "installed.h"
#include "plan.h"

/* ---- requires.c: what advisories say */

/* What an adv record says of those that it needs and that it replaces. */
void requires_read(struct fleet *fleet, const struct record *record);

/* Does any advisory need another one? */
bool requires_any(void);

/* One thing that has to be there first. */
struct requirement {
	struct span name;    /* of an advisory or a package */
	struct span version; /* that it must have at least; or empty */
	struct span adv;     /* who says so */
};

struct requirements {
	struct requirement *items;
	size_t count, capacity;
};

/* What the need has to be preceded by; replaces what the list had. */
void requires_of(const struct fleet *fleet, const struct need *need,
    struct requirements *list);

/*
 * The name, and all advisories for this host that replace it, at any distance.
 */
struct names {
	struct span *items;
	size_t count, capacity;
	struct hash_table index;
};
void requires_stand_ins(
    const struct host *host, struct span name, struct names *names);
bool names_has(const struct names *names, struct span name);
bool names_has_one(const struct names *names, struct span list);
void names_release(struct names *names);

/* Does the stream have an advisory of this name about packages of the host? */
bool requires_known(const struct host *host, struct span name);

/* ---- answers.c: what there is on a host */

/* What stands for a requirement. */
struct answer {
	uint32_t *needs; /* that must be done before */
	size_t count, capacity;
	bool staged;	     /* the same package, in an earlier version */
	struct span missing; /* why there is nothing; or empty */
};

/* Replaces what was there; the caller frees needs in the end. */
void answer_find(struct fleet *fleet, struct installed *installed, uint32_t at,
    const struct requirement *wanted, struct answer *answer);

/* ---- chains.c: what becomes of needs */

/* Plan what has to be first with what needs it, or block that. */
void chains_make(struct fleet *fleet, struct installed *installed);

/* The steps that are first, once it is known what is planned when. */
void chains_settle(struct fleet *fleet);

#endif
