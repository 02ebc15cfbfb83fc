/*
 * The CVSS score of a vulnerability: as published, and as its vector gives it
 * for each kind of host.
 */
#ifndef PM_SCORE_SEVERITY_H
#define PM_SCORE_SEVERITY_H

#include "cvss.h"

/* The kinds of hosts, filled up to what a processor compares at once. */
enum { SEVERITY_CELLS = 16 };

struct severity {
	double published; /* without a vector; below 0: none */
	struct span text; /* the same as the source wrote it */
	int16_t base;	  /* of the vector, in tenths; -1: none */
	uint8_t version;  /* enum cvss_version of that vector */
	bool needs_user;  /* by it the attack waits for somebody to act */
	/* environmental, as base; by severity_cell(), the last ones unused */
	int16_t on[SEVERITY_CELLS];
};

static inline unsigned
severity_cell(enum cvss_loss loss, enum cvss_reach reach)
{
	return (unsigned)loss * CVSS_REACHES + (unsigned)reach;
}

/* Nothing is known. */
extern const struct severity severity_unknown;

/* The scores of a vector. */
struct severity severity_of(const struct cvss *cvss);

/* Is the published score one that the vector has? */
bool severity_agrees(const struct cvss *cvss, double published);

/* Let the higher of each score of the two stand in worst. */
void severity_worsen(struct severity *worst, const struct severity *severity);

/* The highest base or published score; below 0: unknown. */
double severity_base(const struct severity *severity);

/*
 * The highest score on a host, as text; "-" when unknown.  It lives until the
 * next call.
 */
struct span severity_text(const struct severity *severity, enum cvss_loss loss,
    enum cvss_reach reach);

/* Tenths as text, in the same static buffer. */
struct span severity_tenths(int score);

/* What the ratings of a host mean for CVSS. */
enum cvss_loss severity_loss(struct span tier);
enum cvss_reach severity_reach(struct span exposed);

#endif
