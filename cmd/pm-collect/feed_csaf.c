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
#include "csaf_product.h"
#include "csaf_range.h"
#include "feed_json.h"
#include "feed_threat.h"
#include "timestamp.h"
#include "windows_product.h"

static const struct option_row options[] = {FEED_OPTION_NAME, FEED_OPTION_END};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "csaf [options] [FILE ...]",
    .summary = "advisories and VEX statements, CSAF 2.0",
    .examples = "pm-collect csaf cve-2026-1234.json | grep '^adv'\n"
		"cat csaf/2026/*.json | pm-collect csaf >devices.tsv",
    .options = options,
};

/* What remediations say of a product, as bits. */
enum {
	REMEDY_FIX = 1,
	REMEDY_NO_FIX = 2,   /* none is planned */
	REMEDY_DEFERRED = 4, /* not now */
	REMEDY_EOL = 8,	     /* out of support */
	REMEDY_UPDATE = 16   /* a fix that is an update of Windows */
};

enum status { FIXED, AFFECTED, NOT_AFFECTED, LAST_AFFECTED, STATUSES };

static struct feed_json json;

/* The document that is being read. */
static struct {
	struct json_tree about, tree, *waiting;
	size_t waiting_count, waiting_capacity;
	bool has_about, has_tree, any;
	struct span vendor; /* who published it */
	struct csaf_products products;
	uint64_t turn;	  /* of the vulnerability */
	unsigned general; /* remedies that name no product */
	struct csaf_ranges ranges;
	struct buffer text;	   /* an update, or a module */
	struct hash_table written; /* records of this vulnerability */
	struct {
		uint64_t hash;
	} * keys;
	size_t key_count, key_capacity;
} doc;

static struct span
document_id(void)
{
	const struct json_value *tracking = json_member(
	    doc.about.top, "tracking");
	struct span id = feed_json_string(tracking, "id");

	return id.n > 0 ? id : SPAN("-");
}

/* ---- what a vulnerability says as a whole */

static void
mark(struct span id, unsigned remedy)
{
	struct csaf_product *product = csaf_product_find(&doc.products, id);

	if (product == NULL)
		return;
	if (product->turn != doc.turn) {
		product->turn = doc.turn;
		product->remedies = 0;
	}
	product->remedies |= remedy;
}

static void
mark_group(struct span id, unsigned remedy)
{
	const struct json_value *group = doc.products.groups, *item;

	for (; group != NULL; group = group->next)
		if (span_equal(feed_json_string(group, "group_id"), id))
			for (item = feed_json_items(group, "product_ids");
			     item != NULL; item = item->next)
				mark(feed_json_text(item), remedy);
}

/* The number at the end of https://support.microsoft.com/help/5055526. */
static struct span
update_number(struct span url)
{
	size_t start = url.n, digits;

	while (start > 0 && url.p[start - 1] >= '0' && url.p[start - 1] <= '9')
		start--;
	digits = url.n - start;
	if (digits < 6 || digits > 8 || (start > 0 && url.p[start - 1] != '/'))
		return SPAN("");
	return (struct span){url.p + start, digits};
}

static unsigned
remedy_of(const struct json_value *remediation)
{
	struct span category = feed_json_string(remediation, "category");
	struct span details = feed_json_string(remediation, "details");

	if (span_is(category, "vendor_fix") &&
	    update_number(feed_json_string(remediation, "url")).n > 0)
		return REMEDY_FIX | REMEDY_UPDATE;
	if (span_is(category, "vendor_fix"))
		return REMEDY_FIX;
	/* Red Hat's words for its states */
	if (span_starts(details, SPAN("Out of support scope")))
		return REMEDY_EOL;
	if (span_starts(details, SPAN("Fix deferred")))
		return REMEDY_DEFERRED;
	return span_is(category, "no_fix_planned") ? REMEDY_NO_FIX : 0;
}

static void
take_remediations(const struct json_value *vulnerability)
{
	const struct json_value *item, *id;

	doc.turn++;
	doc.general = 0;
	for (item = feed_json_items(vulnerability, "remediations");
	     item != NULL; item = item->next) {
		unsigned remedy = remedy_of(item);

		if (json_member(item, "product_ids") == NULL &&
		    json_member(item, "group_ids") == NULL)
			doc.general |= remedy;
		for (id = feed_json_items(item, "product_ids"); id != NULL;
		     id = id->next)
			mark(feed_json_text(id), remedy);
		for (id = feed_json_items(item, "group_ids"); id != NULL;
		     id = id->next)
			mark_group(feed_json_text(id), remedy);
	}
}

static unsigned
remedies_of(const struct csaf_product *product)
{
	return doc.general |
	       (product->turn == doc.turn ? product->remedies : 0);
}

static struct span
unfixed_state(unsigned remedies)
{
	if ((remedies & REMEDY_EOL) != 0)
		return SPAN("eol");
	if ((remedies & REMEDY_DEFERRED) != 0)
		return SPAN("deferred");
	if ((remedies & REMEDY_NO_FIX) != 0 && (remedies & REMEDY_FIX) == 0)
		return SPAN("wont_fix");
	return SPAN("affected");
}

/* One of the usual words, else empty. */
static struct span
severity_word(struct span text)
{
	static const char *const words[] = {"critical", "important", "high",
	    "moderate", "medium", "low", "negligible"};
	struct span lower = feed_lower(text);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_is(lower, words[i]))
			return span_of(words[i]);
	return SPAN("");
}

static struct span
severity_of(
    const struct json_value *vulnerability, const struct feed_cvss *score)
{
	const struct json_value *item;
	struct span word;
	double number;

	for (item = feed_json_items(vulnerability, "threats"); item != NULL;
	     item = item->next) {
		word = severity_word(feed_json_string(item, "details"));
		if (span_is(feed_json_string(item, "category"), "impact") &&
		    word.n > 0)
			return word;
	}
	if (score->known && span_decimal(span_of(score->score), &number))
		return span_of(
		    cvss_severity(score->version, (int)(number * 10 + 0.5)));
	return severity_word(feed_json_string(
	    json_member(doc.about.top, "aggregate_severity"), "text"));
}

/* Microsoft: "Publicly Disclosed:No;Exploited:Yes;..." */
static bool
is_exploited(const struct json_value *vulnerability)
{
	const struct json_value *item = feed_json_items(
	    vulnerability, "threats");

	for (; item != NULL; item = item->next) {
		struct span rest = feed_json_string(item, "details");

		if (!span_is(
			feed_json_string(item, "category"), "exploit_status"))
			continue;
		while (rest.p != NULL)
			if (span_is(span_cut(&rest, ';'), "Exploited:Yes"))
				return true;
	}
	return false;
}

static void
take_scores(struct feed_cvss *best, const struct json_value *vulnerability,
    struct span cve)
{
	static const char *const versions[] = {"cvss_v4", "cvss_v3", "cvss_v2"};
	struct span values[CVE_COLUMNS] = {{0}}, vector;
	const struct json_value *score = feed_json_items(
	    vulnerability, "scores");
	char stamp[TIMESTAMP_SIZE];

	for (; score != NULL; score = score->next)
		for (unsigned i = 0; i < 3; i++) {
			vector = feed_json_string(
			    json_member(score, versions[i]), "vectorString");
			if (vector.n > 0)
				feed_cvss_add(best, json.feed, vector,
				    cve.n > 0 ? cve : document_id());
		}
	if (is_exploited(vulnerability))
		values[CVE_EXPLOIT] = SPAN("active");
	if (cve.n == 0 || (!best->known && values[CVE_EXPLOIT].n == 0))
		return;
	values[CVE_CVE] = cve;
	feed_cvss_set(best, values);
	values[CVE_PUBLISHED] = feed_json_stamp(
	    feed_json_string(vulnerability, "release_date"), stamp);
	feed_vulnerability(json.feed, values);
}

/* ---- records */

/*
 * A package is listed for each architecture and repository, which comes to the
 * same record: true the first time.
 */
static bool
is_new(const struct span *values)
{
	static const unsigned columns[] = {ADV_OS, ADV_RELEASE, ADV_ARCH,
	    ADV_BY, ADV_PACKAGE, ADV_INTRODUCED, ADV_FIXED, ADV_STATE,
	    ADV_REQUIRES, ADV_LAST_AFFECTED, ADV_ADV, ADV_SOURCE};
	struct hash_probe probe;
	uint64_t hash = 1;

	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		hash = hash_mix(hash_mix(hash, values[columns[i]].n),
		    hash_span(values[columns[i]]));
	for (probe = hash_first(&doc.written, hash);
	     hash_found(&doc.written, &probe); hash_next(&doc.written, &probe))
		if (doc.keys[probe.index].hash == hash)
			return false;
	doc.keys = memory_grow(
	    doc.keys, &doc.key_capacity, doc.key_count + 1, sizeof(*doc.keys));
	doc.keys[doc.key_count].hash = hash;
	hash_insert(&doc.written, hash, (uint32_t)doc.key_count++);
	return true;
}

static void
write_record(const struct span *values)
{
	if (is_new(values))
		feed_advisory(json.feed, values);
}

static const char *
write_package(const struct csaf_product *product,
    const struct csaf_meaning *meaning, enum status status, struct span *values)
{
	bool source = span_is(meaning->arch, "src") ||
		      span_is(meaning->arch, "nosrc");

	if (status == LAST_AFFECTED)
		return "a last affected version of a package";
	if (!feed_is_word(meaning->name) ||
	    (meaning->version.n > 0 && !feed_is_word(meaning->version)) ||
	    (meaning->module.n > 0 && !feed_is_word(meaning->module)))
		return "no name or version of a package";
	if (source && status == FIXED)
		return NULL; /* its binaries are listed beside it */
	values[ADV_OS] = span_of(meaning->ecosystem.os);
	values[ADV_RELEASE] = meaning->ecosystem.release;
	/* what is not fixed is named by source, without a version */
	values[ADV_BY] = source || meaning->version.n == 0 ? SPAN("source")
							   : SPAN("binary");
	values[ADV_PACKAGE] = meaning->name;
	if (meaning->module.n > 0) {
		buffer_reset(&doc.text);
		buffer_printf(
		    &doc.text, "module:%.*s", SPAN_ARG(meaning->module));
		values[ADV_REQUIRES] = buffer_span(&doc.text);
	}
	if (status == FIXED && meaning->version.n == 0)
		return "fixed without a version";
	values[ADV_FIXED] = status == FIXED ? meaning->version : SPAN("");
	values[ADV_STATE] = status == FIXED ? SPAN("fixed")
			    : status == NOT_AFFECTED
				? SPAN("not_affected")
				: unfixed_state(remedies_of(product));
	write_record(values);
	return NULL;
}

/* One version is no fix of all older ones; a statement excludes just it. */
static void
write_range(const struct csaf_range *range, enum status status,
    unsigned remedies, struct span *values)
{
	bool point = range->introduced.n > 0 &&
		     span_equal(range->introduced, range->last);
	bool ends = range->fixed.n > 0 &&
		    (remedies & ~(unsigned)REMEDY_UPDATE) == REMEDY_FIX;

	values[ADV_INTRODUCED] = range->introduced;
	values[ADV_FIXED] = range->fixed;
	values[ADV_LAST_AFFECTED] = range->last;
	if (status == NOT_AFFECTED && point) {
		values[ADV_FIXED] = range->introduced;
		values[ADV_LAST_AFFECTED] = SPAN("");
	}
	values[ADV_STATE] = status == NOT_AFFECTED ? SPAN("not_affected")
			    : ends		   ? SPAN("fixed")
						   : unfixed_state(remedies);
	write_record(values);
	if (range->without.n == 0 || status == NOT_AFFECTED)
		return;
	values[ADV_FIXED] = range->introduced;
	values[ADV_LAST_AFFECTED] = SPAN("");
	values[ADV_STATE] = SPAN("not_affected");
	write_record(values);
}

static const char *
write_product(const struct csaf_product *product,
    const struct csaf_meaning *meaning, enum status status, struct span *values)
{
	unsigned remedies = remedies_of(product);

	values[ADV_OS] = values[ADV_RELEASE] = SPAN("-");
	values[ADV_BY] = SPAN("product");
	values[ADV_PACKAGE] = meaning->name;
	if (meaning->version.n == 0 && status == FIXED)
		return "fixed without a version";
	if (meaning->version.n > 0 &&
	    !csaf_range_parse(&doc.ranges, meaning->version))
		return "versions in words";
	if (meaning->version.n == 0) {
		write_range(&(struct csaf_range){{0}, {0}, {0}, {0}}, status,
		    remedies, values);
		return NULL;
	}
	for (size_t i = 0; i < doc.ranges.count; i++) {
		struct csaf_range range = doc.ranges.range[i];
		bool point = range.introduced.n > 0 &&
			     span_equal(range.introduced, range.last);

		if (status == FIXED && !point)
			return "fixed in a range of versions";
		if (status == LAST_AFFECTED)
			range.introduced = SPAN("");
		if (status == FIXED)
			range = (struct csaf_range){.fixed = range.introduced};
		write_range(&range, status,
		    status == FIXED ? REMEDY_FIX : remedies, values);
	}
	return NULL;
}

static const char *
write_statement(struct csaf_product *product, enum status status,
    const struct span *common_values)
{
	struct span values[ADV_COLUMNS];
	struct csaf_meaning meaning;
	const char *reason;

	if (product == NULL)
		return "a product that the document does not define";
	memcpy(values, common_values, sizeof(values));
	reason = csaf_product_meaning(&doc.products, product, &meaning);
	if (reason != NULL)
		return reason;
	if (meaning.kind == CSAF_PACKAGE)
		return write_package(product, &meaning, status, values);
	if (!feed_is_word(meaning.name))
		return "a product without vendor and name";
	/* Windows goes by its updates, and has a fixed build only beside them */
	if (span_starts(product->product, SPAN("Windows ")) &&
	    span_starts(meaning.name, SPAN("microsoft:")))
		return status != AFFECTED ||
			       (remedies_of(product) & REMEDY_UPDATE) != 0
			   ? NULL
			   : "a Windows without an update";
	return write_product(product, &meaning, status, values);
}

static void
write_statements(
    const struct json_value *vulnerability, const struct span *values)
{
	static const struct {
		const char *name;
		enum status status;
	} lists[] = {
	    {"fixed", FIXED},
	    {"first_fixed", FIXED},
	    {"recommended", FIXED},
	    {"known_affected", AFFECTED},
	    {"under_investigation", AFFECTED},
	    {"last_affected", LAST_AFFECTED},
	    {"known_not_affected", NOT_AFFECTED},
	};
	const struct json_value *status = json_member(
	    vulnerability, "product_status");
	const struct json_value *item;
	const char *reason;

	if (feed_json_items(vulnerability, "product_status") == NULL)
		feed_unused(
		    json.feed, "says nothing of products", 0, values[ADV_ADV]);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (item = feed_json_items(status, lists[i].name);
		     item != NULL; item = item->next) {
			reason = write_statement(
			    csaf_product_find(
				&doc.products, feed_json_text(item)),
			    lists[i].status, values);
			if (reason != NULL)
				feed_unused(
				    json.feed, reason, 0, feed_json_text(item));
		}
	if (json_member(status, "first_affected") != NULL)
		feed_unused(json.feed, "the first affected version alone", 0,
		    values[ADV_ADV]);
}

/* ---- Windows */

static void
write_update(struct span number, struct span id, const struct span *values)
{
	const struct csaf_product *product = csaf_product_find(
	    &doc.products, id);
	struct windows_product windows;
	struct span update[ADV_COLUMNS];

	if (product == NULL || !span_starts(product->product, SPAN("Windows ")))
		return;
	if (!windows_product(product->product, &windows)) {
		feed_unused_name(json.feed,
		    "the product's name does not tell which release of "
		    "Windows it is",
		    0, product->product);
		return;
	}
	memcpy(update, values, sizeof(update));
	buffer_reset(&doc.text);
	buffer_printf(&doc.text, "KB%.*s", SPAN_ARG(number));
	update[ADV_ADV] = update[ADV_PACKAGE] = buffer_span(&doc.text);
	update[ADV_OS] = SPAN("windows");
	update[ADV_RELEASE] = span_of(windows.release);
	update[ADV_ARCH] = windows.arch;
	if (windows.core)
		update[ADV_SOURCE] = SPAN(WINDOWS_CORE);
	update[ADV_BY] = SPAN("binary");
	update[ADV_STATE] = SPAN("fixed");
	/* "<10.0.20348.3453" lacks it; a build by itself is the one that has it */
	if (csaf_range_parse(&doc.ranges, product->version) &&
	    doc.ranges.count == 1) {
		if (doc.ranges.range[0].introduced.n > 0)
			return;
		update[ADV_FIXED] = doc.ranges.range[0].fixed;
	}
	write_record(update);
}

static void
write_updates(const struct json_value *vulnerability, const struct span *values)
{
	const struct json_value *item, *id;

	if (!span_starts(doc.vendor, SPAN("Microsoft")))
		return;
	for (item = feed_json_items(vulnerability, "remediations");
	     item != NULL; item = item->next) {
		struct span number = update_number(
		    feed_json_string(item, "url"));

		if (number.n == 0 ||
		    !span_is(feed_json_string(item, "category"), "vendor_fix"))
			continue;
		for (id = feed_json_items(item, "product_ids"); id != NULL;
		     id = id->next)
			write_update(number, feed_json_text(id), values);
	}
}

/* ---- the parts of a document */

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
	values[ADV_ADV] = document_id();
	values[ADV_CVES] = cve;
	values[ADV_KIND] = SPAN("security");
	values[ADV_TITLE] = feed_json_string(doc.about.top, "title");
	date = feed_json_string(tracking, "initial_release_date");
	values[ADV_PUBLISHED] = feed_json_stamp(date, stamp);
	take_scores(&score, vulnerability, cve);
	values[ADV_SEVERITY] = severity_of(vulnerability, &score);
	take_remediations(vulnerability);
	write_statements(vulnerability, values);
	write_updates(vulnerability, values);
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
		    document_id());
	else if (!doc.any)
		feed_unused(
		    self->feed, "speaks of no vulnerability", 0, document_id());
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
