/*
 * What is known of vulnerabilities, from cve records.  A figure that nobody
 * gave is its own value, never 0: it stays "-".
 */
#ifndef PM_SCORE_THREAT_H
#define PM_SCORE_THREAT_H

#include "input.h"
#include "intern.h"
#include "severity.h"

/* Ordered: worse is greater; 0 is unknown. */
enum threat_flag { FLAG_UNKNOWN, FLAG_NO, FLAG_YES };
enum threat_impact { IMPACT_UNKNOWN, IMPACT_PARTIAL, IMPACT_TOTAL };
enum threat_exploit {
	EXPLOIT_UNKNOWN,
	EXPLOIT_NONE,
	EXPLOIT_POC,	    /* a proof of concept is public */
	EXPLOIT_WEAPONIZED, /* ready to use, as in an exploit framework */
	EXPLOIT_ACTIVE	    /* used in attacks */
};

struct threat {
	double cvss, epss, epss_percentile; /* below 0: unknown */
	struct span epss_text;		    /* as the source wrote it */
	struct span epss_percentile_text;
	struct severity severity; /* cvss on each kind of host */
	enum threat_flag kev, automatable;
	enum threat_exploit exploit;
	enum threat_impact impact;
	bool doubtful; /* said of this vulnerability that they disagree */
};

/* A vulnerability that will be looked up soon, by where its name stands. */
struct threat_expected {
	const char *name;
	uint64_t hash;
};

struct threats {
	struct intern names; /* number of a vulnerability = its threat */
	struct intern texts;
	struct threat *items;
	size_t capacity;
	struct threat_expected *expected; /* in the order of the records */
	size_t expected_count, expected_next, expected_capacity;
	uint64_t doubts; /* vulnerabilities whose score and vector disagree */
};

/*
 * Add what a record says; the worst of several records counts.  Of a record
 * with a vector the score is that of the vector; where the record has another
 * one, or no vector that can be understood, that is said once of each
 * vulnerability.  Returns the score that the record lacks though its vector has
 * it, in a static buffer, else "-".
 */
struct span threats_add(struct threats *threats, const struct record *record);

/*
 * These records come next: their vulnerabilities are brought into the caches all
 * at once, since waiting for one after another is most of the work.
 */
void threats_expect(
    struct threats *threats, const struct record *records, size_t count);

/*
 * The worst of each figure over a comma list of vulnerabilities.  Returns how
 * many of them have a record; *unknown counts the others.
 */
unsigned threats_worst(struct threats *threats, struct span cves,
    struct threat *worst, unsigned *unknown);

/*
 * The threat that the figures of a record express, for a record that was scored
 * before; where names the record in messages.
 */
struct threat threat_parse(const char *where, struct span cvss,
    struct span epss, struct span epss_percentile, struct span kev,
    struct span exploit, struct span automatable, struct span impact);

/* The words of the stream; "-" for unknown. */
struct span threat_flag_text(enum threat_flag flag);
struct span threat_exploit_text(enum threat_exploit exploit);
struct span threat_impact_text(enum threat_impact impact);

void threats_release(struct threats *threats);

#endif
