/*
 * The Common Vulnerability Scoring System of FIRST: scores from vectors.
 *
 *	2.0	A Complete Guide to the Common Vulnerability Scoring System
 *		Version 2.0, June 2007
 *	3.0	Specification Document v3.0, June 2015
 *	3.1	Specification Document v3.1, June 2019
 *	4.0	Specification Document v4.0, November 2023
 *
 * All scores are tenths, 0 to 100, and computed in integers: a score does not
 * depend on the machine.  Where a specification rounds, it is the exact result
 * of its formula that is rounded (3.1 says how to treat inexact ones, which
 * comes to the same but for its fifth decimal).
 */
#ifndef PM_CVSS_H
#define PM_CVSS_H

#include "cvss_metrics.h"

/*
 * Parse a vector string.  Strict: every base metric, none twice, no unknown
 * metric or value.  Versions 2.0 and 4.0 fix the order of the metrics, 3.x does
 * not.  A vector without the prefix "CVSS:" is one of version 2.0, with or
 * without the parentheses that its guide writes around it.  Returns false and a
 * reason, a static phrase that goes on from "the vector", when it is none.
 */
bool cvss_parse(struct span text, struct cvss *cvss, const char **reason);

/* The score of the metrics up to this group, in tenths. */
int cvss_score(const struct cvss *cvss, enum cvss_group group);

/*
 * The word for a score: none, low, medium, high, critical.  Version 2.0 has
 * none of its own; the three words that NVD gives its scores are taken.
 */
const char *cvss_severity(enum cvss_version version, int score);

/* "2.0", "3.0", "3.1", "4.0" */
const char *cvss_version_name(enum cvss_version version);

/* The value that a vector gives a metric, NULL where it gives none. */
const char *cvss_value(const struct cvss *cvss, const char *metric);

/* How much the loss of a host would hurt. */
enum cvss_loss {
	CVSS_LOSS_UNKNOWN,
	CVSS_LOSS_LOW,
	CVSS_LOSS_MEDIUM,
	CVSS_LOSS_HIGH,
	CVSS_LOSSES
};

/* From where an attacker can reach a host. */
enum cvss_reach {
	CVSS_REACH_NETWORK,  /* from anywhere, or unknown */
	CVSS_REACH_ADJACENT, /* only from networks beside it */
	CVSS_REACH_LOCAL,    /* only from the host itself */
	CVSS_REACHES
};

/*
 * Set the environmental metrics that follow from a host.  A metric that the
 * vector sets is kept.
 *
 * The loss gives CR, IR and AR: low L, medium M, high H, unknown none.  What
 * that does is the specification's: in 2.0 and 3.x a metric not set counts as
 * M, so that a high loss raises scores; in 4.0 it counts as H.  Where the scope
 * changes, the formula of 3.0 falls again near its highest impact: there a
 * higher loss may score a tenth less.
 *
 * The reach gives MAV: A where the vector has AV:N and the reach is adjacent; L
 * where it has AV:N or AV:A and the reach is local; else none.  So it never
 * raises a score.  It gives none either where the attack needs a user to act
 * (UI other than N), since that user fetches the attack from wherever it is,
 * and none in 2.0, which has no such metric.
 */
void cvss_set_host(
    struct cvss *cvss, enum cvss_loss loss, enum cvss_reach reach);

#endif
