#include "csaf_product.h"

#include <stdlib.h>

#include "feed_json.h"
#include "purl.h"

enum { DEPTH_MAX = 8, TEXT_MAX = 512 };

/* ---- the tree */

static void
add_product(struct csaf_products *products, const struct csaf_product *product)
{
	if (product->id.n == 0 ||
	    csaf_product_find(products, product->id) != NULL)
		return;
	products->items = memory_grow(products->items, &products->capacity,
	    products->count + 1, sizeof(*products->items));
	products->items[products->count] = *product;
	hash_insert(&products->table, hash_span(product->id),
	    (uint32_t)products->count++);
}

struct csaf_product *
csaf_product_find(const struct csaf_products *products, struct span id)
{
	struct hash_probe probe = hash_first(&products->table, hash_span(id));

	for (; hash_found(&products->table, &probe);
	     hash_next(&products->table, &probe))
		if (span_equal(products->items[probe.index].id, id))
			return &products->items[probe.index];
	return NULL;
}

/* A full_product_name, on top of what is known from the branches. */
static void
take_name(struct csaf_products *products, const struct json_value *value,
    struct csaf_product product)
{
	const struct json_value *helper = json_member(
	    value, "product_identification_helper");

	product.id = feed_json_string(value, "product_id");
	product.name = feed_json_string(value, "name");
	product.cpe = feed_json_string(helper, "cpe");
	product.purl = feed_json_string(helper, "purl");
	add_product(products, &product);
}

/* Branches within branches; JSON_DEPTH_MAX ends the recursion. */
static void
take_branches(struct csaf_products *products, const struct json_value *parent,
    struct csaf_product known)
{
	const struct json_value *branch = feed_json_items(parent, "branches");

	for (; branch != NULL; branch = branch->next) {
		struct span category = feed_json_string(branch, "category");
		struct csaf_product product = known;
		struct span name = span_trim(feed_json_string(branch, "name"));

		if (span_is(category, "vendor"))
			product.vendor = name;
		else if (span_is(category, "product_name") ||
			 (span_is(category, "product_family") &&
			     product.product.n == 0))
			product.product = name;
		else if (span_is(category, "product_version") ||
			 span_is(category, "product_version_range"))
			product.version = name;
		if (json_member(branch, "product") != NULL)
			take_name(
			    products, json_member(branch, "product"), product);
		take_branches(products, branch, product);
	}
}

void
csaf_products_read(struct csaf_products *products,
    const struct json_value *tree, struct span vendor)
{
	const struct json_value *item;
	struct csaf_product product = {0};

	products->count = 0;
	hash_release(&products->table);
	products->vendor = vendor;
	products->groups = feed_json_items(tree, "product_groups");
	take_branches(products, tree, product);
	for (item = feed_json_items(tree, "full_product_names"); item != NULL;
	     item = item->next)
		take_name(products, item, product);
	for (item = feed_json_items(tree, "relationships"); item != NULL;
	     item = item->next) {
		product.component = feed_json_string(item, "product_reference");
		product.platform = feed_json_string(
		    item, "relates_to_product_reference");
		take_name(
		    products, json_member(item, "full_product_name"), product);
	}
}

void
csaf_products_release(struct csaf_products *products)
{
	free(products->items);
	hash_release(&products->table);
	*products = (struct csaf_products){0};
}

/* ---- packages */

static char package_text[TEXT_MAX], version_text[TEXT_MAX];
static char module_text[TEXT_MAX], system_text[TEXT_MAX];

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undo %2B and such behind what is in text already; it is cut at its end. */
static struct span
decode(char *text, size_t start, struct span from)
{
	size_t n = start;

	for (size_t i = 0; i < from.n && n < TEXT_MAX; i++) {
		int high = -1, low = -1;

		if (from.p[i] == '%' && i + 2 < from.n) {
			high = hex_digit(from.p[i + 1]);
			low = hex_digit(from.p[i + 2]);
		}
		if (high >= 0 && low >= 0) {
			text[n++] = (char)(high * 16 + low);
			i += 2;
		} else {
			text[n++] = from.p[i];
		}
	}
	return (struct span){text, n};
}

/* The epoch in NAME-EPOCH:VERSION-RELEASE.ARCH; empty when it has none. */
static struct span
epoch_in(struct span id, struct span name)
{
	struct span rest = span_skip(id, name.n + 1), epoch = {rest.p, 0};

	if (!span_starts(id, name) || id.n <= name.n || id.p[name.n] != '-')
		return SPAN("");
	while (epoch.n < rest.n && rest.p[epoch.n] >= '0' &&
	       rest.p[epoch.n] <= '9')
		epoch.n++;
	return epoch.n < rest.n && rest.p[epoch.n] == ':' ? epoch : SPAN("");
}

/* The first two parts of a module's NAME:STREAM:VERSION:CONTEXT. */
static struct span
module_of(struct span text)
{
	struct span module = decode(module_text, 0, text);
	unsigned colons = 0;

	for (size_t i = 0; i < module.n; i++)
		if (module.p[i] == ':' && ++colons == 2)
			module.n = i;
	return colons > 0 ? module : SPAN("");
}

/* pkg:rpm/redhat/NAME@VERSION-RELEASE?arch=x86_64&epoch=1 */
static const char *
read_purl(const struct csaf_product *product, struct csaf_meaning *meaning)
{
	static const struct span type = {"pkg:rpm/", 8};
	struct span rest = product->purl, part, epoch;
	size_t n = 0;

	if (!span_starts(rest, type))
		return "a package that is no rpm";
	part = span_cut(&rest, '?');
	rest = span_skip(part, type.n);
	while (span_find(rest, '/') != NULL)
		span_cut(&rest, '/'); /* the namespace */
	meaning->name = decode(package_text, 0, span_cut(&rest, '@'));
	meaning->arch = purl_text_qualifier(product->purl, "arch");
	if (purl_text_qualifier(product->purl, "rpmmod").n > 0)
		meaning->module = module_of(
		    purl_text_qualifier(product->purl, "rpmmod"));
	if (rest.p == NULL || rest.n == 0)
		return NULL;
	epoch = purl_text_qualifier(product->purl, "epoch");
	if (epoch.n == 0)
		epoch = epoch_in(product->id, meaning->name);
	if (epoch.n > 0 && epoch.n < 12) {
		memcpy(version_text, epoch.p, epoch.n);
		n = epoch.n;
		version_text[n++] = ':';
	}
	meaning->version = decode(version_text, n, rest);
	return NULL;
}

/* Is it VERSION-RELEASE, and not the end of a name such as java-1-8? */
static bool
is_version(struct span text)
{
	const char *hyphen = span_find(text, '-');

	return hyphen != NULL && text.p[0] >= '0' && text.p[0] <= '9' &&
	       hyphen[1] >= '0' && hyphen[1] <= '9' &&
	       span_find(text, '.') != NULL;
}

/*
 * NAME-VERSION-RELEASE.ARCH, also without ARCH; a name alone when neither is
 * there.
 */
static void
read_nevra(struct span text, struct csaf_meaning *meaning)
{
	static const char *const arches[] = {"noarch", "x86_64", "i386", "i586",
	    "i686", "aarch64", "armv7hl", "ppc", "ppc64", "ppc64le", "s390",
	    "s390x", "ia64", "riscv64", "src", "nosrc"};
	struct span rest = text;
	unsigned hyphens = 0;

	meaning->name = text;
	while (rest.n > 0 && rest.p[rest.n - 1] != '.')
		rest.n--;
	for (size_t i = 0; i < sizeof(arches) / sizeof(arches[0]); i++)
		if (rest.n > 0 && span_is(span_skip(text, rest.n), arches[i]))
			meaning->arch = span_of(arches[i]);
	rest.n = meaning->arch.n > 0 ? rest.n - 1 : text.n;
	for (size_t i = rest.n; i-- > 0;)
		if (text.p[i] == '-' && ++hyphens == 2) {
			struct span version = span_skip(rest, i + 1);

			if (meaning->arch.n == 0 && !is_version(version))
				return;
			meaning->name.n = i;
			meaning->version = version;
			return;
		}
	meaning->arch = SPAN("");
}

/* ---- systems */

/* What follows the vendor of a CPE: cpe:/o:redhat:enterprise_linux:9 */
static bool
cpe_rest(struct span cpe, const char *vendor, struct span *rest)
{
	if (span_starts(cpe, SPAN("cpe:/")))
		cpe = span_skip(cpe, 5);
	else if (span_starts(cpe, SPAN("cpe:2.3:")))
		cpe = span_skip(cpe, 8);
	else
		return false;
	span_cut(&cpe, ':'); /* a, h or o */
	if (!span_is(span_cut(&cpe, ':'), vendor) || cpe.p == NULL)
		return false;
	*rest = cpe;
	return true;
}

static const char *
read_system(const struct csaf_product *platform, struct ecosystem *ecosystem)
{
	struct span rest, name = platform->name;
	const char *reason;
	int n;

	if (cpe_rest(platform->cpe, "redhat", &rest)) {
		n = snprintf(system_text, sizeof(system_text), "Red Hat:%.*s",
		    (int)(rest.n < 200 ? rest.n : 200), rest.p);
		return ecosystem_parse(
		    (struct span){system_text, (size_t)n}, ecosystem);
	}
	if (span_starts(name, SPAN("openSUSE "))) {
		rest = span_skip(name, 9);
		n = snprintf(system_text, sizeof(system_text), "openSUSE:%.*s",
		    (int)(rest.n < 200 ? rest.n : 200), rest.p);
		return ecosystem_parse(
		    (struct span){system_text, (size_t)n}, ecosystem);
	}
	if (span_starts(name, SPAN("SUSE "))) {
		*ecosystem = (struct ecosystem){0};
		reason = ecosystem_suse(name, ecosystem);
		return reason;
	}
	return "a component of something that is no system with packages";
}

/* ---- products */

/* Append a name as a CPE has it: small, with "_" for blanks. */
static size_t
normalise(char *to, size_t n, struct span name)
{
	for (size_t i = 0; i < name.n && n + 1 < TEXT_MAX; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c - 'A' + 'a');
		if (c <= ' ' || c >= 0x7f || c == ',' || c == ':' || c == '\\')
			c = '_';
		if (c == '_' && n > 0 && (to[n - 1] == '_' || to[n - 1] == ':'))
			continue;
		to[n++] = (char)c;
	}
	while (n > 0 && to[n - 1] == '_')
		n--;
	return n;
}

static const char *
read_product(const struct csaf_products *products,
    const struct csaf_product *product, struct csaf_meaning *meaning)
{
	struct span vendor = product->vendor, name = product->product, rest;
	struct span version = product->version;
	size_t n, start;

	if (vendor.n == 0)
		vendor = products->vendor;
	if (span_ends(vendor, SPAN(" PSIRT")))
		vendor.n -= 6;
	if (product->cpe.n > 0) {
		rest = product->cpe;
		span_cut(&rest, ':');
		if (span_starts(rest, SPAN("2.3:")))
			span_cut(&rest, ':');
		span_cut(&rest, ':');
		vendor = span_cut(&rest, ':');
		name = span_cut(&rest, ':');
	}
	if (vendor.n == 0 || name.n == 0)
		return "a product without vendor and name";
	n = normalise(package_text, 0, vendor);
	package_text[n++] = ':';
	start = n;
	n = normalise(package_text, n, name);
	/* "Cisco IOS XR" of Cisco */
	if (n > 2 * start &&
	    memcmp(package_text, package_text + start, start - 1) == 0 &&
	    package_text[2 * start - 1] == '_') {
		memmove(package_text + start, package_text + 2 * start,
		    n - 2 * start);
		n -= start;
	}
	/* "FortiOS 6.4.0" repeats the name */
	if (product->product.n > 0 && span_starts(version, product->product))
		version = span_trim(span_skip(version, product->product.n));
	meaning->kind = CSAF_PRODUCT;
	meaning->name = (struct span){package_text, n};
	meaning->version = version;
	meaning->product = product;
	return NULL;
}

const char *
csaf_product_meaning(const struct csaf_products *products,
    const struct csaf_product *product, struct csaf_meaning *meaning)
{
	static const char dangling[] =
	    "a product that the document does not define";
	const struct csaf_product *component = product, *platform = product;
	const char *reason;

	*meaning = (struct csaf_meaning){.product = product};
	if (product->platform.n == 0)
		return read_product(products, product, meaning);
	/* a package is part of a module, which is part of a repository */
	for (unsigned i = 0; platform->platform.n > 0; i++) {
		const struct csaf_product *part = csaf_product_find(
		    products, platform->component);

		if (i > 0 && part != NULL)
			meaning->module = module_of(part->name);
		platform = csaf_product_find(products, platform->platform);
		if (platform == NULL || i == DEPTH_MAX)
			return dangling;
	}
	for (unsigned i = 0; component->component.n > 0; i++) {
		component = csaf_product_find(products, component->component);
		if (component == NULL || i == DEPTH_MAX)
			return dangling;
	}
	reason = read_system(platform, &meaning->ecosystem);
	if (reason != NULL)
		return reason;
	meaning->kind = CSAF_PACKAGE;
	meaning->product = component;
	if (component->purl.n > 0)
		return read_purl(component, meaning);
	read_nevra(component->name, meaning);
	return NULL;
}
