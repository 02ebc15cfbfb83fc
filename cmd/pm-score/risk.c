#include "risk.h"

#include <math.h>

enum { WEIGHT_OF_GUESS = 10 }; /* tries that the size of a change counts for */

#define REBOOT_FAILS 0.02    /* a host does not come back by itself */
#define TEST_PASSED 0.25     /* of the trouble is left */
#define TEST_FAILED 0.5	     /* at least this much is to be expected */
#define LIKELIHOOD_GUESS 0.1 /* when nobody said anything: not 0 */

/* What a tier stands for, in minutes; one that is unknown is the worst. */
static const struct tier {
	const char *name;
	double loss;	 /* by a successful attack */
	double recovery; /* from a patch that went wrong */
} tiers[] = {
    {"operational", 480, 60},
    {"business", 1440, 120},
    {"mission", 4320, 240},
};

static const struct tier *
tier_of(struct span name)
{
	unsigned last = sizeof(tiers) / sizeof(tiers[0]) - 1;

	for (unsigned i = 0; i < last; i++)
		if (span_is(name, tiers[i].name))
			return &tiers[i];
	return &tiers[last];
}

/* Who can reach it; unknown counts as everybody. */
static double
exposure_weight(struct span exposed)
{
	if (span_is(exposed, "internal"))
		return 0.4;
	if (span_is(exposed, "local"))
		return 0.2;
	if (span_is(exposed, "none"))
		return 0.1;
	return 1.0;
}

/* The base score, or what stands for the advisory's word; below 0: unknown. */
static double
severity(const struct risk_subject *subject)
{
	static const struct {
		const char *word;
		double score;
	} words[] = {
	    {"critical", 9.5},
	    {"emergency", 9.5},
	    {"high", 8.0},
	    {"important", 8.0},
	    {"medium", 5.5},
	    {"moderate", 5.5},
	    {"low", 2.5},
	    {"negligible", 1.0},
	    {"unimportant", 1.0},
	};

	if (subject->threat->cvss >= 0)
		return subject->threat->cvss;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_is(subject->severity, words[i].word))
			return words[i].score;
	return -1;
}

/* How likely it is to be attacked within a month or so. */
static double
likelihood(const struct threat *threat)
{
	static const double floors[] = {
	    [EXPLOIT_UNKNOWN] = 0.02, /* more than none */
	    [EXPLOIT_NONE] = 0.01,
	    [EXPLOIT_POC] = 0.1,
	    [EXPLOIT_WEAPONIZED] = 0.3,
	    [EXPLOIT_ACTIVE] = 0.9,
	};
	double floor = floors[threat->exploit];

	if (threat->kev == FLAG_YES && floor < 0.9)
		floor = 0.9;
	if (threat->epss > floor)
		return threat->epss;
	if (threat->epss < 0 && threat->kev == FLAG_UNKNOWN &&
	    threat->exploit == EXPLOIT_UNKNOWN)
		return LIKELIHOOD_GUESS;
	return floor;
}

/* A version without its packaging revision; the epoch is taken off apart. */
static struct span
upstream(struct span version, struct span *epoch)
{
	const char *colon = span_find(version, ':');

	*epoch = SPAN("0");
	if (colon != NULL) {
		epoch->p = version.p;
		epoch->n = (size_t)(colon - version.p);
		version = span_skip(version, epoch->n + 1);
	}
	for (size_t i = version.n; i > 0; i--)
		if (version.p[i - 1] == '-')
			return (struct span){version.p, i - 1};
	return version;
}

static struct span
leading_number(struct span version)
{
	size_t n = 0;

	while (n < version.n && version.p[n] >= '0' && version.p[n] <= '9')
		n++;
	return (struct span){version.p, n};
}

/* How often a change of this size breaks something. */
static double
change(struct span installed, struct span fixed)
{
	struct span old_epoch, new_epoch;
	struct span from, to;

	if (span_absent(installed) || span_absent(fixed))
		return 0.05;
	from = upstream(installed, &old_epoch);
	to = upstream(fixed, &new_epoch);
	if (!span_equal(old_epoch, new_epoch))
		return 0.10;
	if (span_equal(from, to))
		return 0.01;
	if (span_equal(leading_number(from), leading_number(to)))
		return 0.03;
	return 0.10;
}

static bool
needs_reboot(const struct risk_subject *subject)
{
	return span_is(subject->state, "reboot") ||
	       span_starts(subject->package, SPAN("linux-image-")) ||
	       span_is(subject->package, "kernel") ||
	       span_starts(subject->package, SPAN("kernel-core"));
}

/* How likely it is that patching one package goes wrong. */
static double
trouble_of_one(const struct risk_subject *subject)
{
	const struct fared *fared = &subject->fared;
	double guess = change(subject->installed, subject->fixed);
	double chance;

	if (span_is(subject->state, "reboot"))
		return 0;
	if (fared->test == TEST_RESULT_PASSED)
		guess *= TEST_PASSED;
	chance = (WEIGHT_OF_GUESS * guess + (double)fared->failed) /
		 (WEIGHT_OF_GUESS + (double)fared->tried);
	if (fared->test == TEST_RESULT_FAILED && chance < TEST_FAILED)
		chance = TEST_FAILED;
	return chance;
}

/* That it goes wrong with any of those that change together, or the reboot. */
static double
trouble(const struct risk_subject *subject, bool reboot)
{
	double fine = 1 - trouble_of_one(subject);

	if (subject->closure > 1)
		fine = pow(fine, (double)subject->closure);
	return 1 - fine * (reboot ? 1 - REBOOT_FAILS : 1);
}

/* Attacks are known, and they can come from anywhere. */
static bool
pressing(const struct risk_subject *subject)
{
	return (subject->threat->kev == FLAG_YES ||
		   subject->threat->exploit == EXPLOIT_ACTIVE) &&
	       exposure_weight(subject->exposed) >= 1.0;
}

struct risk
risk_of(const struct risk_subject *subject)
{
	const struct tier *tier = tier_of(subject->tier);
	bool reboot = needs_reboot(subject);
	struct risk risk = {
	    .likelihood = likelihood(subject->threat),
	    .exposure = exposure_weight(subject->exposed),
	    .severity = severity(subject) / 10,
	    .loss = tier->loss,
	    .unpatched = -1,
	    .trouble = trouble(subject, reboot),
	    .recovery = tier->recovery,
	    .downtime = reboot ? subject->reboot : subject->restart,
	    .peers = subject->peers == 0 ? 1 : (double)subject->peers,
	    .patching = -1,
	};

	if (risk.severity >= 0 &&
	    (subject->vulnerable || span_is(subject->kind, "security")))
		risk.unpatched = risk.likelihood * risk.exposure *
				 risk.severity * risk.loss;
	if (!span_is(subject->state, "unfixed"))
		risk.patching = (risk.downtime + risk.trouble * risk.recovery) /
				risk.peers;
	risk.deferrable = risk.unpatched >= 0 &&
			  risk.patching > risk.unpatched && !pressing(subject);
	return risk;
}
