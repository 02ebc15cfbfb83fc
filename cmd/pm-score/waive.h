/* Waivers: findings that somebody has decided about, until a day. */
#ifndef PM_SCORE_WAIVE_H
#define PM_SCORE_WAIVE_H

#include "input.h"
#include "intern.h"

struct waivers {
	struct arena text;
	struct waiver *items;
	size_t count, capacity;
	struct hash_table by_package; /* those that name packages */
	struct hash_table by_cve;     /* of the rest, those that name some */
	size_t *general;	      /* those that name only hosts */
	size_t general_count, general_capacity;
	const struct waiver **candidates; /* for the need being looked at */
	size_t candidate_count, candidate_capacity;
	bool skip_test; /* of which kind they are */
	struct span *who;
	size_t who_count, who_capacity;
};

/* What the waivers say about one need. */
struct waived {
	struct span decision; /* mitigate, accept or defer */
	int64_t until;
	struct buffer who; /* comma list of waive:WHO or reject:WHO, sorted */
};

/*
 * Read a record.  One that has expired is named and left out; one that is
 * incomplete or malformed ends the program with status 65.
 */
void waivers_add(struct waivers *waivers, const struct record *record);

/*
 * Is the need waived?  It is when waivers for its host and package cover all
 * of it: one that names no vulnerability, or together each that it has.  A
 * rejection of any part comes before all others.
 */
bool waivers_find(struct waivers *waivers, struct span host,
    struct span package, struct span cves, struct waived *waived);

/* Who takes it on him that an emergency is not tested? */
bool waivers_skip_test(struct waivers *waivers, struct span host,
    struct span package, struct span cves, struct span *who);

void waivers_release(struct waivers *waivers);

#endif
