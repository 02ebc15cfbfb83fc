/*
 * CISA's catalogue of known exploited vulnerabilities, in CSV (the JSON form is
 * in feed_kev_json.c).  Columns: the catalogue's JSON schema, field by field.
 */
#include "feed_csv.h"
#include "feed_kev.h"
#include "timestamp.h"

static const struct option_row options[] = {FEED_OPTION_NAME, FEED_OPTION_END};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "kev [options] [FILE ...]",
    .summary = "CISA's known exploited vulnerabilities, in CSV or JSON",
    .examples = "pm-collect kev known_exploited_vulnerabilities.csv\n"
		"curl -s URL | pm-collect kev | pm-score - needs.tsv",
    .options = options,
};

static const char *const wanted[] = {"cveID", "dateAdded", NULL};
enum { CVE, ADDED };

static struct feed_csv csv;

static void
read_kev(struct feed *feed)
{
	struct span values[CVE_COLUMNS] = {{0}};
	char stamp[TIMESTAMP_SIZE];
	int64_t added;

	if (feed_kev_is_json(feed)) {
		feed_kev_read_json(feed);
		return;
	}
	feed_csv_open(&csv, feed, wanted, SPAN("#"));
	feed_covers(feed, SPAN("-"), SPAN("-"));
	feed->origin = SPAN("CISA");
	while (feed_csv_next(&csv)) {
		values[CVE_CVE] = feed_csv_get(&csv, CVE);
		values[CVE_KEV_ADDED] = feed_csv_get(&csv, ADDED);
		values[CVE_EXPLOIT] = SPAN("active");
		if (!feed_is_cve(values[CVE_CVE])) {
			feed_unused(feed, "no CVE identifier", csv.table.line,
			    values[CVE_CVE]);
			continue;
		}
		if (!timestamp_parse(values[CVE_KEV_ADDED], &added))
			feed_fail(feed, csv.table.line,
			    "dateAdded '%.*s' is no date such as 2026-11-23",
			    (int)(values[CVE_KEV_ADDED].n < 40
				      ? values[CVE_KEV_ADDED].n
				      : 40),
			    values[CVE_KEV_ADDED].p);
		/* the CSV has no date of its own: it is at least that new */
		if (!feed->dated || added > feed->date)
			feed->date = added;
		feed->dated = true;
		values[CVE_KEV_ADDED] = timestamp_format(added, stamp);
		feed_vulnerability(feed, values);
	}
	feed_csv_release(&csv);
}

static void
release(void)
{
	feed_csv_release(&csv);
	feed_kev_release_json();
}

const struct feed_source feed_kev = {
    .program = &program,
    .name = "kev",
    .kind = "threat",
    .read = read_kev,
    .release = release,
};
