/*
 * CVSS: the examples of the specifications, the laws that scores obey, what
 * follows from a host, and the published scores below $PM_DATA/priority.
 */
#include "cvss.h"

#include "tap.h"

#include <archive.h>
#include <limits.h>

enum { LINE_MAX_BYTES = 4096, WORDS = 6 };

/* The next line without its newline; false at the end. */
static bool
read_line(FILE *file, struct span *line)
{
	static char text[LINE_MAX_BYTES];

	if (fgets(text, sizeof(text), file) == NULL)
		return false;
	*line = span_of(text);
	if (span_ends(*line, SPAN("\n")))
		line->n--;
	return true;
}

/* 7.5, 10 or 10.0 in tenths; -1 when it is no score. */
static int
tenths(struct span text)
{
	double value;

	if (!span_decimal(text, &value) || value > 10)
		return -1;
	return (int)(value * 10 + 0.5);
}

/* Score a vector that is known to be one. */
static int
score_of(const char *vector, enum cvss_group group)
{
	const char *reason;
	struct cvss cvss;

	if (cvss_parse(span_of(vector), &cvss, &reason))
		return cvss_score(&cvss, group);
	printf("# %s %s\n", vector, reason);
	return INT_MIN;
}

static void
test_example(const char *path, unsigned number, struct span line)
{
	struct span rest = line, vector = span_cut(&rest, ' ');
	const char *reason;
	struct cvss cvss;
	bool right = true;
	int score[3];

	if (!cvss_parse(vector, &cvss, &reason)) {
		ok(false, "%s:%u: %s", path, number, reason);
		return;
	}
	for (unsigned i = CVSS_BASE; i <= CVSS_ENVIRONMENTAL; i++) {
		score[i] = cvss_score(&cvss, (enum cvss_group)i);
		if (score[i] != tenths(span_cut(&rest, ' ')))
			right = false;
	}
	ok(right, "%s:%u: %.*s (%d %d %d)", path, number, SPAN_ARG(vector),
	    score[0], score[1], score[2]);
}

static void
test_examples(const char *path)
{
	FILE *file = fopen(path, "r");
	struct span line;
	unsigned number = 0;

	if (file == NULL) {
		ok(false, "%s cannot be read", path);
		return;
	}
	while (read_line(file, &line)) {
		const char *reason = NULL;
		struct cvss cvss;

		number++;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (line.p[0] != '!')
			test_example(path, number, line);
		else
			ok(!cvss_parse(span_skip(line, 1), &cvss, &reason) &&
				reason != NULL,
			    "%s:%u: %.*s: %s", path, number, SPAN_ARG(line),
			    reason == NULL ? "accepted" : reason);
	}
	fclose(file);
}

/* A highest vector of a macrovector, given as six digits. */
static void
highest_vector(const char *eq, char *vector, size_t size)
{
	static const char *const set1[] = {"N", "A", "P"};
	static const char *const set2[] = {"L", "H"};
	static const char *const impact[][2] = {
	    {"VC:H/VI:H/VA:H", "VC:H/VI:H/VA:H"},
	    {"VC:L/VI:H/VA:H", "VC:L/VI:H/VA:L"}, {NULL, "VC:L/VI:L/VA:L"}};
	static const char *const required[][2] = {
	    {"CR:H/IR:H/AR:H", "CR:M/IR:M/AR:M"},
	    {"CR:H/IR:H/AR:H", "CR:H/IR:M/AR:H"}, {NULL, "CR:H/IR:H/AR:H"}};
	static const char *const set4[] = {
	    "SC:H/SI:H/SA:H", "SC:H/SI:H/SA:H", "SC:L/SI:L/SA:L"};
	unsigned i[6];

	for (unsigned k = 0; k < 6; k++)
		i[k] = (unsigned)(eq[k] - '0');
	snprintf(vector, size,
	    "CVSS:4.0/AV:%s/AC:%s/AT:N/PR:N/UI:N/%s/%s/E:%c/%s%s", set1[i[0]],
	    set2[i[1]], impact[i[2]][i[5]], set4[i[3]], "APU"[i[4]],
	    required[i[2]][i[5]], i[3] == 0 ? "/MSI:S/MSA:S" : "");
}

/* 4.0: every macrovector is in the table, with its score. */
static void
test_macrovectors(const char *path)
{
	FILE *file = fopen(path, "r");
	unsigned count = 0, wrong = 0;
	char vector[256];
	struct span line;

	if (file == NULL) {
		ok(false, "%s cannot be read", path);
		return;
	}
	while (read_line(file, &line)) {
		if (line.n < 8 || line.p[0] == '#')
			continue;
		highest_vector(line.p, vector, sizeof(vector));
		count++;
		if (score_of(vector, CVSS_ENVIRONMENTAL) ==
		    tenths(span_skip(line, 7)))
			continue;
		wrong++;
		printf("# %.*s: %s scores %d\n", SPAN_ARG(line), vector,
		    score_of(vector, CVSS_ENVIRONMENTAL));
	}
	fclose(file);
	ok(count == 270 && wrong == 0,
	    "the highest vectors of 270 macrovectors have their scores");
}

/* The base metrics of a version with their values, the most severe first. */
struct choice {
	const char *name, *values;
};

enum { CHOICES = 11 };

struct version_choices {
	const char *prefix;
	struct choice choice[CHOICES];
};

static const struct version_choices all_choices[] = {
    {"", {{"AV", "NAL"}, {"AC", "LMH"}, {"Au", "NSM"}, {"C", "CPN"},
	     {"I", "CPN"}, {"A", "CPN"}}},
    {"CVSS:3.0/", {{"AV", "NALP"}, {"AC", "LH"}, {"PR", "NLH"}, {"UI", "NR"},
		      {"S", "CU"}, {"C", "HLN"}, {"I", "HLN"}, {"A", "HLN"}}},
    {"CVSS:3.1/", {{"AV", "NALP"}, {"AC", "LH"}, {"PR", "NLH"}, {"UI", "NR"},
		      {"S", "CU"}, {"C", "HLN"}, {"I", "HLN"}, {"A", "HLN"}}},
    {"CVSS:4.0/",
	{{"AV", "NALP"}, {"AC", "LH"}, {"AT", "NP"}, {"PR", "NLH"},
	    {"UI", "NPA"}, {"VC", "HLN"}, {"VI", "HLN"}, {"VA", "HLN"},
	    {"SC", "HLN"}, {"SI", "HLN"}, {"SA", "HLN"}}},
};

enum { VECTOR_MAX = 128 };

static void
spell(char *vector, const struct version_choices *choices,
    const unsigned *chosen, const char *suffix)
{
	size_t n = (size_t)snprintf(vector, VECTOR_MAX, "%s", choices->prefix);

	for (unsigned i = 0; i < CHOICES && choices->choice[i].name; i++)
		n += (size_t)snprintf(vector + n, VECTOR_MAX - n, "%s%s:%c",
		    i == 0 ? "" : "/", choices->choice[i].name,
		    choices->choice[i].values[chosen[i]]);
	snprintf(vector + n, VECTOR_MAX - n, "%s", suffix);
}

static int
score_chosen(const struct version_choices *choices, const unsigned *chosen)
{
	char vector[VECTOR_MAX];

	spell(vector, choices, chosen, "");
	return score_of(vector, CVSS_BASE);
}

/* To the next combination of values; false behind the last. */
static bool
choose_next(const struct version_choices *choices, unsigned *chosen)
{
	for (unsigned i = 0; i < CHOICES && choices->choice[i].name; i++) {
		if (choices->choice[i].values[++chosen[i]] != '\0')
			return true;
		chosen[i] = 0;
	}
	return false;
}

/* Over all base vectors: a more severe value never lowers the score. */
static void
test_monotony(const struct version_choices *choices)
{
	unsigned chosen[CHOICES] = {0}, vectors = 0, wrong = 0;

	do {
		int score = score_chosen(choices, chosen);

		vectors++;
		if (score < 0 || score > 100)
			wrong++;
		for (unsigned i = 0; i < CHOICES; i++) {
			if (chosen[i] == 0)
				continue;
			chosen[i]--;
			if (score_chosen(choices, chosen) < score)
				wrong++;
			chosen[i]++;
		}
	} while (choose_next(choices, chosen));
	ok(wrong == 0 && vectors > 500,
	    "%s%u vectors: no metric made more severe lowers a score (%u do)",
	    choices->prefix, vectors, wrong);
}

/* How far a higher loss lowers the score of a vector, in tenths. */
static int
fall_of(const char *vector)
{
	int before = 0, fall = 0;
	const char *reason;
	struct cvss cvss;

	if (!cvss_parse(span_of(vector), &cvss, &reason))
		return 100;
	for (unsigned loss = CVSS_LOSS_LOW; loss < CVSS_LOSSES; loss++) {
		struct cvss here = cvss;
		int score;

		cvss_set_host(&here, (enum cvss_loss)loss, CVSS_REACH_NETWORK);
		score = cvss_score(&here, CVSS_ENVIRONMENTAL);
		if (before - score > fall)
			fall = before - score;
		before = score;
	}
	return fall;
}

/*
 * Over all base vectors, on hosts whose loss weighs more and more: the score
 * grows.  Where the scope changes, the formulas of 3.x take more off near the
 * highest impact than it adds: 0.03 in 3.0, which rounds to a tenth.
 */
static void
test_losses(const struct version_choices *choices)
{
	static const char *const suffixes[] = {"", "/CR:L", "/CR:M", "/CR:H"};
	const char *changed = strstr(choices->prefix, "3.0") ? "/S:C/" : NULL;
	unsigned chosen[CHOICES] = {0}, vectors = 0, falls = 0, wrong = 0;

	do {
		for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]);
		     i++) {
			char vector[VECTOR_MAX];
			int fall;

			spell(vector, choices, chosen, suffixes[i]);
			fall = fall_of(vector);
			vectors++;
			falls += fall > 0;
			wrong += fall >
				 (changed && strstr(vector, changed) ? 1 : 0);
		}
	} while (choose_next(choices, chosen));
	ok(wrong == 0 && (falls > 0) == (changed != NULL),
	    "%s%u vectors: %u score a tenth less where a loss is higher, as "
	    "the specification has it; %u others do",
	    choices->prefix, vectors, falls, wrong);
}

/* Every value of every metric is taken, and a value not defined is none. */
static void
test_undefined(void)
{
	static const char *const pairs[][2] = {
	    {"CVSS:3.1/AV:A/AC:H/PR:L/UI:R/S:C/C:L/I:H/A:N",
		"/E:X/RL:X/RC:X/CR:X/IR:X/AR:X/MAV:X/MAC:X/MPR:X/MUI:X/MS:X"
		"/MC:X/MI:X/MA:X"},
	    {"CVSS:4.0/AV:A/AC:H/AT:P/PR:L/UI:P/VC:L/VI:H/VA:N/SC:L/SI:N/SA:H",
		"/E:X/CR:X/IR:X/AR:X/MAV:X/MAC:X/MAT:X/MPR:X/MUI:X/MVC:X/MVI:X"
		"/MVA:X/MSC:X/MSI:X/MSA:X/S:X/AU:X/R:X/V:X/RE:X/U:X"},
	    {"AV:A/AC:H/Au:S/C:P/I:C/A:N",
		"/E:ND/RL:ND/RC:ND/CDP:ND/TD:ND/CR:ND/IR:ND/AR:ND"},
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		const char *reason;
		struct cvss bare, full;
		char vector[256];

		snprintf(
		    vector, sizeof(vector), "%s%s", pairs[i][0], pairs[i][1]);
		ok(cvss_parse(span_of(pairs[i][0]), &bare, &reason) &&
			cvss_parse(span_of(vector), &full, &reason) &&
			memcmp(&bare, &full, sizeof(bare)) == 0,
		    "%s: metrics that are not defined are none", pairs[i][0]);
	}
}

/* Parsing stops at the end of the span. */
static void
test_span(void)
{
	static const char text[] =
	    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
	    "/E:U";
	size_t base = strlen(text) - strlen("/E:U");
	const char *reason;
	struct cvss cvss;
	unsigned accepted = 0;

	for (size_t n = 0; n < base; n++) {
		/* memory of its own, so that reading past the end shows */
		char *copy = malloc(n + 1);

		if (copy == NULL)
			exit(1);
		memcpy(copy, text, n);
		copy[n] = 'H';
		accepted += cvss_parse((struct span){copy, n}, &cvss, &reason);
		free(copy);
	}
	ok(accepted == 0, "no beginning of a vector is one");
	ok(cvss_parse((struct span){text, base}, &cvss, &reason) &&
		cvss_value(&cvss, "E") == NULL,
	    "what stands behind a vector is not read");
	ok(!cvss_parse((struct span){NULL, 0}, &cvss, &reason),
	    "nothing is no vector");
}

static void
test_severity(void)
{
	static const struct {
		int score;
		const char *of2, *of3;
	} rows[] = {
	    {0, "low", "none"},
	    {1, "low", "low"},
	    {39, "low", "low"},
	    {40, "medium", "medium"},
	    {69, "medium", "medium"},
	    {70, "high", "high"},
	    {89, "high", "high"},
	    {90, "high", "critical"},
	    {100, "high", "critical"},
	};
	bool right = true;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		right &= strcmp(cvss_severity(CVSS_2_0, rows[i].score),
			     rows[i].of2) == 0;
		for (unsigned v = CVSS_3_0; v < CVSS_VERSIONS; v++)
			right &= strcmp(cvss_severity((enum cvss_version)v,
					    rows[i].score),
				     rows[i].of3) == 0;
	}
	ok(right, "the words for scores, at their borders");
}

/* What a host makes of a vector: the values of some metrics, and the score. */
static void
test_host(const char *vector, enum cvss_loss loss, enum cvss_reach reach,
    const char *requirement, const char *modified, int score)
{
	static const char *const requirements[] = {"CR", "IR", "AR"};
	const char *reason, *value;
	struct cvss cvss;
	bool right = cvss_parse(span_of(vector), &cvss, &reason);

	cvss_set_host(&cvss, loss, reach);
	for (unsigned i = 0; i < 3; i++) {
		value = cvss_value(&cvss, requirements[i]);
		right &= strcmp(value == NULL ? "-" : value, requirement) == 0;
	}
	value = cvss_value(&cvss, "MAV");
	right &= strcmp(value == NULL ? "-" : value, modified) == 0;
	ok(right && cvss_score(&cvss, CVSS_ENVIRONMENTAL) == score,
	    "%s on a host of loss %d, reach %d: requirements %s, MAV %s, "
	    "%d (%d)",
	    vector, loss, reach, requirement, modified, score,
	    cvss_score(&cvss, CVSS_ENVIRONMENTAL));
}

#define ADJACENT CVSS_REACH_ADJACENT
#define LOCAL CVSS_REACH_LOCAL
#define NETWORK CVSS_REACH_NETWORK

static void
test_hosts(void)
{
	const char *server = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N";
	const char *server4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/"
			      "VA:H/SC:N/SI:N/SA:N";
	const char *client = "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H";
	const char *beside = "CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
	const char *local = "CVSS:3.0/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H";

	test_host(server, CVSS_LOSS_UNKNOWN, NETWORK, "-", "-", 75);
	test_host(server, CVSS_LOSS_HIGH, NETWORK, "H", "-", 93);
	test_host(server, CVSS_LOSS_MEDIUM, NETWORK, "M", "-", 75);
	test_host(server, CVSS_LOSS_LOW, NETWORK, "L", "-", 57);
	test_host(server, CVSS_LOSS_UNKNOWN, ADJACENT, "-", "A", 65);
	test_host(server, CVSS_LOSS_UNKNOWN, LOCAL, "-", "L", 62);
	test_host(server4, CVSS_LOSS_UNKNOWN, NETWORK, "-", "-", 93);
	test_host(server4, CVSS_LOSS_HIGH, NETWORK, "H", "-", 93);
	test_host(server4, CVSS_LOSS_MEDIUM, NETWORK, "M", "-", 90);
	test_host(server4, CVSS_LOSS_LOW, NETWORK, "L", "-", 89);
	test_host(server4, CVSS_LOSS_UNKNOWN, ADJACENT, "-", "A", 87);
	test_host(server4, CVSS_LOSS_UNKNOWN, LOCAL, "-", "L", 86);
	test_host(client, CVSS_LOSS_UNKNOWN, LOCAL, "-", "-", 88);
	test_host(beside, CVSS_LOSS_UNKNOWN, ADJACENT, "-", "-", 88);
	test_host(beside, CVSS_LOSS_UNKNOWN, LOCAL, "-", "L", 84);
	test_host(local, CVSS_LOSS_UNKNOWN, LOCAL, "-", "-", 78);
	test_host(
	    "AV:N/AC:L/Au:N/C:P/I:P/A:P", CVSS_LOSS_LOW, LOCAL, "L", "-", 56);
	test_host("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N/CR:L/IR:L/"
		  "AR:L/MAV:P",
	    CVSS_LOSS_HIGH, ADJACENT, "L", "P", 28);
}

/* The whole contents of an xz file, NULL when it cannot be read. */
static char *
unpack(const char *path)
{
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;
	size_t room = 0, size = 0;
	char *text = NULL;
	la_ssize_t n = 1;

	archive_read_support_filter_xz(archive);
	archive_read_support_format_raw(archive);
	if (archive_read_open_filename(archive, path, 65536) != ARCHIVE_OK ||
	    archive_read_next_header(archive, &entry) != ARCHIVE_OK)
		n = -1;
	while (n > 0) {
		if (room - size < 65536 + 1) {
			char *grown = realloc(text, room = 2 * room + 131072);

			if (grown == NULL)
				exit(1);
			text = grown;
		}
		n = archive_read_data(archive, text + size, 65536);
		size += n > 0 ? (size_t)n : 0;
	}
	archive_read_free(archive);
	if (n == 0)
		text[size] = '\0';
	else
		free(text);
	return n == 0 ? text : NULL;
}

/* The listed exceptions: what the table publishes, and why it differs. */
struct exception {
	char cve[32], why[16];
	int score;
	bool seen;
};

static struct exception exceptions[64];
static unsigned exception_count;

static void
read_exceptions(const char *path)
{
	FILE *file = fopen(path, "r");
	struct span line;

	if (file == NULL) {
		ok(false, "%s cannot be read", path);
		return;
	}
	while (read_line(file, &line) &&
	       exception_count < sizeof(exceptions) / sizeof(exceptions[0])) {
		struct exception *new = &exceptions[exception_count];
		struct span rest = line, cve = span_cut(&rest, ' ');

		if (line.n == 0 || line.p[0] == '#')
			continue;
		snprintf(new->cve, sizeof(new->cve), "%.*s", SPAN_ARG(cve));
		new->score = tenths(span_cut(&rest, ' '));
		snprintf(new->why, sizeof(new->why), "%.*s", SPAN_ARG(rest));
		exception_count++;
	}
	fclose(file);
}

/* Is this published score one of the exceptions, for the reason given? */
static bool
is_exception(struct span cve, const struct cvss *cvss, int published)
{
	for (unsigned i = 0; i < exception_count; i++) {
		struct exception *listed = &exceptions[i];

		if (!span_is(cve, listed->cve))
			continue;
		listed->seen = true;
		return published == listed->score &&
		       (published == cvss_score(cvss, CVSS_ENVIRONMENTAL)) ==
			   (strcmp(listed->why, "environmental") == 0);
	}
	return false;
}

struct tally {
	unsigned rows, scored, base, temporal, listed, wrong;
};

/* cve, published, state, version, base score, vector, ... */
static void
check_row(struct span line, struct tally *tally)
{
	struct span word[WORDS];
	const char *reason;
	struct cvss cvss;
	int published;

	for (unsigned i = 0; i < WORDS; i++)
		word[i] = span_cut(&line, '\t');
	if (word[5].p == NULL || span_is(word[0], "#cve"))
		return;
	tally->rows++;
	if (word[5].n == 0)
		return;
	tally->scored++;
	published = tenths(word[4]);
	if (!cvss_parse(word[5], &cvss, &reason)) {
		printf("# %.*s %s\n", SPAN_ARG(word[0]), reason);
		tally->wrong++;
	} else if (published == cvss_score(&cvss, CVSS_BASE)) {
		tally->base++;
	} else if (published == cvss_score(&cvss, CVSS_THREAT)) {
		tally->temporal++;
	} else if (is_exception(word[0], &cvss, published)) {
		tally->listed++;
	} else {
		printf("# %.*s is published with %d, but %.*s scores %d\n",
		    SPAN_ARG(word[0]), published, SPAN_ARG(word[5]),
		    cvss_score(&cvss, CVSS_BASE));
		tally->wrong++;
	}
}

static void
test_published(void)
{
	const char *data = getenv("PM_DATA");
	struct tally tally = {0};
	char path[PATH_MAX], *text;
	struct span rest;
	unsigned seen = 0;

	snprintf(path, sizeof(path),
	    "%s/priority/vulnrichment-ssvc-cvss-to2023.tsv.xz",
	    data == NULL ? "" : data);
	text = unpack(path);
	if (text == NULL) {
		ok(true, "published scores # SKIP no "
			 "priority/vulnrichment-*.tsv.xz in PM_DATA");
		return;
	}
	read_exceptions("tests/cases/cvss-published.txt");
	rest = span_of(text);
	while (rest.p != NULL)
		check_row(span_cut(&rest, '\n'), &tally);
	free(text);
	for (unsigned i = 0; i < exception_count; i++)
		seen += exceptions[i].seen;
	ok(tally.wrong == 0,
	    "%u published vulnerabilities, %u with a vector: base score %u, "
	    "temporal score %u, exceptions %u, wrong %u",
	    tally.rows, tally.scored, tally.base, tally.temporal, tally.listed,
	    tally.wrong);
	ok(tally.scored > 12000 && tally.temporal < 250,
	    "most are base scores");
	ok(seen == exception_count, "every listed exception is one");
}

int
main(void)
{
	test_examples("tests/cases/cvss.txt");
	test_macrovectors("tests/cases/cvss4.txt");
	for (size_t i = 0; i < sizeof(all_choices) / sizeof(all_choices[0]);
	     i++) {
		test_monotony(&all_choices[i]);
		test_losses(&all_choices[i]);
	}
	test_undefined();
	test_span();
	test_severity();
	test_hosts();
	test_published();
	return done();
}
