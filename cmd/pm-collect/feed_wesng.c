/*
 * Microsoft's updates as wesng publishes them (definitions.zip, the CSV files
 * in it): a row for each vulnerability, update (KB) and product.  The rows of
 * one update and product become one adv record:
 *
 *	release     the Windows that it is for, as Microsoft names it, or "-"
 *		    where the product is not bound to one (Office, SQL Server)
 *	source      the product, where it is more than that Windows
 *	package     the update, KB and its number; there is no version to compare:
 *		    the update, or one that supersedes it, is there or not
 *	supersedes  the updates that it replaces
 *
 * Links to exploits become cve records.  An update and product may stand
 * anywhere in the file, so all of them are kept until its end; names are kept
 * once.
 */
#include "feed_csv.h"
#include "intern.h"
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

enum severity { UNKNOWN, LOW, MODERATE, IMPORTANT, CRITICAL, SEVERITIES };
static const char *const severities[] = {
    "", "low", "moderate", "important", "critical"};

/* A name in the list of one update's vulnerabilities or superseded updates. */
struct link {
	uint32_t name;
	uint32_t next; /* 0 at the end */
};

struct update {
	uint32_t kb, product, title; /* names */
	uint32_t cves, supersedes;   /* the last link */
	uint8_t severity;
	bool dated;
	int64_t date;
};

static struct feed_csv csv;

static struct {
	struct intern names;
	struct update *updates;
	size_t count, capacity;
	struct hash_table table; /* update by kb and product */
	struct link *links;
	size_t link_count, link_capacity;
	struct intern exploited; /* vulnerabilities with an exploit */
	struct buffer text, cves, supersedes, release; /* used again */
	struct span *sorted;
	size_t sorted_capacity;
} all;

static uint32_t
name(struct span text)
{
	return text.n == 0 ? 0 : intern_add(&all.names, text);
}

static struct update *
find_update(uint32_t kb, uint32_t product)
{
	uint64_t hash = hash_mix(
	    hash_mix(UINT64_C(0x9e3779b97f4a7c15), kb + 1), product + 1);
	struct hash_probe probe = hash_first(&all.table, hash);
	struct update *update;

	for (; hash_found(&all.table, &probe); hash_next(&all.table, &probe)) {
		update = &all.updates[probe.index];
		if (update->kb == kb && update->product == product)
			return update;
	}
	all.updates = memory_grow(
	    all.updates, &all.capacity, all.count + 1, sizeof(*all.updates));
	hash_insert(&all.table, hash, (uint32_t)all.count);
	update = &all.updates[all.count++];
	*update = (struct update){.kb = kb, .product = product};
	return update;
}

/* Put a name before *list, unless it is there already. */
static void
add_link(uint32_t *list, uint32_t added)
{
	for (uint32_t at = *list; at != 0; at = all.links[at].next)
		if (all.links[at].name == added)
			return;
	if (all.link_count == 0)
		all.link_count = 1;
	all.links = memory_grow(all.links, &all.link_capacity,
	    all.link_count + 1, sizeof(*all.links));
	all.links[all.link_count] = (struct link){added, *list};
	*list = (uint32_t)all.link_count++;
}

static bool
is_digits(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
	return text.n > 0;
}

/* KB and the number, in a buffer that the next call uses again. */
static struct span
kb_of(struct span number)
{
	buffer_reset(&all.text);
	buffer_add_span(&all.text, SPAN("KB"));
	buffer_add_span(&all.text, number);
	return buffer_span(&all.text);
}

static enum severity
severity_of(struct span text)
{
	struct span lower = feed_lower(text);

	for (unsigned i = LOW; i < SEVERITIES; i++)
		if (span_is(lower, severities[i]))
			return (enum severity)i;
	return UNKNOWN;
}

/* "20170314" */
static bool
parse_date(struct span text, int64_t *date)
{
	char day[] = "0000-00-00";

	if (text.n != 8 || !is_digits(text))
		return false;
	memcpy(day, text.p, 4);
	memcpy(day + 5, text.p + 4, 2);
	memcpy(day + 8, text.p + 6, 2);
	return timestamp_parse(span_of(day), date);
}

/* Numbers with ";" between them; now and then a line break or <br>. */
static void
take_superseded(struct feed *feed, struct update *update, struct span list)
{
	if (span_is(list, "None"))
		return;
	while (list.p != NULL) {
		struct span part = span_trim(span_cut(&list, ';'));

		while (part.n > 0 && (part.p[part.n - 1] == '\n' ||
					 part.p[part.n - 1] == '\r'))
			part.n--;
		while (part.n > 0) {
			struct span number = span_cut(&part, '<');

			if (is_digits(number))
				add_link(
				    &update->supersedes, name(kb_of(number)));
			else if (number.n > 0)
				feed_unused(feed,
				    "a superseded update that is no number",
				    csv.table.line, number);
			while (part.n > 0 &&
			       (part.p[0] == '<' || part.p[0] == '>' ||
				   part.p[0] == 'b' || part.p[0] == 'r'))
				part = span_skip(part, 1);
		}
	}
}

static void
take_row(struct feed *feed)
{
	struct span number = span_trim(feed_csv_get(&csv, KB));
	struct span cve = span_trim(feed_csv_get(&csv, CVE));
	struct span product = span_trim(feed_csv_get(&csv, PRODUCT));
	struct update *update;
	uint8_t severity;

	if (feed_is_cve(cve) && feed_csv_get(&csv, EXPLOITS).n > 0)
		intern_add(&all.exploited, cve);
	if (span_starts(number, SPAN("KB")))
		number = span_skip(number, 2);
	if (!is_digits(number)) {
		feed_unused(feed,
		    number.n == 0 ? "a row without an update"
				  : "the remedy is no update with a number",
		    csv.table.line, number.n == 0 ? cve : number);
		return;
	}
	if (product.n == 0) {
		feed_unused(
		    feed, "a row without a product", csv.table.line, number);
		return;
	}
	update = find_update(name(kb_of(number)), name(product));
	if (update->title == 0)
		update->title = name(span_trim(feed_csv_get(&csv, TITLE)));
	severity = (uint8_t)severity_of(feed_csv_get(&csv, SEVERITY));
	if (severity > update->severity)
		update->severity = severity;
	if (!update->dated)
		update->dated = parse_date(
		    feed_csv_get(&csv, POSTED), &update->date);
	if (feed_is_cve(cve))
		add_link(&update->cves, name(cve));
	take_superseded(feed, update, feed_csv_get(&csv, SUPERSEDES));
}

/* ---- writing */

/* The Windows that a product is or runs on; empty when it is bound to none. */
static struct span
windows_in(struct span product)
{
	static const struct span on = {" on ", 4};
	static const struct span maker = {"Microsoft ", 10};
	static const struct span windows = {"Windows ", 8};
	struct span rest = product;

	if (span_starts(rest, maker))
		rest = span_skip(rest, maker.n);
	if (span_starts(rest, windows))
		return rest;
	for (rest = product; rest.n > 0; rest = span_skip(rest, 1)) {
		struct span behind;

		if (!span_starts(rest, on))
			continue;
		behind = span_skip(rest, on.n);
		if (span_starts(behind, maker))
			behind = span_skip(behind, maker.n);
		if (span_starts(behind, windows))
			return behind;
	}
	return rest;
}

static int
order_names(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

static void
join_links(struct buffer *joined, uint32_t list)
{
	size_t count = 0;

	for (; list != 0; list = all.links[list].next) {
		all.sorted = memory_grow(all.sorted, &all.sorted_capacity,
		    count + 1, sizeof(*all.sorted));
		all.sorted[count++] = intern_span(
		    &all.names, all.links[list].name);
	}
	if (count > 1)
		qsort(all.sorted, count, sizeof(*all.sorted), order_names);
	buffer_reset(joined);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buffer_add_byte(joined, ',');
		buffer_add_span(joined, all.sorted[i]);
	}
}

static void
write_update(struct feed *feed, const struct update *update)
{
	struct span values[ADV_COLUMNS] = {{0}};
	struct span product = intern_span(&all.names, update->product);
	struct span windows = windows_in(product);
	char stamp[TIMESTAMP_SIZE];

	join_links(&all.cves, update->cves);
	join_links(&all.supersedes, update->supersedes);
	buffer_reset(&all.release);
	stream_escape(&all.release, windows);
	values[ADV_ADV] = intern_span(&all.names, update->kb);
	values[ADV_OS] = SPAN("windows");
	values[ADV_RELEASE] = buffer_span(&all.release);
	values[ADV_BY] = SPAN("binary");
	values[ADV_PACKAGE] = values[ADV_ADV];
	values[ADV_STATE] = SPAN("fixed");
	values[ADV_SEVERITY] = span_of(severities[update->severity]);
	if (update->dated)
		values[ADV_PUBLISHED] = timestamp_format(update->date, stamp);
	values[ADV_CVES] = buffer_span(&all.cves);
	values[ADV_SUPERSEDES] = buffer_span(&all.supersedes);
	if (update->title != 0)
		values[ADV_TITLE] = intern_span(&all.names, update->title);
	values[ADV_KIND] = SPAN("security");
	if (!span_equal(windows, product))
		values[ADV_SOURCE] = product;
	feed_advisory(feed, values);
}

static void
write_all(struct feed *feed)
{
	struct span values[CVE_COLUMNS] = {{0}};

	for (size_t i = 0; i < all.count; i++) {
		const struct update *update = &all.updates[i];

		if (update->dated &&
		    (!feed->dated || update->date > feed->date)) {
			feed->date = update->date;
			feed->dated = true;
		}
		write_update(feed, update);
	}
	values[CVE_EXPLOIT] = SPAN("poc");
	for (uint32_t i = 1; i < all.exploited.count; i++) {
		values[CVE_CVE] = intern_span(&all.exploited, i);
		feed_vulnerability(feed, values);
	}
}

static void
forget(void)
{
	all.count = all.link_count = 0;
	intern_release(&all.names);
	intern_release(&all.exploited);
	hash_release(&all.table);
	all.names = all.exploited = (struct intern){0};
	all.table = (struct hash_table){0};
}

static void
read_wesng(struct feed *feed)
{
	feed_csv_open(&csv, feed, wanted, SPAN("#"));
	feed->origin = SPAN("Microsoft");
	while (feed_csv_next(&csv))
		take_row(feed);
	feed_csv_release(&csv);
	write_all(feed);
	forget();
}

static void
release(void)
{
	feed_csv_release(&csv);
	forget();
	free(all.updates);
	free(all.links);
	all.updates = NULL;
	all.links = NULL;
	all.capacity = all.link_capacity = 0;
	free(all.sorted);
	all.sorted = NULL;
	all.sorted_capacity = 0;
	buffer_release(&all.text);
	buffer_release(&all.cves);
	buffer_release(&all.supersedes);
	buffer_release(&all.release);
}

const struct feed_source feed_wesng = {
    .program = &program,
    .name = "wesng",
    .kind = "advisories",
    .read = read_wesng,
    .release = release,
};
