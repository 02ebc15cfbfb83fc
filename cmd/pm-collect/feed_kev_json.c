/* CISA's catalogue of known exploited vulnerabilities, in JSON. */
#include "feed_json.h"
#include "feed_kev.h"
#include "timestamp.h"

static struct feed_json json;

bool
feed_kev_is_json(struct feed *feed)
{
	struct span start = feed_peek(feed);

	if (span_starts(start, SPAN("\xef\xbb\xbf")))
		start = span_skip(start, 3);
	while (start.n > 0 && strchr(" \t\r\n", start.p[0]) != NULL &&
	       start.p[0] != '\0')
		start = span_skip(start, 1);
	return start.n > 0 && start.p[0] == '{';
}

static void
take_entry(struct feed_json *self, const struct json_value *value)
{
	struct span values[CVE_COLUMNS] = {{0}};
	char added[TIMESTAMP_SIZE];

	values[CVE_CVE] = feed_json_string(value, "cveID");
	if (!feed_is_cve(values[CVE_CVE])) {
		feed_unused(
		    self->feed, "no CVE identifier", 0, values[CVE_CVE]);
		return;
	}
	values[CVE_EXPLOIT] = SPAN("active");
	values[CVE_KEV_ADDED] = feed_json_stamp(
	    feed_json_string(value, "dateAdded"), added);
	if (values[CVE_KEV_ADDED].n == 0)
		feed_json_fail(self, "dateAdded is no date such as 2026-11-23");
	feed_vulnerability(self->feed, values);
}

static void
take_date(struct feed_json *self, const struct json_value *value)
{
	feed_json_date(self->feed, feed_json_text(value));
}

static const struct feed_json_part parts[] = {
    {"vulnerabilities/*", take_entry},
    {"dateReleased", take_date},
    {NULL, NULL},
};
static const char *const ignore[] = {
    "shortDescription", "requiredAction", "notes", "cwes", NULL};
static const struct feed_json_form form = {.parts = parts, .ignore = ignore};

void
feed_kev_read_json(struct feed *feed)
{
	feed->origin = SPAN("CISA");
	feed_json_read(&json, feed, &form);
}

void
feed_kev_release_json(void)
{
	feed_json_release(&json);
}
