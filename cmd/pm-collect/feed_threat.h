/*
 * What several feeds say of a vulnerability in the same words: CVSS vectors and
 * SSVC decision points.
 */
#ifndef PM_FEED_THREAT_H
#define PM_FEED_THREAT_H

#include "cvss.h"
#include "feed.h"

/* The vector to go by: of the newest version of CVSS, the first such one. */
struct feed_cvss {
	bool known;
	enum cvss_version version;
	struct span vector; /* borrowed */
	char score[16];	    /* its base score, such as 7.5 */
};

/* Consider a vector.  One that cannot be read is counted as such. */
void feed_cvss_add(struct feed_cvss *best, struct feed *feed,
    struct span vector, struct span cve);

/* Put it into the columns of a cve record. */
void feed_cvss_set(const struct feed_cvss *best, struct span *values);

/*
 * Take a decision point of SSVC (as CISA gives them, version 2.0.3) into the
 * columns of a cve record: Exploitation, Automatable, Technical Impact, in any
 * case and with or without the blank.  Others and unknown values are left.
 */
void feed_ssvc_point(struct span *values, struct span point, struct span value);

#endif
