/*
 * CVSS 3.0 and 3.1: section 8 of the 3.0 specification, section 7 of 3.1.  The
 * versions differ in how they round up and in the modified impact.
 */
#include "cvss_metrics.h"

enum {
	AV,
	AC,
	PR,
	UI,
	S,
	C,
	I,
	A,
	E,
	RL,
	RC,
	CR,
	IR,
	AR,
	MODIFIED, /* the base metrics once more */
	METRICS = MODIFIED + E
};

static const struct cvss_metric metrics[METRICS] = {
    [AV] = {"AV", {"N", "A", "L", "P"}},
    [AC] = {"AC", {"L", "H"}},
    [PR] = {"PR", {"N", "L", "H"}},
    [UI] = {"UI", {"N", "R"}},
    [S] = {"S", {"U", "C"}},
    [C] = {"C", {"N", "L", "H"}},
    [I] = {"I", {"N", "L", "H"}},
    [A] = {"A", {"N", "L", "H"}},
    [E] = {"E", {"U", "P", "F", "H"}},
    [RL] = {"RL", {"O", "T", "W", "U"}},
    [RC] = {"RC", {"U", "R", "C"}},
    [CR] = {"CR", {"L", "M", "H"}},
    [IR] = {"IR", {"L", "M", "H"}},
    [AR] = {"AR", {"L", "M", "H"}},
    [MODIFIED + AV] = {"MAV", {"N", "A", "L", "P"}},
    [MODIFIED + AC] = {"MAC", {"L", "H"}},
    [MODIFIED + PR] = {"MPR", {"N", "L", "H"}},
    [MODIFIED + UI] = {"MUI", {"N", "R"}},
    [MODIFIED + S] = {"MS", {"U", "C"}},
    [MODIFIED + C] = {"MC", {"N", "L", "H"}},
    [MODIFIED + I] = {"MI", {"N", "L", "H"}},
    [MODIFIED + A] = {"MA", {"N", "L", "H"}},
};

/* In hundredths, requirements in tenths; what is not defined comes first. */
static const int64_t weights[MODIFIED][CVSS_VALUES_MAX + 1] = {
    [AV] = {0, 85, 62, 55, 20},
    [AC] = {0, 77, 44},
    [PR] = {0, 85, 62, 27},
    [UI] = {0, 85, 62},
    [C] = {0, 0, 22, 56},
    [I] = {0, 0, 22, 56},
    [A] = {0, 0, 22, 56},
    [E] = {100, 91, 94, 97, 100},
    [RL] = {100, 95, 96, 97, 100},
    [RC] = {100, 92, 96, 100},
    [CR] = {10, 5, 10, 15},
    [IR] = {10, 5, 10, 15},
    [AR] = {10, 5, 10, 15},
};
static const int64_t privileges_changed[] = {0, 85, 68, 50};

#define BILLION INT64_C(1000000000)
#define UNIT (100 * BILLION) /* of impact and exploitability */

enum { SCOPE_CHANGED = 2 };

/* The value that counts: the modified one where it counts and is set. */
static unsigned
effective(const struct cvss *cvss, unsigned metric, enum cvss_group group)
{
	unsigned modified = cvss->value[MODIFIED + metric];

	if (group == CVSS_ENVIRONMENTAL && modified != 0)
		return modified;
	return cvss->value[metric];
}

/* One less an impact times its requirement, in thousandths. */
static int64_t
left_over(const struct cvss *cvss, unsigned impact, unsigned requirement,
    enum cvss_group group)
{
	int64_t factor = 10;

	if (group == CVSS_ENVIRONMENTAL)
		factor = weights[requirement][cvss->value[requirement]];
	return 1000 - weights[impact][effective(cvss, impact, group)] * factor;
}

static double
power(double x, unsigned exponent)
{
	double result = 1;

	while (exponent > 0) {
		if ((exponent & 1) != 0)
			result *= x;
		x *= x;
		exponent >>= 1;
	}
	return result;
}

/*
 * The part that is taken off the impact of a changed scope: 3.25 times a power
 * whose base is about the impact.  It has up to 200 decimals; no score comes so
 * close to a place where rounding turns that a double would not tell.
 */
static int64_t
dampening(const struct cvss *cvss, int64_t impact_base, enum cvss_group group)
{
	double x = (double)impact_base / (double)BILLION;

	x = cvss->version == CVSS_3_1 && group == CVSS_ENVIRONMENTAL
		? power(x * 0.9731 - 0.02, 13)
		: power(x - 0.02, 15);
	return (int64_t)(3.25 * x * (double)UNIT + 0.5);
}

/* The impact in 1/UNIT, 0 where it is none. */
static int64_t
impact(const struct cvss *cvss, bool changed, enum cvss_group group)
{
	int64_t part = BILLION - left_over(cvss, C, CR, group) *
				     left_over(cvss, I, IR, group) *
				     left_over(cvss, A, AR, group);

	if (group == CVSS_ENVIRONMENTAL && part > 915 * (BILLION / 1000))
		part = 915 * (BILLION / 1000);
	if (part == 0)
		return 0;
	if (!changed)
		return 642 * part;
	return 752 * (part - 29 * (BILLION / 1000)) -
	       dampening(cvss, part, group);
}

static int64_t
exploitability(const struct cvss *cvss, bool changed, enum cvss_group group)
{
	const int64_t *privileges = changed ? privileges_changed : weights[PR];

	return 8220 * weights[AV][effective(cvss, AV, group)] *
	       weights[AC][effective(cvss, AC, group)] *
	       privileges[effective(cvss, PR, group)] *
	       weights[UI][effective(cvss, UI, group)];
}

/*
 * value/unit in tenths, rounded up.  3.0 section 8: the smallest tenth that is
 * not lower.  3.1 appendix A: the same after rounding to five decimals, so that
 * inexact arithmetic does not add a tenth.
 */
static int64_t
round_up(enum cvss_version version, int64_t value, int64_t unit)
{
	int64_t tenth = unit / 10;

	if (version == CVSS_3_1) {
		tenth = 10000;
		value = (value + unit / 200000) / (unit / 100000);
	}
	return (value + tenth - 1) / tenth;
}

static int64_t
base(const struct cvss *cvss, enum cvss_group group)
{
	bool changed = effective(cvss, S, group) == SCOPE_CHANGED;
	int64_t score = impact(cvss, changed, group);

	if (score <= 0)
		return 0;
	score += exploitability(cvss, changed, group);
	score *= changed ? 108 : 100;
	if (score > 1000 * UNIT)
		score = 1000 * UNIT;
	return round_up(cvss->version, score, 100 * UNIT);
}

static int
compute_score(const struct cvss *cvss, enum cvss_group group)
{
	int64_t score = base(cvss, group);

	if (group == CVSS_BASE)
		return (int)score;
	return (int)round_up(cvss->version,
	    score * weights[E][cvss->value[E]] * weights[RL][cvss->value[RL]] *
		weights[RC][cvss->value[RC]],
	    10000000);
}

#define STANDARD(version)                                             \
	{                                                             \
		.prefix = "CVSS:" version "/", .undefined = "X",      \
		.metrics = metrics, .count = METRICS, .mandatory = E, \
		.score = compute_score,                               \
		.set = {.requirement = CR,                            \
			.vector = AV,                                 \
			.modified_vector = MODIFIED + AV,             \
			.interaction = UI }                           \
	}

const struct cvss_standard cvss30_standard = STANDARD("3.0");
const struct cvss_standard cvss31_standard = STANDARD("3.1");
