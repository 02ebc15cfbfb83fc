/*
 * Two figures for one need, on one scale from 0 to 100: what leaving it
 * unpatched risks, and what patching risks.  pm-score(1), section FIGURES, gives
 * the formulas; the weights are in risk.c.
 */
#ifndef PM_SCORE_RISK_H
#define PM_SCORE_RISK_H

#include "threat.h"

struct risk_subject {
	struct span tier, exposed; /* of the host */
	struct span package, installed, fixed, state, severity, kind;
	bool vulnerable; /* the need names vulnerabilities */
	const struct threat *threat;
};

/* Below 0 when it cannot be said. */
double risk_unpatched(const struct risk_subject *subject);
double risk_of_patching(const struct risk_subject *subject);

#endif
