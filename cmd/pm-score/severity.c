#include "severity.h"

const struct severity severity_unknown = {
    .published = -1,
    .text = {"-", 1},
    .base = -1,
    .on = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
};

_Static_assert(
    CVSS_LOSSES *CVSS_REACHES == 12 && SEVERITY_CELLS >= 12, "unknown cells");

/* As cvss_set_host() asks before it lets the exposure count. */
static bool
needs_user(const struct cvss *cvss)
{
	const char *interaction = cvss_value(cvss, "UI");

	return interaction != NULL && strcmp(interaction, "N") != 0;
}

struct severity
severity_of(const struct cvss *cvss)
{
	struct severity severity = severity_unknown;

	severity.base = (int16_t)cvss_score(cvss, CVSS_BASE);
	severity.version = (uint8_t)cvss->version;
	severity.needs_user = needs_user(cvss);
	for (unsigned loss = 0; loss < CVSS_LOSSES; loss++)
		for (unsigned reach = 0; reach < CVSS_REACHES; reach++) {
			struct cvss here = *cvss;

			cvss_set_host(&here, (enum cvss_loss)loss,
			    (enum cvss_reach)reach);
			severity.on[severity_cell(
			    (enum cvss_loss)loss, (enum cvss_reach)reach)] =
			    (int16_t)cvss_score(&here, CVSS_ENVIRONMENTAL);
		}
	return severity;
}

/* Of a vector with temporal metrics many publish the temporal score. */
bool
severity_agrees(const struct cvss *cvss, double published)
{
	for (unsigned i = CVSS_BASE; i <= CVSS_THREAT; i++) {
		double off = published * 10 -
			     cvss_score(cvss, (enum cvss_group)i);

		if (off > -0.01 && off < 0.01)
			return true;
	}
	return false;
}

void
severity_worsen(struct severity *worst, const struct severity *severity)
{
	/* 8 and 8.0 are equal; which is written must not hang on the order. */
	if (severity->published > worst->published ||
	    (severity->published >= worst->published &&
		span_compare(severity->text, worst->text) < 0)) {
		worst->published = severity->published;
		worst->text = severity->text;
	}
	/* Of two vectors with one score the later version is spoken of. */
	if (severity->base > worst->base ||
	    (severity->base == worst->base &&
		severity->version > worst->version)) {
		worst->base = severity->base;
		worst->version = severity->version;
		worst->needs_user = severity->needs_user;
	} else if (severity->base == worst->base &&
		   severity->version == worst->version) {
		worst->needs_user &= severity->needs_user;
	}
	for (unsigned i = 0; i < SEVERITY_CELLS; i++)
		worst->on[i] = severity->on[i] > worst->on[i] ? severity->on[i]
							      : worst->on[i];
}

double
severity_base(const struct severity *severity)
{
	double base = severity->base < 0 ? -1 : severity->base / 10.0;

	return base > severity->published ? base : severity->published;
}

struct span
severity_tenths(int score)
{
	static char text[] = "1x.x";

	text[1] = (char)('0' + score / 10 % 10);
	text[3] = (char)('0' + score % 10);
	return span_skip(span_of(text), score < 100 ? 1 : 0);
}

struct span
severity_text(
    const struct severity *severity, enum cvss_loss loss, enum cvss_reach reach)
{
	int score = severity->on[severity_cell(loss, reach)];

	if (score < 0 || severity->published * 10 > score)
		return severity->text;
	return severity_tenths(score);
}

enum cvss_loss
severity_loss(struct span tier)
{
	if (span_is(tier, "mission"))
		return CVSS_LOSS_HIGH;
	if (span_is(tier, "business"))
		return CVSS_LOSS_MEDIUM;
	if (span_is(tier, "operational"))
		return CVSS_LOSS_LOW;
	return CVSS_LOSS_UNKNOWN;
}

enum cvss_reach
severity_reach(struct span exposed)
{
	if (span_is(exposed, "internal"))
		return CVSS_REACH_ADJACENT;
	/* Nothing is open to others: who is on the host can still attack it. */
	if (span_is(exposed, "local") || span_is(exposed, "none"))
		return CVSS_REACH_LOCAL;
	return CVSS_REACH_NETWORK;
}
