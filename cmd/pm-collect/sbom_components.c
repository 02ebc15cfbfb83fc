#include "sbom_components.h"

#include <strings.h>

#include "feed.h"
#include "purl.h"
#include "releases.h"

/* Types of packages that are installed by a system's own package manager. */
static const char *const system_types[] = {"deb", "rpm", "apk", "alpm", NULL};

static bool
same_word(struct span text, const char *word)
{
	return text.n == strlen(word) && strncasecmp(text.p, word, text.n) == 0;
}

static bool
is_system_type(struct span type)
{
	for (size_t i = 0; system_types[i] != NULL; i++)
		if (span_is(type, system_types[i]))
			return true;
	return false;
}

/*
 * The qualifier distro is written in several ways: debian-12, alpine-3.17.2,
 * 3.22.0, focal.  The namespace is the system, but for opensuse, whose flavour
 * stands in distro only.
 */
static void
note_distribution(struct sbom_components *components, const struct purl *purl)
{
	struct span os = purl->namespace;
	struct span release = purl_qualifier(purl, "distro");

	if (span_is(os, "redhat"))
		os = SPAN("rhel");
	if (release.n > os.n && span_starts(release, os) &&
	    release.p[os.n] == '-') {
		release = span_skip(release, os.n + 1);
	} else if (span_find(release, '-') != NULL) {
		struct span rest = release;

		os = span_cut(&rest, '-');
		release = rest;
	}
	if (components->purl_os.n == 0)
		components->purl_os = os;
	if (components->purl_release.n == 0)
		components->purl_release = release;
	if ((os.n > 0 && !span_equal(os, components->purl_os)) ||
	    (release.n > 0 && !span_equal(release, components->purl_release)))
		components->mixed = true;
}

/*
 * The source package, under the names that the tools have for it: upstream
 * (NAME or NAME@VERSION; of an rpm package the file's name), source, origin.
 */
static void
take_source(struct dump *dump, const struct purl *purl, struct span *column)
{
	struct span source = purl_qualifier(purl, "upstream");
	struct span version = {NULL, 0};

	if (source.n > 0) {
		version = source;
		source = span_cut(&version, '@');
	} else {
		source = purl_qualifier(purl, "source");
		version = purl_qualifier(purl, "sourceversion");
	}
	if (source.n == 0)
		source = purl_qualifier(purl, "origin");
	if (span_ends(source, SPAN(".src.rpm"))) {
		struct span rest = {source.p, source.n - 8};
		size_t hyphens = 0;

		for (size_t i = rest.n; i-- > 1;)
			if (rest.p[i] == '-' && ++hyphens == 2) {
				version = span_skip(rest, i + 1);
				source.n = i;
				break;
			}
	}
	column[PKG_SOURCE] = source;
	column[PKG_SOURCE_VERSION] = source.n > 0 && version.n == 0 &&
					     !span_is(purl->type, "rpm")
					 ? column[PKG_VERSION]
					 : version;
	(void)dump;
}

/* rpm's epoch is a qualifier. */
static struct span
full_version(struct dump *dump, const struct purl *purl)
{
	struct span epoch = purl_qualifier(purl, "epoch");
	struct buffer text = {0};
	struct span version = purl->version;

	if (epoch.n > 0 && !span_is(epoch, "0") &&
	    span_find(version, ':') == NULL) {
		buffer_printf(
		    &text, "%.*s:%.*s", SPAN_ARG(epoch), SPAN_ARG(version));
		version = arena_copy(&dump->arena, buffer_span(&text));
		buffer_release(&text);
	}
	return version;
}

/* pkg:TYPE/NAMESPACE/NAME, which is no name of a system's package. */
static struct span
foreign_name(struct dump *dump, const struct purl *purl)
{
	struct buffer text = {0};
	struct span name;

	buffer_printf(&text, "pkg:%.*s/", SPAN_ARG(purl->type));
	if (purl->namespace.n > 0)
		buffer_printf(&text, "%.*s/", SPAN_ARG(purl->namespace));
	buffer_add_span(&text, purl->name);
	name = arena_copy(&dump->arena, buffer_span(&text));
	buffer_release(&text);
	return name;
}

static void
take_package(struct sbom_components *components, const struct purl *purl,
    const struct sbom_component *component)
{
	struct dump *dump = components->dump;
	struct span column[PKG_COLUMNS] = {{NULL, 0}};

	column[PKG_VERSION] = full_version(dump, purl);
	column[PKG_ARCH] = purl_qualifier(purl, "arch");
	column[PKG_STATE] = SPAN("installed");
	if (is_system_type(purl->type)) {
		column[PKG_PACKAGE] = purl->name;
		take_source(dump, purl, column);
		/* some tools put the source package's name into the purl */
		if (feed_is_word(component->name) &&
		    span_equal(column[PKG_SOURCE], purl->name))
			column[PKG_PACKAGE] = component->name;
		column[PKG_MODULE] = purl_qualifier(purl, "rpmmod");
		note_distribution(components, purl);
	} else {
		column[PKG_PACKAGE] = foreign_name(dump, purl);
	}
	if (column[PKG_VERSION].n == 0 || !dump_package(dump, column)) {
		components->malformed++;
		if (components->example.n == 0)
			components->example = arena_copy(
			    &dump->arena, component->purl);
	} else if (!is_system_type(purl->type)) {
		components->elsewhere++;
	}
}

void
sbom_component(
    struct sbom_components *components, const struct sbom_component *component)
{
	struct dump *dump = components->dump;
	struct purl purl;

	if (same_word(component->type, "operating-system") ||
	    same_word(component->type, "operating_system")) {
		components->os = arena_copy(&dump->arena, component->name);
		components->release = arena_copy(
		    &dump->arena, component->version);
		return;
	}
	components->total++;
	if (component->purl.n == 0) {
		components->unnamed++;
	} else if (!purl_parse(&purl, &dump->arena, component->purl)) {
		components->malformed++;
		if (components->example.n == 0)
			components->example = arena_copy(
			    &dump->arena, component->purl);
	} else {
		take_package(components, &purl, component);
	}
}

/* A release by its codename becomes its number, as in os-release(5). */
static struct span
number_of(struct span os, struct span release)
{
	static struct releases releases;
	const struct release_row *row;

	if (release.n == 0 || (release.p[0] >= '0' && release.p[0] <= '9'))
		return release;
	if (releases.count == 0)
		releases_load(&releases);
	row = releases_find(&releases, os, release);
	return row != NULL ? row->release : release;
}

static void
take_system(struct sbom_components *components)
{
	struct dump *dump = components->dump;
	struct span os = components->os, release = components->release;

	if (os.n == 0 && components->mixed) {
		dump_unseen(dump, "os: the packages are of several systems");
		return;
	}
	if (os.n == 0)
		os = components->purl_os;
	if (release.n == 0)
		release = components->purl_release;
	host_set(&dump->host, HOST_OS, os);
	host_set(&dump->host, HOST_RELEASE, number_of(os, release));
}

void
sbom_components_finish(struct sbom_components *components)
{
	struct dump *dump = components->dump;

	take_system(components);
	if (components->unnamed > 0)
		dump_unseen(dump, "components: %llu of %llu have no purl",
		    (unsigned long long)components->unnamed,
		    (unsigned long long)components->total);
	if (components->malformed > 0)
		dump_unseen(dump,
		    "components: %llu of %llu cannot be used, such as %.*s",
		    (unsigned long long)components->malformed,
		    (unsigned long long)components->total,
		    components->example.n < 200 ? (int)components->example.n
						: 200,
		    components->example.p);
}
