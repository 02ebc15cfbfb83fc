/*
 * Microsoft's updates as wesng publishes them (definitions.zip, the CSV files
 * in it): a row for each vulnerability, update (KB) and product; microsoft.h
 * says what becomes of them.  Links to exploits become cve records.
 */
#include "feed_csv.h"
#include "intern.h"
#include "microsoft.h"
#include "timestamp.h"

static const struct option_row options[] = {FEED_OPTION_NAME, FEED_OPTION_END};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "wesng [options] [FILE ...]",
    .summary = "Microsoft's updates by product: the CSV of wesng's "
	       "definitions",
    .examples = "unzip -p definitions.zip 'CVEs_*.csv' | "
		"pm-collect wesng >windows.tsv\n"
		"pm-collect wesng CVEs.csv | pm-match - hosts.tsv",
    .options = options,
};

static const char *const wanted[] = {"DatePosted", "CVE", "BulletinKB", "Title",
    "AffectedProduct", "Severity", "Supersedes", "Exploits", NULL};
enum { POSTED, CVE, KB, TITLE, PRODUCT, SEVERITY, SUPERSEDES, EXPLOITS };

static struct feed_csv csv;
static struct intern exploited; /* vulnerabilities with an exploit */

/* "20170314" */
static bool
parse_date(struct span text, int64_t *date)
{
	char day[] = "0000-00-00";

	if (text.n != 8 || !microsoft_is_number(text))
		return false;
	memcpy(day, text.p, 4);
	memcpy(day + 5, text.p + 4, 2);
	memcpy(day + 8, text.p + 6, 2);
	return timestamp_parse(span_of(day), date);
}

static void
take_row(struct feed *feed)
{
	struct span cve = span_trim(feed_csv_get(&csv, CVE));
	uint64_t line = csv.table.line;
	struct microsoft_update *update;
	enum microsoft_severity severity;

	if (feed_is_cve(cve) && feed_csv_get(&csv, EXPLOITS).n > 0)
		intern_add(&exploited, cve);
	update = microsoft_update(feed, line, span_trim(feed_csv_get(&csv, KB)),
	    span_trim(feed_csv_get(&csv, PRODUCT)), cve);
	if (update == NULL)
		return;
	if (update->title == 0)
		update->title = microsoft_name(
		    span_trim(feed_csv_get(&csv, TITLE)));
	severity = microsoft_severity(feed_csv_get(&csv, SEVERITY));
	if (severity > update->severity)
		update->severity = (uint8_t)severity;
	if (!update->dated)
		update->dated = parse_date(
		    feed_csv_get(&csv, POSTED), &update->date);
	microsoft_add_cve(update, cve);
	microsoft_add_superseded(
	    feed, line, update, feed_csv_get(&csv, SUPERSEDES));
}

static void
write_exploited(struct feed *feed)
{
	struct span values[CVE_COLUMNS] = {{0}};

	values[CVE_EXPLOIT] = SPAN("poc");
	for (uint32_t i = 1; i < exploited.count; i++) {
		values[CVE_CVE] = intern_span(&exploited, i);
		feed_vulnerability(feed, values);
	}
}

static void
read_wesng(struct feed *feed)
{
	feed_csv_open(&csv, feed, wanted, SPAN("#"));
	feed->origin = SPAN("Microsoft");
	while (feed_csv_next(&csv))
		take_row(feed);
	feed_csv_release(&csv);
	microsoft_write(feed);
	write_exploited(feed);
	intern_release(&exploited);
	exploited = (struct intern){0};
}

static void
release(void)
{
	feed_csv_release(&csv);
	intern_release(&exploited);
	exploited = (struct intern){0};
	microsoft_release();
}

const struct feed_source feed_wesng = {
    .program = &program,
    .name = "wesng",
    .kind = "advisories",
    .read = read_wesng,
    .release = release,
};
