/*
 * Two figures for one need in one unit, minutes that are expected to be lost:
 * by leaving it, and by patching.  pm-score(1), section FIGURES, gives the
 * formulas and says what each weight is; the weights are in risk.c.
 */
#ifndef PM_SCORE_RISK_H
#define PM_SCORE_RISK_H

#include "history.h"
#include "threat.h"

/* Where no rule says what a restart and a reboot take. */
enum { RISK_MINUTES_RESTART = 1, RISK_MINUTES_REBOOT = 5 };

struct risk_subject {
	struct span tier, exposed; /* of the host */
	struct span package, installed, fixed, state, severity, kind;
	uint64_t closure;	/* packages that change together; 0: unknown */
	uint64_t peers;		/* hosts for the same work; 0: unknown */
	double restart, reboot; /* minutes that they take */
	bool vulnerable;	/* the need names vulnerabilities */
	const struct threat *threat;
	struct fared fared; /* how the package fared before */
};

/* A figure below 0 cannot be said. */
struct risk {
	double likelihood, exposure, severity, loss;
	double unpatched; /* their product */
	double trouble, recovery, downtime, peers;
	double patching; /* (downtime + trouble * recovery) / peers */
	bool deferrable; /* patching is the larger risk */
};

struct risk risk_of(const struct risk_subject *subject);

#endif
