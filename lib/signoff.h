/*
 * Does an approval count for a step?  pm-apply refuses by it before, pm-verify
 * asks again afterwards.
 */
#ifndef PM_SIGNOFF_H
#define PM_SIGNOFF_H

#include "digest.h"
#include "evidence.h"

/* One approve record, of the plan at hand. */
struct approval {
	struct span column[APPROVE_COLUMNS];
	const char *file;
	uint64_t line;
	bool verified;		  /* its signature was checked, and holds */
	struct span unsigned_why; /* why it does not; NUL behind it */
};

/* What approvals are held against. */
struct signoff {
	const struct approval *approvals;
	size_t count;
	const struct evidence *evidence; /* actors; groups and tiers of hosts */
	const char
	    *signers; /* the allowed ones; NULL: signatures do not count */
	bool late;    /* an approval that has expired will do */
	int64_t now;
};

/* Is it an approval of the plan with this digest? */
bool approval_is_of(struct span plan, const char digest[DIGEST_SIZE]);

bool approval_covers(const struct approval *approval, struct span host);

/*
 * Check its signature at this time, by the file of allowed signers: sets
 * verified, or why it does not hold (in the arena).
 */
void approval_verify(struct approval *approval, const char *signers,
    int64_t time, struct arena *arena);

/*
 * Has it expired?  One whose expiry is no time ends the program with status 65.
 */
bool signoff_expired(
    const struct signoff *signoff, const struct approval *approval);

/*
 * Why an approval does not count for a step on the host that requires this, or
 * NULL when it does.  Whether it covers the host is asked before.
 */
const char *signoff_objection(const struct signoff *signoff, struct span host,
    struct span requires, const struct approval *approval);

/* The first approval that covers the host and counts, or NULL. */
const struct approval *signoff_found(
    const struct signoff *signoff, struct span host, struct span requires);

/*
 * Has the owner approved whom the step requires, or somebody who may act for
 * him?  key is owner or app_owner, role that of the approval; true when the step
 * requires none, else *owner is who it is.
 */
bool signoff_by_owner(const struct signoff *signoff, struct span host,
    struct span requires, const char *key, const char *role,
    struct span *owner);

/* The value behind KEY= in a list of requirements; false when it has none. */
bool requirement_find(struct span list, const char *key, struct span *value);

#endif
