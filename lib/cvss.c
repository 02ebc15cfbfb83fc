#include "cvss.h"

static const struct cvss_standard *const standards[CVSS_VERSIONS] = {
    [CVSS_2_0] = &cvss2_standard,
    [CVSS_3_0] = &cvss30_standard,
    [CVSS_3_1] = &cvss31_standard,
    [CVSS_4_0] = &cvss4_standard,
};

/*
 * Take word from the front of *rest when the byte end follows, which is taken
 * too; an end of '/' stands for the end of the text as well, which leaves
 * p == NULL.
 */
static inline bool
take(struct span *rest, const char *word, char end)
{
	size_t n = 0;

	for (; word[n] != '\0'; n++)
		if (n == rest->n || rest->p[n] != word[n])
			return false;
	if (n < rest->n && rest->p[n] == end) {
		rest->p += n + 1;
		rest->n -= n + 1;
		return true;
	}
	if (n != rest->n || end != '/')
		return false;
	*rest = (struct span){NULL, 0};
	return true;
}

/* The metric that comes next; looked for behind the one before it first. */
static bool
take_metric(const struct cvss_standard *standard, struct span *rest,
    unsigned expected, unsigned *metric)
{
	for (unsigned i = 0; i < standard->count; i++) {
		unsigned at = expected + i;

		if (at >= standard->count)
			at -= standard->count;
		if (take(rest, standard->metrics[at].name, ':')) {
			*metric = at;
			return true;
		}
	}
	return false;
}

/* The number of the value, 0 when it is not defined; false for none of them. */
static bool
take_value(const struct cvss_standard *standard, struct span *rest,
    unsigned metric, uint8_t *value)
{
	const char *const *values = standard->metrics[metric].values;

	for (unsigned i = 0; i < CVSS_VALUES_MAX && values[i] != NULL; i++)
		if (take(rest, values[i], '/')) {
			*value = (uint8_t)(i + 1);
			return true;
		}
	*value = 0;
	return metric >= standard->mandatory &&
	       take(rest, standard->undefined, '/');
}

static const char *
parse_metrics(
    const struct cvss_standard *standard, struct span rest, struct cvss *cvss)
{
	uint64_t seen = 0, base = (UINT64_C(1) << standard->mandatory) - 1;
	unsigned expected = 0, metric;

	while (rest.p != NULL) {
		if (!take_metric(standard, &rest, expected, &metric))
			return "has an unknown metric";
		if ((seen >> metric & 1) != 0)
			return "has a metric twice";
		if (standard->ordered && metric < expected)
			return "has its metrics in a wrong order";
		if (!take_value(standard, &rest, metric, &cvss->value[metric]))
			return "has an unknown value of a metric";
		seen |= UINT64_C(1) << metric;
		expected = metric + 1;
	}
	return (seen & base) == base ? NULL : "lacks a base metric";
}

bool
cvss_parse(struct span text, struct cvss *cvss, const char **reason)
{
	unsigned version = CVSS_VERSIONS - 1;

	while (version > 0 &&
	       !span_starts(text, span_of(standards[version]->prefix)))
		version--;
	*cvss = (struct cvss){.version = (enum cvss_version)version};
	if (version > 0) {
		text = span_skip(text, strlen(standards[version]->prefix));
	} else if (span_starts(text, SPAN("CVSS:"))) {
		*reason = "is of an unknown version";
		return false;
	} else if (text.n >= 2 && text.p[0] == '(' &&
		   text.p[text.n - 1] == ')') {
		text = (struct span){text.p + 1, text.n - 2};
	}
	if (text.n == 0) {
		*reason = "is empty";
		return false;
	}
	*reason = parse_metrics(standards[version], text, cvss);
	return *reason == NULL;
}

int
cvss_score(const struct cvss *cvss, enum cvss_group group)
{
	return standards[cvss->version]->score(cvss, group);
}

const char *
cvss_severity(enum cvss_version version, int score)
{
	if (version == CVSS_2_0)
		return score < 40 ? "low" : score < 70 ? "medium" : "high";
	if (score == 0)
		return "none";
	if (score < 40)
		return "low";
	if (score < 70)
		return "medium";
	return score < 90 ? "high" : "critical";
}

const char *
cvss_version_name(enum cvss_version version)
{
	static const char *const names[CVSS_VERSIONS] = {
	    "2.0", "3.0", "3.1", "4.0"};

	return names[version];
}

const char *
cvss_value(const struct cvss *cvss, const char *metric)
{
	const struct cvss_standard *standard = standards[cvss->version];

	for (unsigned i = 0; i < standard->count; i++)
		if (strcmp(standard->metrics[i].name, metric) == 0 &&
		    cvss->value[i] > 0)
			return standard->metrics[i].values[cvss->value[i] - 1];
	return NULL;
}

/* Set a metric by the name of its value, unless the vector did. */
static void
set(struct cvss *cvss, unsigned metric, const char *value)
{
	const char *const *values =
	    standards[cvss->version]->metrics[metric].values;

	if (cvss->value[metric] != 0)
		return;
	for (unsigned i = 0; i < CVSS_VALUES_MAX && values[i] != NULL; i++)
		if (strcmp(values[i], value) == 0)
			cvss->value[metric] = (uint8_t)(i + 1);
}

static bool
has(const struct cvss *cvss, unsigned metric, const char *value)
{
	const char *const *values =
	    standards[cvss->version]->metrics[metric].values;

	return cvss->value[metric] > 0 &&
	       strcmp(values[cvss->value[metric] - 1], value) == 0;
}

void
cvss_set_host(struct cvss *cvss, enum cvss_loss loss, enum cvss_reach reach)
{
	static const char *const requirements[CVSS_LOSSES] = {
	    [CVSS_LOSS_LOW] = "L",
	    [CVSS_LOSS_MEDIUM] = "M",
	    [CVSS_LOSS_HIGH] = "H"};
	const struct cvss_settable *at = &standards[cvss->version]->set;

	for (unsigned i = 0; i < 3 && requirements[loss] != NULL; i++)
		set(cvss, at->requirement + i, requirements[loss]);
	if (at->modified_vector == 0 || !has(cvss, at->interaction, "N"))
		return;
	if (reach == CVSS_REACH_ADJACENT && has(cvss, at->vector, "N"))
		set(cvss, at->modified_vector, "A");
	if (reach == CVSS_REACH_LOCAL &&
	    (has(cvss, at->vector, "N") || has(cvss, at->vector, "A")))
		set(cvss, at->modified_vector, "L");
}
