/*
 * Criteria trees as advisories: a tree that says "this system, and one of these
 * packages older than this version" becomes one advisory a package.  What says
 * more (several packages at once, a negation) is counted as not used.
 */
#include "feed_system.h"
#include "oval.h"
#include "timestamp.h"

enum { SYSTEMS_MAX = 64 };

enum leaf {
	LEAF_NOTHING, /* does not narrow what is at stake: signatures, ... */
	LEAF_SYSTEM,
	LEAF_MODULE,
	LEAF_ARCH,
	LEAF_LESS,
	LEAF_NOT_LESS,
	LEAF_PRESENT,
	LEAF_SAFE,   /* a package that is said not to be affected */
	LEAF_UNKNOWN /* a comparison that no advisory expresses */
};

/* What the nodes above and beside a package's test say. */
struct context {
	struct feed_system systems[SYSTEMS_MAX];
	size_t system_count;
	struct span module, arch;
	struct span introduced;
	uint32_t introduced_object;
};

struct reduction {
	const struct oval *oval;
	struct feed *feed;
	const struct oval_definition *definition;
	struct buffer release, requires;
	bool told; /* of this definition something could not be used */
};

static const struct oval_item nothing;

static const struct oval_item *
item_of(const struct oval *oval, uint32_t id)
{
	return id == 0 || id >= oval->item_count ? &nothing : &oval->items[id];
}

static bool
holds(struct span text, struct span part)
{
	return part.n <= text.n &&
	       memmem(text.p, text.n, part.p, part.n) != NULL;
}

static enum leaf
leaf_kind(const struct oval *oval, const struct oval_node *node)
{
	struct span comment = oval_text(oval, node->comment);
	const struct oval_item *test = item_of(oval, node->test);
	const struct oval_item *state = item_of(oval, test->state);

	/* SUSE's, with a version that no package has */
	if (test->package_test && span_ends(comment, SPAN(" is affected")))
		return LEAF_PRESENT;
	if (test->package_test && span_ends(comment, SPAN(" is not affected")))
		return LEAF_SAFE;
	if (test->package_test && !test->absence && test->state != 0 &&
	    state->operation != OVAL_NO_VERSION && !state->condition) {
		if (state->operation == OVAL_LESS)
			return LEAF_LESS;
		return state->operation == OVAL_NOT_LESS ? LEAF_NOT_LESS
							 : LEAF_UNKNOWN;
	}
	if (span_starts(comment, SPAN("Module ")) &&
	    span_ends(comment, SPAN(" is enabled")))
		return LEAF_MODULE;
	if (holds(comment, SPAN(" arch is ")))
		return LEAF_ARCH;
	if (span_ends(comment, SPAN(" is installed")) &&
	    feed_system_in(comment).os.n > 0 &&
	    feed_system_in(comment).release.n > 0)
		return LEAF_SYSTEM;
	if (test->package_test && !test->absence && !state->condition &&
	    (test->state == 0 || state->operation == OVAL_NO_VERSION) &&
	    (span_ends(comment, SPAN(" is installed")) ||
		item_of(oval, test->object)->variable != 0))
		return LEAF_PRESENT;
	return LEAF_NOTHING;
}

static bool
has_package(const struct oval *oval, const struct oval_node *node)
{
	enum leaf kind;

	if (node->joins == OVAL_LEAF) {
		kind = leaf_kind(oval, node);
		return kind == LEAF_LESS || kind == LEAF_PRESENT ||
		       kind == LEAF_SAFE || kind == LEAF_UNKNOWN;
	}
	for (uint32_t at = node->first; at != 0; at = oval->nodes[at].next)
		if (has_package(oval, &oval->nodes[at]))
			return true;
	return false;
}

static void
unusable(struct reduction *reduction, const char *reason)
{
	if (!reduction->told)
		feed_unused(reduction->feed, reason,
		    reduction->definition->line,
		    oval_text(reduction->oval, reduction->definition->name));
	reduction->told = true;
}

/* ---- writing */

/* "0:" says nothing. */
static struct span
plain_version(struct span version)
{
	return span_starts(version, SPAN("0:")) ? span_skip(version, 2)
						: version;
}

/* ^NAME(?::\w+|)\s+(.*)$, as Ubuntu looks for a package in a manifest. */
static struct span
manifest_name(struct span pattern)
{
	struct span name = span_skip(pattern, 1);

	for (name.n = 0; name.n + 1 < pattern.n &&
			 strchr("(\\[?*$", name.p[name.n]) == NULL;)
		name.n++;
	return span_starts(pattern, SPAN("^")) ? name : SPAN("");
}

/* (CVE-2023-48795) ...: Ubuntu's definitions by package. */
static struct span
cve_of_comment(struct span comment)
{
	struct span name = span_skip(comment, 1);

	if (!span_starts(comment, SPAN("(CVE-")))
		return SPAN("");
	name = span_cut(&name, ')');
	return feed_is_cve(name) ? name : SPAN("");
}

static void
name_system(struct reduction *reduction, const struct feed_system *found,
    struct span *values)
{
	values[ADV_OS] = feed_options.os != NULL ? span_of(feed_options.os)
						 : found->os;
	if (feed_options.release != NULL) {
		values[ADV_RELEASE] = span_of(feed_options.release);
		return;
	}
	buffer_reset(&reduction->release);
	buffer_add_span(&reduction->release, found->release);
	if (found->pack.n > 0) {
		buffer_add_byte(&reduction->release, '.');
		buffer_add_span(&reduction->release, found->pack);
	}
	values[ADV_RELEASE] = buffer_span(&reduction->release);
}

static void
write_package(struct reduction *reduction, const struct context *context,
    struct span *values, struct span package)
{
	struct feed_system given = {SPAN(""), SPAN(""), SPAN("")};
	const struct feed_system *systems = context->systems;
	size_t count = context->system_count;

	if (!feed_is_word(package) ||
	    (values[ADV_FIXED].n > 0 && !feed_is_word(values[ADV_FIXED]))) {
		unusable(reduction, "no proper name or version of a package");
		return;
	}
	if (feed_options.os != NULL && feed_options.release != NULL) {
		systems = &given;
		count = 1;
	}
	values[ADV_PACKAGE] = package;
	for (size_t i = 0; i < count; i++) {
		name_system(reduction, &systems[i], values);
		if (values[ADV_OS].n == 0 || values[ADV_RELEASE].n == 0) {
			unusable(reduction, "for a system that is not known; "
					    "name it with --os and --release");
			continue;
		}
		/* Debian's are made from names of source packages */
		values[ADV_BY] = span_is(values[ADV_OS], "debian")
				     ? SPAN("source")
				     : SPAN("binary");
		feed_advisory(reduction->feed, values);
	}
	if (count == 0)
		unusable(reduction, "for a system that is not known; name it "
				    "with --os and --release");
}

static struct span
state_of(const struct reduction *reduction, enum leaf kind, struct span fixed)
{
	const struct oval_definition *definition = reduction->definition;

	if (definition->unaffected || kind == LEAF_SAFE || span_is(fixed, "0"))
		return SPAN("not_affected");
	if (kind == LEAF_LESS)
		return SPAN("fixed");
	return definition->resolution != 0
		   ? oval_text(reduction->oval, definition->resolution)
		   : SPAN("affected");
}

/* One test of a package, whatever it is for. */
static void
write_test(struct reduction *reduction, const struct context *context,
    const struct oval_node *node, enum leaf kind)
{
	const struct oval *oval = reduction->oval;
	const struct oval_definition *definition = reduction->definition;
	const struct oval_item *test = item_of(oval, node->test);
	const struct oval_item *state = item_of(oval, test->state);
	const struct oval_item *object = item_of(oval, test->object);
	const struct oval_item *variable = item_of(oval, object->variable);
	struct span values[ADV_COLUMNS] = {{0}};
	struct span fixed = plain_version(oval_text(oval, state->version));
	struct span arch = oval_text(oval, state->arch);
	struct span cve = cve_of_comment(oval_text(oval, node->comment));
	char stamp[TIMESTAMP_SIZE];

	values[ADV_ADV] = cve.n > 0 ? cve : oval_text(oval, definition->name);
	values[ADV_CVES] = cve.n > 0 ? cve : oval_text(oval, definition->cves);
	values[ADV_STATE] = state_of(reduction, kind, fixed);
	if (kind == LEAF_LESS && span_is(values[ADV_STATE], "fixed"))
		values[ADV_FIXED] = fixed;
	if (context->introduced_object == test->object)
		values[ADV_INTRODUCED] = context->introduced;
	values[ADV_ARCH] = context->arch.n > 0 ? context->arch : arch;
	if (!feed_is_word(values[ADV_ARCH]) ||
	    strpbrk(oval_text(oval, state->arch).p, "|(") != NULL)
		values[ADV_ARCH] = context->arch;
	values[ADV_REQUIRES] = context->module;
	values[ADV_SEVERITY] = oval_text(oval, definition->severity);
	values[ADV_TITLE] = oval_text(oval, definition->title);
	values[ADV_URL] = oval_text(oval, definition->url);
	values[ADV_KIND] = SPAN("security");
	if (definition->dated)
		values[ADV_PUBLISHED] = timestamp_format(
		    definition->date, stamp);
	if (object->variable == 0)
		write_package(
		    reduction, context, values, oval_text(oval, object->name));
	for (uint32_t i = 0; i < variable->count; i++) {
		struct span name = oval_text(
		    oval, oval->values[variable->value + i]);

		write_package(reduction, context, values,
		    test->package_test && span_starts(name, SPAN("^"))
			? manifest_name(name)
			: name);
	}
}

/* ---- walking */

static void
add_system(struct context *context, struct feed_system found)
{
	for (size_t i = 0; i < context->system_count; i++) {
		const struct feed_system *known = &context->systems[i];

		if (span_equal(known->os, found.os) &&
		    span_equal(known->release, found.release) &&
		    span_equal(known->pack, found.pack))
			return;
	}
	if (context->system_count < SYSTEMS_MAX)
		context->systems[context->system_count++] = found;
}

/* Module NAME:STREAM is enabled */
static struct span
module_in(struct reduction *reduction, struct span comment)
{
	struct span name = span_skip(comment, 7);

	name.n -= sizeof(" is enabled") - 1;
	if (!feed_is_word(name))
		return SPAN("");
	buffer_reset(&reduction->requires);
	buffer_add_span(&reduction->requires, SPAN("module:"));
	buffer_add_span(&reduction->requires, name);
	return buffer_span(&reduction->requires);
}

/* Take what a leaf without a package says. */
static void
narrow(struct reduction *reduction, struct context *context,
    const struct oval_node *node)
{
	const struct oval *oval = reduction->oval;
	const struct oval_item *test = item_of(oval, node->test);
	struct span comment = oval_text(oval, node->comment);
	const char *arch;

	switch (leaf_kind(oval, node)) {
	case LEAF_SYSTEM:
		add_system(context, feed_system_in(comment));
		break;
	case LEAF_MODULE:
		context->module = module_in(reduction, comment);
		break;
	case LEAF_ARCH:
		arch = memmem(comment.p, comment.n, " arch is ", 9);
		context->arch = span_trim(
		    span_skip(comment, (size_t)(arch - comment.p) + 9));
		break;
	case LEAF_NOT_LESS:
		context->introduced = plain_version(
		    oval_text(oval, item_of(oval, test->state)->version));
		context->introduced_object = test->object;
		break;
	default:
		break;
	}
}

/* A subtree without packages: systems that are as good as each other. */
static void
narrow_all(struct reduction *reduction, struct context *context,
    const struct oval_node *node)
{
	const struct oval *oval = reduction->oval;

	if (node->joins == OVAL_LEAF) {
		narrow(reduction, context, node);
		return;
	}
	for (uint32_t at = node->first; at != 0; at = oval->nodes[at].next)
		narrow_all(reduction, context, &oval->nodes[at]);
}

static void walk(struct reduction *reduction, const struct context *above,
    const struct oval_node *node);

static void
walk_and(struct reduction *reduction, const struct context *above,
    const struct oval_node *node)
{
	const struct oval *oval = reduction->oval;
	const struct oval_node *package = NULL;
	struct context context = *above;
	size_t system_count = context.system_count;

	context.system_count = 0;
	for (uint32_t at = node->first; at != 0; at = oval->nodes[at].next) {
		const struct oval_node *child = &oval->nodes[at];

		if (!has_package(oval, child)) {
			if (!child->negate)
				narrow_all(reduction, &context, child);
		} else if (package != NULL) {
			unusable(
			    reduction, "speaks of several packages at once");
			return;
		} else {
			package = child;
		}
	}
	if (context.system_count == 0)
		context.system_count = system_count;
	if (package != NULL)
		walk(reduction, &context, package);
}

static void
walk(struct reduction *reduction, const struct context *above,
    const struct oval_node *node)
{
	const struct oval *oval = reduction->oval;
	enum leaf kind;

	if (node->negate) {
		if (has_package(oval, node))
			unusable(reduction, "a negated test");
		return;
	}
	if (node->joins == OVAL_AND) {
		walk_and(reduction, above, node);
		return;
	}
	if (node->joins == OVAL_OR) {
		for (uint32_t at = node->first; at != 0;
		     at = oval->nodes[at].next)
			walk(reduction, above, &oval->nodes[at]);
		return;
	}
	kind = leaf_kind(oval, node);
	if (kind == LEAF_LESS || kind == LEAF_PRESENT || kind == LEAF_SAFE)
		write_test(reduction, above, node, kind);
	else if (kind == LEAF_UNKNOWN)
		unusable(reduction, "a comparison other than older than");
}

void
oval_reduce(struct oval *oval, struct feed *feed)
{
	struct reduction reduction = {.oval = oval, .feed = feed};

	for (size_t i = 0; i < oval->definition_count; i++) {
		const struct oval_definition *definition =
		    &oval->definitions[i];
		struct context context = {.module = SPAN("")};
		struct feed_system found = feed_system_in(
		    oval_text(oval, definition->platform));

		reduction.definition = definition;
		reduction.told = false;
		if (found.os.n > 0)
			add_system(&context, found);
		if (definition->root == 0 ||
		    !has_package(oval, &oval->nodes[definition->root]))
			unusable(&reduction, "speaks of no package");
		else
			walk(&reduction, &context,
			    &oval->nodes[definition->root]);
	}
	buffer_release(&reduction.release);
	buffer_release(&reduction.requires);
}
