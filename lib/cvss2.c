/* CVSS 2.0: the guide's section 3.2, equations. */
#include "cvss_metrics.h"

enum { AV, AC, AU, C, I, A, E, RL, RC, CDP, TD, CR, IR, AR, METRICS };

static const struct cvss_metric metrics[METRICS] = {
    [AV] = {"AV", {"L", "A", "N"}},
    [AC] = {"AC", {"H", "M", "L"}},
    [AU] = {"Au", {"M", "S", "N"}},
    [C] = {"C", {"N", "P", "C"}},
    [I] = {"I", {"N", "P", "C"}},
    [A] = {"A", {"N", "P", "C"}},
    [E] = {"E", {"U", "POC", "F", "H"}},
    [RL] = {"RL", {"OF", "TF", "W", "U"}},
    [RC] = {"RC", {"UC", "UR", "C"}},
    [CDP] = {"CDP", {"N", "L", "LM", "MH", "H"}},
    [TD] = {"TD", {"N", "L", "M", "H"}},
    [CR] = {"CR", {"L", "M", "H"}},
    [IR] = {"IR", {"L", "M", "H"}},
    [AR] = {"AR", {"L", "M", "H"}},
};

/*
 * The weights, as integers: thousandths of AV, Au, C, I and A, tenths of CDP,
 * hundredths of the others.  What is not defined comes first.
 */
static const int64_t weights[METRICS][CVSS_VALUES_MAX + 1] = {
    [AV] = {0, 395, 646, 1000},
    [AC] = {0, 35, 61, 71},
    [AU] = {0, 450, 560, 704},
    [C] = {0, 0, 275, 660},
    [I] = {0, 0, 275, 660},
    [A] = {0, 0, 275, 660},
    [E] = {100, 85, 90, 95, 100},
    [RL] = {100, 87, 90, 95, 100},
    [RC] = {100, 90, 95, 100},
    [CDP] = {0, 0, 1, 3, 4, 5},
    [TD] = {100, 0, 25, 75, 100},
    [CR] = {100, 50, 100, 151},
    [IR] = {100, 50, 100, 151},
    [AR] = {100, 50, 100, 151},
};

static int64_t
weight(const struct cvss *cvss, unsigned metric)
{
	return weights[metric][cvss->value[metric]];
}

/* value/unit rounded to an integer, halves up. */
static int64_t
rounded(int64_t value, int64_t unit)
{
	return (value + unit / 2) / unit;
}

/* One less an impact times its requirement, in units of 1e-5. */
static int64_t
left_over(const struct cvss *cvss, unsigned impact, unsigned requirement)
{
	return 100000 -
	       weight(cvss, impact) *
		   (requirement == 0 ? 100 : weight(cvss, requirement));
}

/*
 * The base score in tenths; with environmental set, that of the adjusted impact.
 * Impact is kept in units of 1e-12, which is exact for the base score.
 */
static int64_t
base(const struct cvss *cvss, bool environmental)
{
	const int64_t one = INT64_C(1000000000000);
	int64_t impact, exploitability, score;

	impact = INT64_C(1000000000000000) -
		 left_over(cvss, C, environmental ? CR : 0) *
		     left_over(cvss, I, environmental ? IR : 0) *
		     left_over(cvss, A, environmental ? AR : 0);
	impact = rounded(impact * 1041, 100000);
	if (impact == 0)
		return 0;
	if (environmental && impact > 10 * one)
		impact = 10 * one;
	exploitability = 20 * weight(cvss, AV) * weight(cvss, AC) *
			 weight(cvss, AU) * 10000;
	score = 6 * impact + 4 * exploitability - 15 * one; /* times 10 */
	/* A small impact with a low requirement comes out below 0. */
	return score < 0 ? 0 : rounded(score * 1176, 1000 * one);
}

static int64_t
temporal(const struct cvss *cvss, int64_t score)
{
	return rounded(
	    score * weight(cvss, E) * weight(cvss, RL) * weight(cvss, RC),
	    1000000);
}

static int
compute_score(const struct cvss *cvss, enum cvss_group group)
{
	int64_t score = base(cvss, group == CVSS_ENVIRONMENTAL);

	if (group == CVSS_BASE)
		return (int)score;
	score = temporal(cvss, score);
	if (group == CVSS_THREAT)
		return (int)score;
	return (int)rounded(
	    (10 * score + (100 - score) * weight(cvss, CDP)) * weight(cvss, TD),
	    1000);
}

const struct cvss_standard cvss2_standard = {
    .prefix = "",
    .undefined = "ND",
    .metrics = metrics,
    .count = METRICS,
    .mandatory = E,
    .ordered = true,
    .score = compute_score,
    .set = {.requirement = CR, .vector = AV},
};
