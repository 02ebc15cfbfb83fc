/*
 * CVSS 4.0, specification section 8: the score of the highest vector with the
 * same macrovector, less the mean over its equivalence sets of how far the
 * vector lies on the way to the next lower macrovector.
 */
#include "cvss_metrics.h"

enum {
	AV,
	AC,
	AT,
	PR,
	UI,
	VC,
	VI,
	VA,
	SC,
	SI,
	SA,
	E,
	CR,
	IR,
	AR,
	MODIFIED, /* the base metrics once more */
	SUPPLEMENTAL = MODIFIED + E,
	METRICS = SUPPLEMENTAL + 6
};

/* Values from the most severe one, but for S, which is more severe than H. */
static const struct cvss_metric metrics[METRICS] = {
    [AV] = {"AV", {"N", "A", "L", "P"}},
    [AC] = {"AC", {"L", "H"}},
    [AT] = {"AT", {"N", "P"}},
    [PR] = {"PR", {"N", "L", "H"}},
    [UI] = {"UI", {"N", "P", "A"}},
    [VC] = {"VC", {"H", "L", "N"}},
    [VI] = {"VI", {"H", "L", "N"}},
    [VA] = {"VA", {"H", "L", "N"}},
    [SC] = {"SC", {"H", "L", "N"}},
    [SI] = {"SI", {"H", "L", "N"}},
    [SA] = {"SA", {"H", "L", "N"}},
    [E] = {"E", {"A", "P", "U"}},
    [CR] = {"CR", {"H", "M", "L"}},
    [IR] = {"IR", {"H", "M", "L"}},
    [AR] = {"AR", {"H", "M", "L"}},
    [MODIFIED + AV] = {"MAV", {"N", "A", "L", "P"}},
    [MODIFIED + AC] = {"MAC", {"L", "H"}},
    [MODIFIED + AT] = {"MAT", {"N", "P"}},
    [MODIFIED + PR] = {"MPR", {"N", "L", "H"}},
    [MODIFIED + UI] = {"MUI", {"N", "P", "A"}},
    [MODIFIED + VC] = {"MVC", {"H", "L", "N"}},
    [MODIFIED + VI] = {"MVI", {"H", "L", "N"}},
    [MODIFIED + VA] = {"MVA", {"H", "L", "N"}},
    [MODIFIED + SC] = {"MSC", {"H", "L", "N"}},
    [MODIFIED + SI] = {"MSI", {"H", "L", "N", "S"}},
    [MODIFIED + SA] = {"MSA", {"H", "L", "N", "S"}},
    [SUPPLEMENTAL] = {"S", {"N", "P"}},
    [SUPPLEMENTAL + 1] = {"AU", {"N", "Y"}},
    [SUPPLEMENTAL + 2] = {"R", {"A", "U", "I"}},
    [SUPPLEMENTAL + 3] = {"V", {"D", "C"}},
    [SUPPLEMENTAL + 4] = {"RE", {"L", "M", "H"}},
    [SUPPLEMENTAL + 5] = {"U", {"Clear", "Green", "Amber", "Red"}},
};

enum { SAFETY = 4, NONE = 0xff };

/* The sets of metrics whose values are equivalent: EQ1, EQ2, EQ3 with EQ6... */
struct macrovector {
	unsigned eq1, eq2, eq3, eq4, eq5, eq6;
};

/*
 * The score of each macrovector in tenths, as the specification's appendix
 * lists them.  A set of EQ3 = 2 and EQ6 = 0 is impossible.
 */
static const uint8_t highest[3][2][3][3][3][2] = {
    {
	{
	    {{{100, 99}, {98, 95}, {95, 92}}, {{100, 96}, {93, 87}, {91, 81}},
		{{93, 90}, {89, 80}, {81, 68}}},
	    {{{98, 95}, {95, 92}, {90, 84}}, {{93, 92}, {89, 81}, {81, 65}},
		{{88, 80}, {78, 70}, {69, 48}}},
	    {{{NONE, 92}, {NONE, 82}, {NONE, 72}},
		{{NONE, 79}, {NONE, 69}, {NONE, 50}},
		{{NONE, 69}, {NONE, 55}, {NONE, 27}}},
	},
	{
	    {{{99, 97}, {95, 92}, {92, 85}}, {{95, 91}, {90, 83}, {84, 71}},
		{{92, 81}, {82, 71}, {72, 53}}},
	    {{{95, 93}, {92, 85}, {85, 73}}, {{92, 82}, {80, 72}, {70, 59}},
		{{84, 70}, {71, 52}, {50, 30}}},
	    {{{NONE, 86}, {NONE, 75}, {NONE, 52}},
		{{NONE, 71}, {NONE, 52}, {NONE, 29}},
		{{NONE, 63}, {NONE, 29}, {NONE, 17}}},
	},
    },
    {
	{
	    {{{98, 95}, {94, 87}, {91, 81}}, {{94, 89}, {86, 74}, {77, 64}},
		{{87, 75}, {74, 63}, {63, 49}}},
	    {{{94, 89}, {88, 77}, {76, 67}}, {{86, 76}, {74, 58}, {59, 50}},
		{{72, 57}, {57, 52}, {52, 25}}},
	    {{{NONE, 83}, {NONE, 70}, {NONE, 54}},
		{{NONE, 65}, {NONE, 58}, {NONE, 26}},
		{{NONE, 53}, {NONE, 21}, {NONE, 13}}},
	},
	{
	    {{{95, 90}, {88, 76}, {76, 70}}, {{90, 77}, {75, 62}, {61, 53}},
		{{77, 66}, {68, 59}, {52, 30}}},
	    {{{89, 78}, {76, 67}, {62, 58}}, {{74, 59}, {57, 57}, {47, 23}},
		{{61, 52}, {57, 29}, {24, 16}}},
	    {{{NONE, 71}, {NONE, 59}, {NONE, 30}},
		{{NONE, 58}, {NONE, 26}, {NONE, 15}},
		{{NONE, 23}, {NONE, 13}, {NONE, 6}}},
	},
    },
    {
	{
	    {{{93, 87}, {86, 72}, {75, 58}}, {{86, 74}, {74, 61}, {56, 34}},
		{{70, 54}, {52, 40}, {40, 22}}},
	    {{{85, 75}, {74, 55}, {62, 51}}, {{72, 57}, {55, 41}, {46, 19}},
		{{53, 36}, {34, 19}, {19, 8}}},
	    {{{NONE, 64}, {NONE, 51}, {NONE, 20}},
		{{NONE, 47}, {NONE, 21}, {NONE, 11}},
		{{NONE, 24}, {NONE, 9}, {NONE, 4}}},
	},
	{
	    {{{88, 75}, {73, 53}, {60, 50}}, {{73, 55}, {59, 40}, {41, 20}},
		{{54, 43}, {45, 22}, {20, 11}}},
	    {{{75, 55}, {58, 45}, {40, 21}}, {{61, 51}, {48, 18}, {20, 9}},
		{{46, 18}, {17, 7}, {8, 2}}},
	    {{{NONE, 53}, {NONE, 24}, {NONE, 14}},
		{{NONE, 24}, {NONE, 12}, {NONE, 5}},
		{{NONE, 10}, {NONE, 3}, {NONE, 1}}},
	},
    },
};

/* How severe the values are that count, 0 the most severe. */
static void
find_levels(const struct cvss *cvss, enum cvss_group group, unsigned *level)
{
	for (unsigned i = AV; i < E; i++) {
		unsigned value = cvss->value[i];

		if (group == CVSS_ENVIRONMENTAL &&
		    cvss->value[MODIFIED + i] != 0)
			value = cvss->value[MODIFIED + i];
		/* impacts on others begin with safety, even where it has no S */
		if (i < SC)
			level[i] = value - 1;
		else
			level[i] = value == SAFETY ? 0 : value;
	}
	for (unsigned i = E; i < MODIFIED; i++) {
		bool counts = i == E ? group >= CVSS_THREAT
				     : group == CVSS_ENVIRONMENTAL;

		level[i] = counts && cvss->value[i] != 0 ? cvss->value[i] - 1u
							 : 0;
	}
}

/* Section 8.2, where the sets EQ1 to EQ6 are defined. */
static struct macrovector
find_macrovector(const unsigned *level)
{
	int easy = (level[AV] == 0) + (level[PR] == 0) + (level[UI] == 0);
	struct macrovector at = {.eq5 = level[E]};

	if (easy < 3)
		at.eq1 = easy > 0 && level[AV] < 3 ? 1 : 2;
	at.eq2 = level[AC] != 0 || level[AT] != 0;
	if (level[VC] != 0 || level[VI] != 0)
		at.eq3 = level[VC] == 0 || level[VI] == 0 || level[VA] == 0 ? 1
									    : 2;
	if (level[SI] != 0 && level[SA] != 0)
		at.eq4 = level[SC] == 1 || level[SI] == 1 || level[SA] == 1 ? 1
									    : 2;
	at.eq6 = (level[VC] != 0 || level[CR] != 0) &&
		 (level[VI] != 0 || level[IR] != 0) &&
		 (level[VA] != 0 || level[AR] != 0);
	return at;
}

static int
lookup(struct macrovector at)
{
	if (at.eq1 > 2 || at.eq2 > 1 || at.eq3 > 2 || at.eq4 > 2 || at.eq5 > 2)
		return NONE;
	return highest[at.eq1][at.eq2][at.eq3][at.eq4][at.eq5][at.eq6];
}

/* The score one step down in EQ3 with EQ6; of two such steps the higher. */
static int
lookup_below_eq3(struct macrovector at)
{
	struct macrovector eq3 = at, eq6 = at;
	int a, b;

	eq3.eq3++;
	if (at.eq6 == 1)
		return lookup(eq3);
	eq6.eq6++;
	if (at.eq3 == 1)
		return lookup(eq6);
	a = lookup(eq3);
	b = lookup(eq6);
	return a > b ? a : b;
}

/* How far down the way is, of how many steps, and what the next ones score. */
struct way {
	int steps, depth, next;
};

/*
 * The steps in each set are those from the highest vector of the macrovector.
 * Several vectors may be the highest, but all of them have the same sum of
 * levels, which is what is taken off here.
 */
static void
find_ways(const unsigned *level, struct macrovector at, struct way *way)
{
	static const int first1[] = {0, 1, 3}, depth1[] = {1, 4, 5};
	static const int first2[] = {0, 1}, depth2[] = {1, 2};
	static const int first3[][2] = {{0, 3}, {1, 3}, {0, 3}};
	static const int depth3[][2] = {{7, 6}, {8, 8}, {1, 10}};
	static const int first4[] = {1, 3, 6}, depth4[] = {6, 5, 4};
	struct macrovector below[4] = {at, at, at, at};

	below[0].eq1++;
	below[1].eq2++;
	below[2].eq4++;
	below[3].eq5++;
	way[0] = (struct way){
	    (int)(level[AV] + level[PR] + level[UI]) - first1[at.eq1],
	    depth1[at.eq1], lookup(below[0])};
	way[1] = (struct way){(int)(level[AC] + level[AT]) - first2[at.eq2],
	    depth2[at.eq2], lookup(below[1])};
	way[2] = (struct way){(int)(level[VC] + level[VI] + level[VA] +
				    level[CR] + level[IR] + level[AR]) -
				  first3[at.eq3][at.eq6],
	    depth3[at.eq3][at.eq6], lookup_below_eq3(at)};
	way[3] = (struct way){
	    (int)(level[SC] + level[SI] + level[SA]) - first4[at.eq4],
	    depth4[at.eq4], lookup(below[2])};
	way[4] = (struct way){0, 1, lookup(below[3])};
}

static bool
harmless(const unsigned *level)
{
	return level[VC] == 2 && level[VI] == 2 && level[VA] == 2 &&
	       level[SC] == 3 && level[SI] == 3 && level[SA] == 3;
}

static int
compute_score(const struct cvss *cvss, enum cvss_group group)
{
	enum { SCALE = 840 }; /* a multiple of every depth */
	unsigned level[MODIFIED];
	struct macrovector at;
	struct way way[5];
	int top, below = 0, count = 0;

	find_levels(cvss, group, level);
	if (harmless(level))
		return 0;
	at = find_macrovector(level);
	top = lookup(at);
	find_ways(level, at, way);
	for (unsigned i = 0; i < 5; i++) {
		if (way[i].next == NONE)
			continue;
		below += (top - way[i].next) * way[i].steps *
			 (SCALE / way[i].depth);
		count++;
	}
	if (count == 0)
		return top;
	/* The mean is taken off and halves are rounded up, all at once. */
	top = (2 * (top * SCALE * count - below) + SCALE * count) /
	      (2 * SCALE * count);
	return top < 0 ? 0 : top;
}

const struct cvss_standard cvss4_standard = {
    .prefix = "CVSS:4.0/",
    .undefined = "X",
    .metrics = metrics,
    .count = METRICS,
    .mandatory = E,
    .ordered = true,
    .score = compute_score,
    .set =
	{
	    .requirement = CR,
	    .vector = AV,
	    .modified_vector = MODIFIED + AV,
	    .interaction = UI,
	},
};
