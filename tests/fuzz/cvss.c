/*
 * The input is a vector.  One that is accepted has scores within their range,
 * in every group and whatever the host and the exploits; each of them is the
 * same when the vector is taken again; and a host that is harder to reach or
 * whose loss hurts less never raises a score.  The input lies in memory of its
 * own, so that reading past its end shows.
 */
#include "fuzz.h"

#include "cvss.h"
#include "memory.h"

static void
demand(bool law)
{
	if (!law)
		abort();
}

/* The environmental score on a host. */
static int
score_on(const struct cvss *cvss, unsigned loss, unsigned reach)
{
	struct cvss here = *cvss;
	int score;

	cvss_set_host(&here, (enum cvss_loss)loss, (enum cvss_reach)reach);
	score = cvss_score(&here, CVSS_ENVIRONMENTAL);
	demand(score >= 0 && score <= 100);
	demand(cvss_score(&here, CVSS_BASE) == cvss_score(cvss, CVSS_BASE));
	return score;
}

static void
check(const struct cvss *cvss)
{
	/* cvss_set_host says what 3.0 does */
	int fall = cvss->version == CVSS_3_0 ? 1 : 0;

	for (unsigned i = CVSS_BASE; i <= CVSS_ENVIRONMENTAL; i++) {
		int score = cvss_score(cvss, (enum cvss_group)i);

		demand(score >= 0 && score <= 100);
		demand(cvss_severity(cvss->version, score) != NULL);
	}
	for (unsigned reach = 0; reach < CVSS_REACHES; reach++)
		for (unsigned loss = 0; loss < CVSS_LOSSES; loss++) {
			int score = score_on(cvss, loss, reach);

			if (reach > 0)
				demand(
				    score <= score_on(cvss, loss, reach - 1));
			if (loss > CVSS_LOSS_LOW)
				demand(score + fall >=
				       score_on(cvss, loss - 1, reach));
		}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = memory_array(NULL, size, 1);
	struct span text = {copy, size};
	struct cvss cvss, again;
	const char *reason = NULL;

	if (size > 0)
		memcpy(copy, data, size);
	if (cvss_parse(text, &cvss, &reason)) {
		demand(cvss_parse(text, &again, &reason) &&
		       memcmp(&cvss, &again, sizeof(cvss)) == 0);
		check(&cvss);
	} else {
		demand(reason != NULL);
	}
	free(copy);
	return 0;
}
