#include "feed_threat.h"

#include <stdio.h>

void
feed_cvss_add(struct feed_cvss *best, struct feed *feed, struct span vector,
    struct span cve)
{
	const char *reason;
	struct cvss cvss;
	int score;

	if (!cvss_parse(vector, &cvss, &reason)) {
		feed_unused(feed, "a CVSS vector that is none", 0, cve);
		return;
	}
	if (best->known && cvss.version <= best->version)
		return;
	score = cvss_score(&cvss, CVSS_BASE);
	best->known = true;
	best->version = cvss.version;
	best->vector = vector;
	snprintf(
	    best->score, sizeof(best->score), "%d.%d", score / 10, score % 10);
}

void
feed_cvss_set(const struct feed_cvss *best, struct span *values)
{
	if (!best->known)
		return;
	values[CVE_VECTOR] = best->vector;
	values[CVE_CVSS] = span_of(best->score);
}

/* Equal but for case and blanks; name is in small letters without blanks. */
static bool
is_named(struct span text, const char *name)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == ' ')
			continue;
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (*name == '\0' || c != *name++)
			return false;
	}
	return *name == '\0';
}

void
feed_ssvc_point(struct span *values, struct span point, struct span value)
{
	static const struct {
		const char *point;
		enum cve_column column;
		const char *value, *word;
	} table[] = {
	    {"exploitation", CVE_EXPLOIT, "none", "none"},
	    {"exploitation", CVE_EXPLOIT, "poc", "poc"},
	    {"exploitation", CVE_EXPLOIT, "publicpoc", "poc"},
	    {"exploitation", CVE_EXPLOIT, "active", "active"},
	    {"automatable", CVE_AUTOMATABLE, "no", "no"},
	    {"automatable", CVE_AUTOMATABLE, "yes", "yes"},
	    {"technicalimpact", CVE_IMPACT, "partial", "partial"},
	    {"technicalimpact", CVE_IMPACT, "total", "total"},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (is_named(point, table[i].point) &&
		    is_named(value, table[i].value))
			values[table[i].column] = span_of(table[i].word);
}
