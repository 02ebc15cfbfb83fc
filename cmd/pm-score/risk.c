#include "risk.h"

/* What the loss of a host weighs; an unknown tier weighs as the worst. */
static double
tier_weight(struct span tier)
{
	if (span_is(tier, "operational"))
		return 0.3;
	if (span_is(tier, "business"))
		return 0.6;
	return 1.0;
}

/* Who can reach it; unknown counts as exposed. */
static double
exposure_weight(struct span exposed)
{
	return span_is(exposed, "internet") || span_absent(exposed) ? 1.0 : 0.4;
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
	    [EXPLOIT_UNKNOWN] = 0,
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
	/* Nobody said anything: not 0, but what a public flaw averages. */
	if (threat->epss < 0 && floor <= 0)
		return 0.1;
	return floor;
}

double
risk_unpatched(const struct risk_subject *subject)
{
	double score = severity(subject);

	if (!subject->vulnerable && !span_is(subject->kind, "security"))
		return -1;
	if (score < 0)
		return -1;
	return score * 10 * likelihood(subject->threat) *
	       tier_weight(subject->tier) * exposure_weight(subject->exposed);
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
trouble(struct span installed, struct span fixed)
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

double
risk_of_patching(const struct risk_subject *subject)
{
	double chance = 0;

	if (span_is(subject->state, "unfixed"))
		return -1;
	if (!span_is(subject->state, "reboot"))
		chance = trouble(subject->installed, subject->fixed);
	if (needs_reboot(subject))
		chance += 0.02;
	return 100 * chance * tier_weight(subject->tier);
}
