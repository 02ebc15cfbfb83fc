/*
 * What a decision of the rules must stand: an emergency needs a reference to a
 * problem that this server has and says how it was tested; a patch that is too
 * young waits.
 */
#ifndef PM_SCORE_QUALIFY_H
#define PM_SCORE_QUALIFY_H

#include "history.h"
#include "ledger.h"
#include "threat.h"
#include "waiver.h"

struct qualified {
	struct span decision;
	struct span remarks; /* to be added to policy; empty: none */
};

/* The parts of a need that count. */
struct qualify_subject {
	struct span host, package, fixed, cves, decision;
	struct span min_age; /* a duration, "-" when no rule asks for one */
	int64_t published;   /* the version to reach; INT64_MIN: not known */
	const struct threat *threat;
	const struct fared *fared;
};

/*
 * ledger may be NULL; then the age of a patch without a date of publication is
 * not known, which is said and does not hold it back.  The remarks stay until the next call.
 */
struct qualified qualify(const struct qualify_subject *subject,
    const struct history *history, struct waivers *waivers,
    struct ledger *ledger);

#endif
