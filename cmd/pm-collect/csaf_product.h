/*
 * The product tree of a CSAF document (CSAF 2.0, sections 3.1.2 and 3.2.2):
 * what the ids in the statements of its vulnerabilities stand for.
 */
#ifndef PM_CSAF_PRODUCT_H
#define PM_CSAF_PRODUCT_H

#include "ecosystem.h"
#include "hash.h"
#include "json_tree.h"

/* A product of the tree; texts are those of the tree. */
struct csaf_product {
	struct span id, name, cpe, purl;
	struct span vendor, product, version; /* of the branches it stands on */
	struct span component, platform;      /* ids, of a relationship */
	/* what is said of it by the vulnerability that is being read */
	uint64_t turn;
	unsigned remedies;
};

struct csaf_products {
	struct csaf_product *items;
	size_t count, capacity;
	struct hash_table table;
	const struct json_value *groups;
	struct span vendor; /* of products whose branches name none */
};

/* What a product id means to a host. */
enum csaf_kind { CSAF_PACKAGE, CSAF_PRODUCT };

struct csaf_meaning {
	enum csaf_kind kind;
	struct ecosystem ecosystem; /* of a package */
	struct span name;	    /* of the package, or vendor:product */
	struct span version;	    /* or range; empty: not said */
	struct span arch;	    /* of a package, maybe empty */
	struct span module;	    /* of a package, NAME:STREAM, or empty */
	const struct csaf_product *product; /* on which a package is based */
};

/* Take the tree, which must live as long as the products are used. */
void csaf_products_read(struct csaf_products *products,
    const struct json_value *tree, struct span vendor);
struct csaf_product *csaf_product_find(
    const struct csaf_products *products, struct span id);

/*
 * Returns NULL when it is understood, else why it is not.  The meaning's texts
 * live until the next call.
 */
const char *csaf_product_meaning(const struct csaf_products *products,
    const struct csaf_product *product, struct csaf_meaning *meaning);

void csaf_products_release(struct csaf_products *products);

#endif
