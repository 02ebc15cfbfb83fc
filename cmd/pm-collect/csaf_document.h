/*
 * A document of CSAF 2.0 while it is read, and what its vulnerabilities say:
 * remedies, severity, scores; feed_csaf.c reads it, csaf_record.c writes.
 */
#ifndef PM_CSAF_DOCUMENT_H
#define PM_CSAF_DOCUMENT_H

#include "csaf_product.h"
#include "csaf_range.h"
#include "feed_json.h"
#include "feed_threat.h"

/* What remediations say of a product, as bits. */
enum {
	REMEDY_FIX = 1,
	REMEDY_NO_FIX = 2,   /* none is planned */
	REMEDY_DEFERRED = 4, /* not now */
	REMEDY_EOL = 8,	     /* out of support */
	REMEDY_UPDATE = 16   /* a fix that is an update of Windows */
};

/* The document that is being read. */
struct csaf_document {
	struct feed *feed;
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
};

/* What the document calls itself; "-" when it does not. */
struct span csaf_document_id(const struct csaf_document *doc);

/* Take the remedies of a vulnerability, which those below answer from. */
void csaf_remedies_take(
    struct csaf_document *doc, const struct json_value *vulnerability);

/* The remedies that a product has, as bits. */
unsigned csaf_remedies_of(
    struct csaf_document *doc, const struct csaf_product *product);

/* The state of what has no fix, by its remedies. */
struct span csaf_unfixed_state(unsigned remedies);

/* The number at the end of https://support.microsoft.com/help/5055526. */
struct span csaf_update_number(struct span url);

/* How bad the vulnerability is, as feeds say it; empty when unknown. */
struct span csaf_severity(struct csaf_document *doc,
    const struct json_value *vulnerability, const struct feed_cvss *score);

/* Write its cve record, and find the best of its scores. */
void csaf_scores_take(struct csaf_document *doc, struct feed_cvss *best,
    const struct json_value *vulnerability, struct span cve);

/*
 * Write adv records for what it says of products, and for the updates of
 * Windows that it names; values are what all of them have.
 */
void csaf_write_statements(struct csaf_document *doc,
    const struct json_value *vulnerability, const struct span *values);
void csaf_write_updates(struct csaf_document *doc,
    const struct json_value *vulnerability, const struct span *values);

#endif
