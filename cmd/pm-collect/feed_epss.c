/*
 * FIRST's exploit prediction scores, in CSV: cve, epss and, since September
 * 2021, percentile; since February 2022 a comment with the date goes before.
 */
#include "feed_csv.h"
#include "timestamp.h"

static const struct option_row options[] = {FEED_OPTION_NAME, FEED_OPTION_END};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "epss [options] [FILE ...]",
    .summary = "FIRST's exploit prediction scores (EPSS), in CSV",
    .examples = "pm-collect epss epss_scores-2026-11-23.csv.gz\n"
		"curl -s URL | pm-collect epss | pm-score - needs.tsv",
    .options = options,
};

static const char *const wanted[] = {"cve", "epss", NULL};
enum { CVE, EPSS };

static struct feed_csv csv;

/* 2022-02-04T00:00:00+0000, which is not quite RFC 3339. */
static void
take_date(struct feed *feed, struct span text)
{
	char stamp[TIMESTAMP_SIZE];

	if (text.n == 0)
		return;
	if (span_ends(text, SPAN("+0000")) && text.n - 5 == sizeof(stamp) - 2) {
		memcpy(stamp, text.p, text.n - 5);
		stamp[text.n - 5] = 'Z';
		text = (struct span){stamp, text.n - 4};
	}
	if (!timestamp_parse(text, &feed->date))
		feed_fail(feed, 1, "the score_date is no date");
	feed->dated = true;
}

static void
read_epss(struct feed *feed)
{
	struct span values[CVE_COLUMNS] = {{0}};
	bool has_percentile;
	unsigned percentile;
	double figure;

	take_date(feed, feed_csv_open(&csv, feed, wanted, SPAN("score_date:")));
	has_percentile = feed_csv_has(&csv, "percentile", &percentile);
	feed_covers(feed, SPAN("-"), SPAN("-"));
	feed->origin = SPAN("FIRST");
	while (feed_csv_next(&csv)) {
		values[CVE_CVE] = feed_csv_get(&csv, CVE);
		values[CVE_EPSS] = feed_csv_get(&csv, EPSS);
		if (has_percentile)
			values[CVE_EPSS_PERCENTILE] =
			    csv.table.field[percentile];
		if (!feed_is_cve(values[CVE_CVE])) {
			feed_unused(feed, "no CVE identifier", csv.table.line,
			    values[CVE_CVE]);
			continue;
		}
		if (!span_decimal(values[CVE_EPSS], &figure) || figure > 1) {
			feed_unused(feed, "the score is no number from 0 to 1",
			    csv.table.line, values[CVE_CVE]);
			continue;
		}
		if (has_percentile &&
		    (!span_decimal(values[CVE_EPSS_PERCENTILE], &figure) ||
			figure > 1)) {
			feed_unused(feed,
			    "the percentile is no number from 0 to 1",
			    csv.table.line, values[CVE_CVE]);
			continue;
		}
		feed_vulnerability(feed, values);
	}
	feed_csv_release(&csv);
}

static void
release(void)
{
	feed_csv_release(&csv);
}

const struct feed_source feed_epss = {
    .program = &program,
    .name = "epss",
    .kind = "threat",
    .read = read_epss,
    .release = release,
};
