#include "packages.h"

#include <errno.h>

enum { ARCH_MAX = 64 * 1024 };

struct automatic {
	struct span name;
	struct span architecture;
};

static const char *const status_fields[] = {
    "package", "status", "architecture", "version", "source", "origin"};
enum {
	STATUS_PACKAGE,
	STATUS_STATUS,
	STATUS_ARCHITECTURE,
	STATUS_VERSION,
	STATUS_SOURCE,
	STATUS_ORIGIN,
	STATUS_FIELDS
};

static const char *const extended_fields[] = {
    "package", "architecture", "auto-installed"};
enum {
	EXTENDED_PACKAGE,
	EXTENDED_ARCHITECTURE,
	EXTENDED_AUTO,
	EXTENDED_FIELDS
};

/* The third word of Status; the last two are no installed package. */
static const char *const states[] = {"installed", "half-configured",
    "half-installed", "triggers-awaited", "triggers-pending", "unpacked",
    "config-files", "not-installed"};
enum { STATES_PRESENT = 6, STATES = sizeof(states) / sizeof(states[0]) };

static const char *const wants[] = {
    "unknown", "install", "hold", "deinstall", "purge"};

static _Noreturn void
malformed(const struct deb822 *parser, const char *reason)
{
	die(PM_EXIT_DATA, "%s:%llu: %s", parser->file,
	    (unsigned long long)parser->line, reason);
}

/* Status is what is wanted, an error flag, and how far it has come. */
static void
take_status(const struct deb822 *parser, struct packages *packages,
    struct package *package)
{
	struct span rest = deb822_get(parser, STATUS_STATUS);
	struct span want = span_cut(&rest, ' ');
	struct span flag = rest.p == NULL ? rest : span_cut(&rest, ' ');
	struct buffer text = {0};
	struct list words = {0};
	bool known = false;
	size_t state = 0;

	for (size_t i = 0; i < sizeof(wants) / sizeof(wants[0]); i++)
		known = known || span_is(want, wants[i]);
	while (state < STATES && !span_is(rest, states[state]))
		state++;
	if (!known || state == STATES ||
	    (!span_is(flag, "ok") && !span_is(flag, "reinstreq")))
		malformed(parser, "the Status is not one that dpkg knows");
	package->present = state < STATES_PRESENT;
	list_add(&words, rest);
	if (span_is(want, "hold"))
		list_add(&words, SPAN("held"));
	if (span_is(flag, "reinstreq"))
		list_add(&words, flag);
	list_join(&words, &text);
	package->state = arena_copy(&packages->arena, buffer_span(&text));
	list_release(&words);
	buffer_release(&text);
}

/* Source is absent, NAME, or NAME (VERSION); Debian Policy 5.6.1. */
static void
take_source(const struct deb822 *parser, struct packages *packages,
    struct package *package)
{
	struct span rest = deb822_get(parser, STATUS_SOURCE);
	struct span name;

	package->source = package->name;
	package->source_version = package->version;
	if (rest.n == 0)
		return;
	name = span_trim(span_cut(&rest, '('));
	package->source = arena_copy(&packages->arena, name);
	if (rest.p != NULL) {
		struct span version = span_trim(span_cut(&rest, ')'));

		if (version.n == 0 || rest.p == NULL || rest.n != 0)
			malformed(parser, "the Source is not NAME (VERSION)");
		package->source_version = arena_copy(&packages->arena, version);
	}
	if (name.n == 0 || span_find(name, ' ') != NULL)
		malformed(parser, "the Source is not NAME (VERSION)");
}

/* A field of one line; missing is said with the name of the field. */
static struct span
take_field(const struct deb822 *parser, struct packages *packages,
    unsigned field, bool required)
{
	struct span value = deb822_get(parser, field);

	if (required && value.n == 0)
		die(PM_EXIT_DATA, "%s:%llu: the package has no %s",
		    parser->file, (unsigned long long)parser->line,
		    status_fields[field]);
	if (span_find(value, '\n') != NULL)
		die(PM_EXIT_DATA, "%s:%llu: %s has more than one line",
		    parser->file, (unsigned long long)parser->line,
		    status_fields[field]);
	return arena_copy(&packages->arena, value);
}

/*
 * A package that is being installed for the first time or that is gone may
 * have no version; one from before multiarch has no architecture.
 */
static void
take_package(const struct deb822 *parser, struct packages *packages)
{
	struct package package = {
	    .generation = packages->generation, .line = parser->line};
	bool versioned;

	package.name = take_field(parser, packages, STATUS_PACKAGE, true);
	take_field(parser, packages, STATUS_STATUS, true);
	take_status(parser, packages, &package);
	versioned = package.present &&
		    !span_ends(deb822_get(parser, STATUS_STATUS),
			SPAN(" half-installed"));
	package.architecture = take_field(
	    parser, packages, STATUS_ARCHITECTURE, false);
	package.version = take_field(
	    parser, packages, STATUS_VERSION, versioned);
	package.origin = take_field(parser, packages, STATUS_ORIGIN, false);
	take_field(parser, packages, STATUS_SOURCE, false);
	take_source(parser, packages, &package);
	packages->item = memory_grow(packages->item, &packages->capacity,
	    packages->count + 1, sizeof(*packages->item));
	packages->item[packages->count++] = package;
}

static int
compare_packages(const void *left, const void *right)
{
	const struct package *a = left;
	const struct package *b = right;
	int order = span_compare(a->name, b->name);

	if (order == 0)
		order = span_compare(a->architecture, b->architecture);
	if (order == 0)
		order = (a->generation > b->generation) -
			(a->generation < b->generation);
	if (order == 0)
		order = (a->line > b->line) - (a->line < b->line);
	return order;
}

static bool
same_package(const struct package *a, const struct package *b)
{
	return span_equal(a->name, b->name) &&
	       span_equal(a->architecture, b->architecture);
}

/* Sort, and let the newest generation of each package stand. */
static void
settle(struct packages *packages, const char *file)
{
	struct package *item = packages->item;
	size_t kept = 0;

	if (packages->count > 1)
		qsort(item, packages->count, sizeof(*item), compare_packages);
	for (size_t i = 0; i < packages->count; i++) {
		if (kept == 0 || !same_package(&item[i], &item[kept - 1]))
			kept++;
		else if (item[i].generation == item[kept - 1].generation)
			die(PM_EXIT_DATA,
			    "%s:%llu: %.*s stands here again; it is at "
			    "line %llu already",
			    file, (unsigned long long)item[i].line,
			    SPAN_ARG(item[i].name),
			    (unsigned long long)item[kept - 1].line);
		item[kept - 1] = item[i];
	}
	packages->count = kept;
}

void
packages_read(struct packages *packages, struct bytes *status)
{
	struct deb822 *parser = &packages->parser;

	packages->generation++;
	deb822_open(parser, status, status_fields, STATUS_FIELDS);
	while (deb822_paragraph(parser)) {
		take_package(parser, packages);
		if (!parser->closed)
			malformed(parser,
			    "the file ends within this "
			    "paragraph: truncated (dpkg puts an empty line "
			    "behind each)");
	}
	deb822_close(parser);
	settle(packages, status->file);
	for (size_t i = 0; i < packages->count; i++)
		if (packages->item[i].present &&
		    span_is(packages->item[i].name, "dpkg") &&
		    !span_is(packages->item[i].architecture, "all"))
			packages->native = packages->item[i].architecture;
}

static int
compare_automatic(const void *left, const void *right)
{
	const struct automatic *a = left;
	const struct automatic *b = right;
	int order = span_compare(a->name, b->name);

	return order != 0 ? order
			  : span_compare(a->architecture, b->architecture);
}

static void
read_extended(struct packages *packages, struct bytes *bytes)
{
	struct deb822 *parser = &packages->parser;

	deb822_open(parser, bytes, extended_fields, EXTENDED_FIELDS);
	while (deb822_paragraph(parser)) {
		struct automatic *automatic;

		if (!span_is(deb822_get(parser, EXTENDED_AUTO), "1"))
			continue;
		packages->automatic = memory_grow(packages->automatic,
		    &packages->automatic_capacity,
		    packages->automatic_count + 1,
		    sizeof(*packages->automatic));
		automatic = &packages->automatic[packages->automatic_count++];
		automatic->name = arena_copy(
		    &packages->arena, deb822_get(parser, EXTENDED_PACKAGE));
		automatic->architecture = arena_copy(&packages->arena,
		    deb822_get(parser, EXTENDED_ARCHITECTURE));
	}
	deb822_close(parser);
	if (packages->automatic_count > 1)
		qsort(packages->automatic, packages->automatic_count,
		    sizeof(*packages->automatic), compare_automatic);
	packages->automatic_known = true;
}

static bool
is_automatic(
    const struct packages *packages, struct span name, struct span architecture)
{
	struct automatic key = {name, architecture};

	return packages->automatic_count > 0 && architecture.n > 0 &&
	       bsearch(&key, packages->automatic, packages->automatic_count,
		   sizeof(key), compare_automatic) != NULL;
}

/* Open for reading; false when it is not there. */
static bool
open_if_there(const struct tree *tree, const char *path, struct bytes *bytes)
{
	if (tree_bytes(tree, path, bytes))
		return true;
	if (errno != ENOENT && errno != ENOTDIR)
		die_errno(PM_EXIT_IO, "%s", path);
	return false;
}

/*
 * dpkg writes changes to numbered files beside status and merges them later;
 * dpkg(1) "updates".  The file with the highest number is the newest.
 */
static void
read_updates(struct packages *packages, const struct tree *tree)
{
	static const char directory[] = "/var/lib/dpkg/updates";
	struct list list = {0};
	uint64_t number;

	tree_names(tree, directory, &list);
	for (size_t i = 0; i < list.count; i++) {
		struct buffer path = {0};
		struct bytes bytes;

		if (!span_number(list.item[i], &number))
			continue;
		buffer_printf(
		    &path, "%s/%.*s", directory, SPAN_ARG(list.item[i]));
		buffer_add_byte(&path, '\0');
		if (open_if_there(tree, path.p, &bytes)) {
			packages_read(packages, &bytes);
			bytes_close(&bytes);
		}
		buffer_release(&path);
	}
	list_release(&list);
}

bool
packages_read_tree(struct packages *packages, const struct tree *tree)
{
	struct buffer text = {0};
	struct bytes bytes;

	if (!open_if_there(tree, "/var/lib/dpkg/status", &bytes))
		return false;
	packages_read(packages, &bytes);
	bytes_close(&bytes);
	read_updates(packages, tree);
	if (open_if_there(tree, "/var/lib/apt/extended_states", &bytes)) {
		read_extended(packages, &bytes);
		bytes_close(&bytes);
	}
	if (packages->native.n == 0 &&
	    tree_slurp(tree, "/var/lib/dpkg/arch", &text, ARCH_MAX)) {
		struct span rest = buffer_span(&text);

		packages->native = arena_copy(
		    &packages->arena, span_cut(&rest, '\n'));
	}
	buffer_release(&text);
	return true;
}

void
packages_write(
    const struct packages *packages, struct span host, struct output *output)
{
	const struct layout *layout = layout_default(RECORD_PKG, false);

	for (size_t i = 0; i < packages->count; i++) {
		const struct package *p = &packages->item[i];
		struct span native = packages->native;
		struct span automatic = SPAN("-");

		if (!p->present)
			continue;
		/* apt files what is for all under the native architecture */
		if (!span_is(p->architecture, "all"))
			native = p->architecture;
		if (packages->automatic_known)
			automatic = is_automatic(packages, p->name, native) ||
					    is_automatic(packages, p->name,
						p->architecture)
					? SPAN("yes")
					: SPAN("no");
		output_begin(output, layout);
		output_text(output, host);
		output_text(output, p->name);
		output_text(output, p->version);
		output_text(output, p->architecture);
		output_text(output, p->source);
		output_text(output, p->source_version);
		output_text(output, p->origin);
		output_field(output, automatic);
		output_text(output, p->state);
		output_end(output);
	}
}

void
packages_release(struct packages *packages)
{
	deb822_close(&packages->parser);
	arena_release(&packages->arena);
	free(packages->item);
	free(packages->automatic);
	*packages = (struct packages){0};
}
