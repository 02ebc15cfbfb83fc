/*
 * Approvals: who may give leave for what, and the text that an approval signs.
 *
 * The signed text is the approve record itself as a line of the default order
 * without its last column: "approve", then plan, scope, who, role, when, reason
 * and expiry, each behind a tab, and a newline.  So whoever has the record can
 * check it with ssh-keygen alone, pm-stream(5).
 */
#ifndef PM_APPROVAL_H
#define PM_APPROVAL_H

#include "memory.h"
#include "schema.h"

/* What keeps these signatures apart from those made for other purposes. */
#define APPROVAL_NAMESPACE "pm-approve"

/* Append the signed text of a record with these columns (canonical fields). */
void approval_text(struct buffer *text, const struct span *columns);

/* What is known of a host, for scopes. */
struct approval_host {
	struct span name, groups, tier; /* "-" where not known */
};

/* One actor record. */
struct actor {
	struct span who, role, scope;
	int64_t expiry; /* INT64_MAX: none */
};

/*
 * May who act in this role for the host at this time?  role "-" is any role in
 * which plans are approved: owner, app-owner, lead, security.
 */
bool actors_allow(const struct actor *actors, size_t count, struct span who,
    struct span role, const struct approval_host *host, int64_t now);

#endif
