/*
 * Waivers: findings that somebody has decided about, until a day; the waive
 * records of the stream.
 */
#ifndef PM_WAIVER_H
#define PM_WAIVER_H

#include "hash.h"
#include "input.h"
#include "intern.h"

struct waivers {
	struct arena text;
	struct waiver *items; /* all, those that have expired among them */
	size_t count, capacity;
	struct hash_table by_package; /* those that name packages */
	struct hash_table by_cve;     /* of the rest, those that name some */
	size_t *general;	      /* those that name only hosts */
	size_t general_count, general_capacity;
	const struct waiver **candidates; /* for the need being looked at */
	size_t candidate_count, candidate_capacity;
	unsigned without; /* of the decision that they are looked up for */
	struct span *who;
	size_t who_count, who_capacity;
	struct intern uncovered; /* hosts of which not all needs are known */
};

/* What of a need waivers are looked up by: columns of its record. */
struct waiver_need {
	struct span host, package, cves;
};

/* What the waivers say about one need. */
struct waived {
	struct span decision; /* mitigate, accept or defer */
	int64_t until;
	struct span reason;  /* of the most cautious of them */
	struct buffer who;   /* comma list of waive:WHO or reject:WHO, sorted */
	struct buffer names; /* the same without what they did */
};

/*
 * Read a record.  One that has expired is named on standard error and does not
 * count; one that is incomplete or malformed ends the program with status 65.
 * All are added before the first is looked up.
 */
void waivers_add(struct waivers *waivers, const struct record *record);

/*
 * Is the need waived?  It is when waivers for its host and package cover all
 * of it: one that names no vulnerability, or together each that it has.  A
 * rejection of any part comes before all others.  *waived is zeroed before its
 * first use.
 */
bool waivers_find(struct waivers *waivers, const struct waiver_need *need,
    struct waived *waived);

/* Who takes it on him that an emergency is not tested? */
bool waivers_skip_test(
    struct waivers *waivers, const struct waiver_need *need, struct span *who);

/* Who takes it on him that there is no version to go back to? */
bool waivers_no_backout(
    struct waivers *waivers, const struct waiver_need *need, struct span *who);

/*
 * Read a cover record: what is waived on a host that could not be judged whole
 * may be there all the same.
 */
void waivers_cover(struct waivers *waivers, const struct record *record);

/*
 * A check record for each waiver that has expired, and for each in whose scope
 * no need was that was looked up, in an order that input does not decide.  Where
 * a host in the scope is not covered, it says not-examined.
 */
void waivers_report(const struct waivers *waivers, struct output *output);

void waived_release(struct waived *waived);
void waivers_release(struct waivers *waivers);

#endif
