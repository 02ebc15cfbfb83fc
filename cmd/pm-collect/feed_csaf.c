/*
 * Advisories and VEX statements in the Common Security Advisory Framework,
 * CSAF 2.0 (OASIS, 18 November 2022): one document, or several one behind the
 * other.  Packages of rpm systems come as records of their release; products
 * with versions, such as devices, as records by product; Windows as records of
 * updates (KB) as pm-collect wesng has them.
 *
 * What product_status says, with remediations (section 3.2.3.12) on top:
 *	fixed, first_fixed, recommended	fixed in the version of the product
 *	known_affected			affected; wont_fix, deferred or eol where
 *					no fix is planned; for a range with an
 *					end that has a fix: fixed there
 *	under_investigation		affected
 *	known_not_affected		not_affected
 *	last_affected			affected up to there
 */
#include "csaf_document.h"
#include "timestamp.h"

static const struct option_row options[] = {FEED_OPTION_NAME, FEED_OPTION_END};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "csaf [options] [FILE ...]",
    .summary = "advisories and VEX statements, CSAF 2.0",
    .examples = "pm-collect csaf cve-2026-1234.json | grep '^adv'\n"
		"cat csaf/2026/*.json | pm-collect csaf >devices.tsv",
    .options = options,
};

static struct feed_json json;
static struct csaf_document doc; /* the one that is being read */

static void
use_vulnerability(const struct json_value *vulnerability)
{
	const struct json_value *tracking = json_member(
	    doc.about.top, "tracking");
	struct span values[ADV_COLUMNS] = {{0}}, date, cve;
	struct feed_cvss score = {0};
	char stamp[TIMESTAMP_SIZE];

	doc.any = true;
	hash_release(&doc.written);
	doc.key_count = 0;
	cve = feed_json_string(vulnerability, "cve");
	if (!feed_is_cve(cve))
		cve = SPAN("");
	values[ADV_ADV] = csaf_document_id(&doc);
	values[ADV_CVES] = cve;
	values[ADV_KIND] = SPAN("security");
	values[ADV_TITLE] = feed_json_string(doc.about.top, "title");
	date = feed_json_string(tracking, "initial_release_date");
	values[ADV_PUBLISHED] = feed_json_stamp(date, stamp);
	csaf_scores_take(&doc, &score, vulnerability, cve);
	values[ADV_SEVERITY] = csaf_severity(&doc, vulnerability, &score);
	csaf_remedies_take(&doc, vulnerability);
	csaf_write_statements(&doc, vulnerability, values);
	csaf_write_updates(&doc, vulnerability, values);
}

/* The vulnerabilities are of use when both of the other parts are there. */
static void
use_waiting(void)
{
	if (!doc.has_about || !doc.has_tree)
		return;
	csaf_products_read(&doc.products, doc.tree.top, doc.vendor);
	for (size_t i = 0; i < doc.waiting_count; i++) {
		use_vulnerability(doc.waiting[i].top);
		json_tree_release(&doc.waiting[i]);
	}
	doc.waiting_count = 0;
}

static void
take_about(struct feed_json *self, const struct json_value *value)
{
	struct span version = feed_json_string(value, "csaf_version");
	const struct json_value *tracking = json_member(value, "tracking");

	if (!span_starts(version, SPAN("2.")) || doc.has_about)
		feed_json_fail(self, "no CSAF document of version 2");
	doc.has_about = true;
	doc.about = feed_json_take(self);
	doc.vendor = feed_json_string(json_member(value, "publisher"), "name");
	if (span_starts(doc.vendor, SPAN("Microsoft")))
		doc.vendor.n = 9;
	feed_json_date(
	    self->feed, feed_json_string(tracking, "current_release_date"));
	use_waiting();
}

static void
take_tree(struct feed_json *self, const struct json_value *value)
{
	(void)value;
	if (doc.has_tree)
		feed_json_fail(self, "a second product_tree");
	doc.has_tree = true;
	doc.tree = feed_json_take(self);
	use_waiting();
}

static void
take_vulnerability(struct feed_json *self, const struct json_value *value)
{
	if (doc.has_about && doc.has_tree) {
		use_vulnerability(value);
		return;
	}
	doc.waiting = memory_grow(doc.waiting, &doc.waiting_capacity,
	    doc.waiting_count + 1, sizeof(*doc.waiting));
	doc.waiting[doc.waiting_count++] = feed_json_take(self);
}

static void
forget(void)
{
	json_tree_release(&doc.about);
	json_tree_release(&doc.tree);
	for (size_t i = 0; i < doc.waiting_count; i++)
		json_tree_release(&doc.waiting[i]);
	doc.about = doc.tree = (struct json_tree){0};
	doc.waiting_count = 0;
	doc.has_about = doc.has_tree = doc.any = false;
	doc.products.count = 0;
}

static void
end_document(struct feed_json *self)
{
	if (!doc.has_about)
		feed_unused(self->feed, "no CSAF document", 0, SPAN("-"));
	else if (!doc.has_tree && doc.waiting_count > 0)
		feed_unused(self->feed, "vulnerabilities without products", 0,
		    csaf_document_id(&doc));
	else if (!doc.any)
		feed_unused(self->feed, "speaks of no vulnerability", 0,
		    csaf_document_id(&doc));
	forget();
}

static const struct feed_json_part parts[] = {
    {"document", take_about},
    {"product_tree", take_tree},
    {"vulnerabilities/*", take_vulnerability},
    {NULL, NULL},
};
static const char *const ignore[] = {"notes", "references", "acknowledgments",
    "revision_history", "flags", "involvements", "x_generic_uris", NULL};
static const struct feed_json_form form = {
    .parts = parts, .ignore = ignore, .several = true, .end = end_document};

static void
read_csaf(struct feed *feed)
{
	feed->origin = SPAN("CSAF");
	doc.feed = feed;
	feed_json_read(&json, feed, &form);
}

static void
release(void)
{
	feed_json_release(&json);
	forget();
	csaf_products_release(&doc.products);
	csaf_range_release(&doc.ranges);
	buffer_release(&doc.text);
	hash_release(&doc.written);
	free(doc.keys);
	free(doc.waiting);
	memset(&doc, 0, sizeof(doc));
}

const struct feed_source feed_csaf = {
    .program = &program,
    .name = "csaf",
    .kind = "advisories",
    .read = read_csaf,
    .release = release,
};
