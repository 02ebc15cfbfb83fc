/*
 * The National Vulnerability Database of NIST, JSON 2.0: answers of its API and
 * its yearly files.  Schemas: cve_api_json_2.0.schema and those it names.
 */
#include "feed_json.h"
#include "feed_threat.h"
#include "timestamp.h"

static const struct option_row options[] = {FEED_OPTION_NAME, FEED_OPTION_END};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "nvd [options] [FILE ...]",
    .summary = "NVD's vulnerabilities, JSON 2.0",
    .examples = "pm-collect nvd nvdcve-2.0-2026.json.gz >nvd.tsv\n"
		"curl -s URL | pm-collect nvd | pm-score - needs.tsv",
    .options = options,
};

static struct feed_json json;

/* NVD's own vector is the primary one of its kind. */
static void
add_vectors(
    struct feed_cvss *best, const struct json_value *metric, struct span cve)
{
	static const char *const types[] = {"Primary", "Secondary"};

	for (unsigned i = 0; i < 2; i++)
		for (const struct json_value *item = metric->first;
		     item != NULL; item = item->next)
			if (span_is(json_text(item, "type"), types[i]))
				feed_cvss_add(best, json.feed,
				    feed_json_string(
					json_member(item, "cvssData"),
					"vectorString"),
				    cve);
}

static void
add_points(const struct json_value *metric, struct span *values)
{
	const struct json_value *item, *option, *point;

	for (item = metric->first; item != NULL; item = item->next)
		for (option = feed_json_items(
			 json_member(item, "ssvcData"), "options");
		     option != NULL; option = option->next)
			for (point = option->first; point != NULL;
			     point = point->next)
				feed_ssvc_point(
				    values, point->key, feed_json_text(point));
}

static void
take_cve(struct feed_json *self, const struct json_value *value)
{
	const struct json_value *cve = json_member(value, "cve"), *metric;
	struct span values[CVE_COLUMNS] = {{0}};
	struct feed_cvss best = {0};
	char published[TIMESTAMP_SIZE], added[TIMESTAMP_SIZE];

	values[CVE_CVE] = feed_json_string(cve, "id");
	if (!feed_is_cve(values[CVE_CVE])) {
		feed_unused(
		    self->feed, "no CVE identifier", 0, values[CVE_CVE]);
		return;
	}
	if (span_is(json_text(cve, "vulnStatus"), "Rejected")) {
		feed_unused(self->feed, "rejected", 0, values[CVE_CVE]);
		return;
	}
	for (metric = feed_json_items(cve, "metrics"); metric != NULL;
	     metric = metric->next)
		if (span_starts(metric->key, SPAN("cvssMetric")))
			add_vectors(&best, metric, values[CVE_CVE]);
		else if (span_starts(metric->key, SPAN("ssvc")))
			add_points(metric, values);
	feed_cvss_set(&best, values);
	values[CVE_KEV_ADDED] = feed_json_stamp(
	    feed_json_string(cve, "cisaExploitAdd"), added);
	if (values[CVE_KEV_ADDED].n > 0)
		values[CVE_EXPLOIT] = SPAN("active");
	values[CVE_PUBLISHED] = feed_json_stamp(
	    feed_json_string(cve, "published"), published);
	feed_vulnerability(self->feed, values);
}

static void
take_date(struct feed_json *self, const struct json_value *value)
{
	feed_json_date(self->feed, feed_json_text(value));
}

static const struct feed_json_part parts[] = {
    {"vulnerabilities/*", take_cve},
    {"timestamp", take_date},
    {NULL, NULL},
};
static const char *const ignore[] = {"descriptions", "configurations",
    "references", "weaknesses", "affected", "cveTags", "vendorComments", NULL};
static const struct feed_json_form form = {
    .parts = parts, .ignore = ignore, .several = true};

static void
read_nvd(struct feed *feed)
{
	feed->origin = SPAN("NIST");
	feed_json_read(&json, feed, &form);
}

static void
release(void)
{
	feed_json_release(&json);
}

const struct feed_source feed_nvd = {
    .program = &program,
    .name = "nvd",
    .kind = "threat",
    .read = read_nvd,
    .release = release,
};
