/*
 * A folder of lists as in /var/lib/apt/lists: each Packages file, and the
 * Release file with the same beginning, which says whose release it is.
 */
#include <dirent.h>
#include <errno.h>
#include <strings.h>

#include "releases.h"
#include "repository.h"

static const char *const endings[] = {"", ".lz4", ".gz", ".xz", ".zst", ".bz2"};

struct folder {
	const char *path;
	struct span *names; /* sorted */
	size_t count;
	size_t capacity;
	struct arena *text;
	struct releases releases;
};

static int
span_order(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

static void
folder_read(struct folder *folder)
{
	DIR *directory = opendir(folder->path);
	struct dirent *entry;

	if (directory == NULL)
		die_errno(PM_EXIT_NOTHING, "%s", folder->path);
	while ((errno = 0, entry = readdir(directory)) != NULL) {
		folder->names = memory_grow(folder->names, &folder->capacity,
		    folder->count + 1, sizeof(*folder->names));
		folder->names[folder->count++] = arena_copy(
		    folder->text, span_of(entry->d_name));
	}
	if (errno != 0)
		die_errno(PM_EXIT_IO, "%s", folder->path);
	closedir(directory);
	if (folder->count > 0)
		qsort(folder->names, folder->count, sizeof(*folder->names),
		    span_order);
}

/* The name without what says how it is packed. */
static struct span
stem_of(struct span name)
{
	for (size_t i = 1; i < sizeof(endings) / sizeof(*endings); i++)
		if (span_ends(name, span_of(endings[i]))) {
			name.n -= strlen(endings[i]);
			break;
		}
	return name;
}

static const char *
path_of(struct folder *folder, struct span name)
{
	struct buffer path = {0};
	const char *copy;

	buffer_printf(&path, "%s/%.*s", folder->path, SPAN_ARG(name));
	copy = arena_copy(folder->text, buffer_span(&path)).p;
	buffer_release(&path);
	return copy;
}

/* ---- Release */

/* The value of a field of a Release file, or empty. */
static struct span
release_field(struct span text, const char *name)
{
	struct span key = span_of(name);

	while (text.p != NULL) {
		struct span line = span_cut(&text, '\n');

		if (line.n > key.n && line.p[key.n] == ':' &&
		    strncasecmp(line.p, key.p, key.n) == 0)
			return span_trim(span_skip(line, key.n + 1));
	}
	return SPAN("");
}

static struct span
lower_word(struct folder *folder, struct span text)
{
	struct buffer word = {0};
	struct span copy;

	for (size_t i = 0; i < text.n && text.p[i] != ' '; i++)
		buffer_add_byte(
		    &word, (char)(text.p[i] >= 'A' && text.p[i] <= 'Z'
				      ? text.p[i] - 'A' + 'a'
				      : text.p[i]));
	copy = arena_copy(folder->text, buffer_span(&word));
	buffer_release(&word);
	return copy;
}

/*
 * Whose release: Origin is the os, Codename the release, whose suites have
 * "-security" and the like behind it.  An archive of somebody else says neither.
 */
static void
take_owner(struct folder *folder, struct repository *row, struct span text)
{
	struct span os = lower_word(folder, release_field(text, "Origin"));
	struct span codename = release_field(text, "Codename");
	const struct release_row *release;

	codename = span_cut(&codename, '-');
	codename = span_cut(&codename, '/');
	release = releases_find(&folder->releases, os, codename);
	if (release == NULL)
		return;
	if (span_absent(row->os))
		row->os = arena_copy(folder->text, release->os);
	if (span_absent(row->release))
		row->release = arena_copy(folder->text, release->release);
}

static void
take_release(struct folder *folder, struct repository *row, struct span name)
{
	const char *path = path_of(folder, name);
	struct buffer bytes = repository_bytes(path);
	struct span text = buffer_span(&bytes);

	take_owner(folder, row, text);
	row->suite = arena_copy(folder->text, release_field(text, "Suite"));
	row->origin = arena_copy(folder->text, release_field(text, "Origin"));
	if (span_is(release_field(text, "NotAutomatic"), "yes"))
		row->priority = span_is(
				    release_field(text, "ButAutomaticUpgrades"),
				    "yes")
				    ? PRIORITY_INSTALLED
				    : PRIORITY_NEVER;
	buffer_release(&bytes);
}

/* The Release file whose name is the longest beginning of the list's. */
static void
find_release(struct folder *folder, struct repository *row, struct span stem)
{
	static const struct span words[] = {{"_InRelease", 10}, {"_Release", 8},
	    {"InRelease", 9}, {"Release", 7}};
	struct span best = {NULL, 0};
	size_t longest = 0;

	for (size_t i = 0; i < folder->count; i++)
		for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++) {
			struct span name = folder->names[i], site = name;

			if (!span_ends(name, words[k]))
				continue;
			site.n -= words[k].n;
			if (!span_starts(stem, site) ||
			    (best.p != NULL && site.n <= longest))
				continue;
			best = name;
			longest = site.n;
		}
	if (best.p != NULL)
		take_release(folder, row, best);
}

/* "..._binary-amd64_Packages" */
static struct span
arch_of(struct span stem)
{
	static const char word[] = "binary-";
	struct span rest = stem;
	const char *at = memmem(stem.p, stem.n, word, strlen(word));

	if (at == NULL)
		return SPAN("-");
	rest = span_skip(stem, (size_t)(at - stem.p) + strlen(word));
	return span_cut(&rest, '_');
}

/* A list of somebody else serves the system that the others are of. */
static void
adopt(struct repositories *repositories, size_t first)
{
	const struct repository *owner = NULL;

	for (size_t i = first; i < repositories->count; i++) {
		const struct repository *row = &repositories->items[i];

		if (span_absent(row->os))
			continue;
		if (owner != NULL &&
		    (!span_equal(owner->os, row->os) ||
			!span_equal(owner->release, row->release)))
			return;
		owner = row;
	}
	for (size_t i = first; owner != NULL && i < repositories->count; i++)
		if (span_absent(repositories->items[i].os)) {
			repositories->items[i].os = owner->os;
			repositories->items[i].release = owner->release;
		}
}

void
repository_apt_find(struct repositories *repositories, const char *path,
    const struct repository *like)
{
	struct folder folder = {.path = path, .text = &repositories->text};
	size_t first = repositories->count;

	releases_load(&folder.releases);
	folder_read(&folder);
	for (size_t i = 0; i < folder.count; i++) {
		struct span stem = stem_of(folder.names[i]);
		struct repository *row;
		bool status = span_is(stem, "status") ||
			      span_ends(stem, SPAN(".status"));

		if (!status && !span_is(stem, "Packages") &&
		    !span_ends(stem, SPAN("_Packages")))
			continue;
		row = repository_new(repositories);
		*row = *like;
		row->kind = status ? REPOSITORY_STATUS : REPOSITORY_DEB;
		row->file = path_of(&folder, folder.names[i]);
		if (status)
			continue;
		if (span_absent(row->arch))
			row->arch = arena_copy(folder.text, arch_of(stem));
		find_release(&folder, row, stem);
	}
	if (repositories->count == first)
		die(PM_EXIT_NOTHING,
		    "%s: neither Packages files of apt nor repodata of rpm; "
		    "name the folder that has them",
		    path);
	adopt(repositories, first);
	releases_free(&folder.releases);
	free(folder.names);
}
