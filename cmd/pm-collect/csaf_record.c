/* The adv records of a vulnerability of a CSAF document. */
#include "csaf_document.h"
#include "windows_product.h"

enum status { FIXED, AFFECTED, NOT_AFFECTED, LAST_AFFECTED, STATUSES };

/*
 * A package is listed for each architecture and repository, which comes to the
 * same record: true the first time.
 */
static bool
is_new(struct csaf_document *doc, const struct span *values)
{
	static const unsigned columns[] = {ADV_OS, ADV_RELEASE, ADV_ARCH,
	    ADV_BY, ADV_PACKAGE, ADV_INTRODUCED, ADV_FIXED, ADV_STATE,
	    ADV_REQUIRES, ADV_LAST_AFFECTED, ADV_ADV, ADV_SOURCE};
	struct hash_probe probe;
	uint64_t hash = 1;

	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		hash = hash_mix(hash_mix(hash, values[columns[i]].n),
		    hash_span(values[columns[i]]));
	for (probe = hash_first(&doc->written, hash);
	     hash_found(&doc->written, &probe);
	     hash_next(&doc->written, &probe))
		if (doc->keys[probe.index].hash == hash)
			return false;
	doc->keys = memory_grow(doc->keys, &doc->key_capacity,
	    doc->key_count + 1, sizeof(*doc->keys));
	doc->keys[doc->key_count].hash = hash;
	hash_insert(&doc->written, hash, (uint32_t)doc->key_count++);
	return true;
}

static void
write_record(struct csaf_document *doc, const struct span *values)
{
	if (is_new(doc, values))
		feed_advisory(doc->feed, values);
}

static const char *
write_package(struct csaf_document *doc, const struct csaf_product *product,
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
		buffer_reset(&doc->text);
		buffer_printf(
		    &doc->text, "module:%.*s", SPAN_ARG(meaning->module));
		values[ADV_REQUIRES] = buffer_span(&doc->text);
	}
	if (status == FIXED && meaning->version.n == 0)
		return "fixed without a version";
	values[ADV_FIXED] = status == FIXED ? meaning->version : SPAN("");
	values[ADV_STATE] = status == FIXED ? SPAN("fixed")
			    : status == NOT_AFFECTED
				? SPAN("not_affected")
				: csaf_unfixed_state(
				      csaf_remedies_of(doc, product));
	write_record(doc, values);
	return NULL;
}

/* One version is no fix of all older ones; a statement excludes just it. */
static void
write_range(struct csaf_document *doc, const struct csaf_range *range,
    enum status status, unsigned remedies, struct span *values)
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
				   : csaf_unfixed_state(remedies);
	write_record(doc, values);
	if (range->without.n == 0 || status == NOT_AFFECTED)
		return;
	values[ADV_FIXED] = range->introduced;
	values[ADV_LAST_AFFECTED] = SPAN("");
	values[ADV_STATE] = SPAN("not_affected");
	write_record(doc, values);
}

static const char *
write_product(struct csaf_document *doc, const struct csaf_product *product,
    const struct csaf_meaning *meaning, enum status status, struct span *values)
{
	unsigned remedies = csaf_remedies_of(doc, product);

	values[ADV_OS] = values[ADV_RELEASE] = SPAN("-");
	values[ADV_BY] = SPAN("product");
	values[ADV_PACKAGE] = meaning->name;
	if (meaning->version.n == 0 && status == FIXED)
		return "fixed without a version";
	if (meaning->version.n > 0 &&
	    !csaf_range_parse(&doc->ranges, meaning->version))
		return "versions in words";
	if (meaning->version.n == 0) {
		write_range(doc, &(struct csaf_range){{0}, {0}, {0}, {0}},
		    status, remedies, values);
		return NULL;
	}
	for (size_t i = 0; i < doc->ranges.count; i++) {
		struct csaf_range range = doc->ranges.range[i];
		bool point = range.introduced.n > 0 &&
			     span_equal(range.introduced, range.last);

		if (status == FIXED && !point)
			return "fixed in a range of versions";
		if (status == LAST_AFFECTED)
			range.introduced = SPAN("");
		if (status == FIXED)
			range = (struct csaf_range){.fixed = range.introduced};
		write_range(doc, &range, status,
		    status == FIXED ? REMEDY_FIX : remedies, values);
	}
	return NULL;
}

static const char *
write_statement(struct csaf_document *doc, struct csaf_product *product,
    enum status status, const struct span *common_values)
{
	struct span values[ADV_COLUMNS];
	struct csaf_meaning meaning;
	const char *reason;

	if (product == NULL)
		return "a product that the document does not define";
	memcpy(values, common_values, sizeof(values));
	reason = csaf_product_meaning(&doc->products, product, &meaning);
	if (reason != NULL)
		return reason;
	if (meaning.kind == CSAF_PACKAGE)
		return write_package(doc, product, &meaning, status, values);
	if (!feed_is_word(meaning.name))
		return "a product without vendor and name";
	/* Windows goes by its updates, and has a fixed build only beside them */
	if (span_starts(product->product, SPAN("Windows ")) &&
	    span_starts(meaning.name, SPAN("microsoft:")))
		return status != AFFECTED || (csaf_remedies_of(doc, product) &
						 REMEDY_UPDATE) != 0
			   ? NULL
			   : "a Windows without an update";
	return write_product(doc, product, &meaning, status, values);
}

void
csaf_write_statements(struct csaf_document *doc,
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
		    doc->feed, "says nothing of products", 0, values[ADV_ADV]);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (item = feed_json_items(status, lists[i].name);
		     item != NULL; item = item->next) {
			reason = write_statement(doc,
			    csaf_product_find(
				&doc->products, feed_json_text(item)),
			    lists[i].status, values);
			if (reason != NULL)
				feed_unused(
				    doc->feed, reason, 0, feed_json_text(item));
		}
	if (json_member(status, "first_affected") != NULL)
		feed_unused(doc->feed, "the first affected version alone", 0,
		    values[ADV_ADV]);
}

/* ---- Windows */

static void
write_update(struct csaf_document *doc, struct span number, struct span id,
    const struct span *values)
{
	const struct csaf_product *product = csaf_product_find(
	    &doc->products, id);
	struct windows_product windows;
	struct span update[ADV_COLUMNS];

	if (product == NULL || !span_starts(product->product, SPAN("Windows ")))
		return;
	if (!windows_product(product->product, &windows)) {
		feed_unused_name(doc->feed,
		    "the product's name does not tell which release of "
		    "Windows it is",
		    0, product->product);
		return;
	}
	memcpy(update, values, sizeof(update));
	buffer_reset(&doc->text);
	buffer_printf(&doc->text, "KB%.*s", SPAN_ARG(number));
	update[ADV_ADV] = update[ADV_PACKAGE] = buffer_span(&doc->text);
	update[ADV_OS] = SPAN("windows");
	update[ADV_RELEASE] = span_of(windows.release);
	update[ADV_ARCH] = windows.arch;
	if (windows.core)
		update[ADV_SOURCE] = SPAN(WINDOWS_CORE);
	update[ADV_BY] = SPAN("binary");
	update[ADV_STATE] = SPAN("fixed");
	/* "<10.0.20348.3453" lacks it; a build by itself is the one that has it */
	if (csaf_range_parse(&doc->ranges, product->version) &&
	    doc->ranges.count == 1) {
		if (doc->ranges.range[0].introduced.n > 0)
			return;
		update[ADV_FIXED] = doc->ranges.range[0].fixed;
	}
	write_record(doc, update);
}

void
csaf_write_updates(struct csaf_document *doc,
    const struct json_value *vulnerability, const struct span *values)
{
	const struct json_value *item, *id;

	if (!span_starts(doc->vendor, SPAN("Microsoft")))
		return;
	for (item = feed_json_items(vulnerability, "remediations");
	     item != NULL; item = item->next) {
		struct span number = csaf_update_number(
		    feed_json_string(item, "url"));

		if (number.n == 0 ||
		    !span_is(feed_json_string(item, "category"), "vendor_fix"))
			continue;
		for (id = feed_json_items(item, "product_ids"); id != NULL;
		     id = id->next)
			write_update(doc, number, feed_json_text(id), values);
	}
}
