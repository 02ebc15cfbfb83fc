/*
 * CVE records, JSON 5.x, one or several: of the CVE programme and of CISA's
 * Vulnrichment, which adds CVSS, SSVC and the catalogue of exploited
 * vulnerabilities in a container of its own.  Schema: CVE_Record_Format, SSVC
 * points within it: ADP container of CISA, metrics/other.
 */
#include "feed_json.h"
#include "feed_threat.h"
#include "timestamp.h"

static const struct option_row options[] = {FEED_OPTION_NAME, FEED_OPTION_END};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "cve5 [options] [FILE ...]",
    .summary = "CVE records, JSON 5, with CISA's Vulnrichment",
    .examples = "pm-collect cve5 CVE-2026-1234.json\n"
		"unzip -p vulnrichment.zip '*/CVE-*.json' | pm-collect cve5",
    .options = options,
};

static struct feed_json json;

static void
take_points(const struct json_value *content, struct span *values)
{
	const struct json_value *option, *point;

	for (option = feed_json_items(content, "options"); option != NULL;
	     option = option->next)
		for (point = option->first; point != NULL; point = point->next)
			feed_ssvc_point(
			    values, point->key, feed_json_text(point));
}

struct known {
	struct span *values;
	struct feed_cvss best;
	char added[TIMESTAMP_SIZE];
};

static void
take_metric(struct known *known, const struct json_value *metric)
{
	const struct json_value *other = json_member(metric, "other"), *part;
	const struct json_value *content = json_member(other, "content");
	struct span added;

	for (part = metric->first; part != NULL; part = part->next)
		if (span_starts(part->key, SPAN("cvssV")))
			feed_cvss_add(&known->best, json.feed,
			    feed_json_string(part, "vectorString"),
			    known->values[CVE_CVE]);
	if (span_is(json_text(other, "type"), "ssvc"))
		take_points(content, known->values);
	if (!span_is(json_text(other, "type"), "kev"))
		return;
	added = feed_json_stamp(
	    feed_json_string(content, "dateAdded"), known->added);
	if (added.n > 0)
		known->values[CVE_KEV_ADDED] = added;
}

static void
take_container(struct known *known, const struct json_value *container)
{
	for (const struct json_value *metric =
		 feed_json_items(container, "metrics");
	     metric != NULL; metric = metric->next)
		take_metric(known, metric);
}

static void
take_record(struct feed_json *self, const struct json_value *value)
{
	const struct json_value *about = json_member(value, "cveMetadata"),
				*containers = json_member(value, "containers"),
				*adp;
	struct span values[CVE_COLUMNS] = {{0}};
	struct known known = {.values = values};
	char published[TIMESTAMP_SIZE];

	values[CVE_CVE] = feed_json_string(about, "cveId");
	if (!feed_is_cve(values[CVE_CVE])) {
		feed_unused(self->feed, "no CVE record", 0, values[CVE_CVE]);
		return;
	}
	if (!span_is(json_text(about, "state"), "PUBLISHED")) {
		feed_unused(self->feed, "not published, or rejected", 0,
		    values[CVE_CVE]);
		return;
	}
	take_container(&known, json_member(containers, "cna"));
	for (adp = feed_json_items(containers, "adp"); adp != NULL;
	     adp = adp->next)
		take_container(&known, adp);
	feed_cvss_set(&known.best, values);
	if (values[CVE_KEV_ADDED].n > 0)
		values[CVE_EXPLOIT] = SPAN("active");
	values[CVE_PUBLISHED] = feed_json_stamp(
	    feed_json_string(about, "datePublished"), published);
	feed_json_date(self->feed, feed_json_string(about, "dateUpdated"));
	feed_vulnerability(self->feed, values);
}

static const struct feed_json_part parts[] = {
    {"", take_record},
    {"*", take_record},
    {NULL, NULL},
};
static const char *const ignore[] = {"descriptions", "affected", "references",
    "problemTypes", "credits", "timeline", "source", "x_legacyV4Record",
    "solutions", "workarounds", "cpeApplicability", NULL};
static const struct feed_json_form form = {
    .parts = parts, .ignore = ignore, .several = true};

static void
read_records(struct feed *feed)
{
	feed->origin = SPAN("CVE");
	feed_json_read(&json, feed, &form);
}

static void
release(void)
{
	feed_json_release(&json);
}

const struct feed_source feed_cve5 = {
    .program = &program,
    .name = "cve5",
    .kind = "threat",
    .read = read_records,
    .release = release,
};
