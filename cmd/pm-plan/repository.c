/* What --repository names, and which hosts it is for. */
#include "repository.h"

#include <sys/stat.h>

struct named {
	const char *argument;
	const char *path;
	struct span os, release, arch;
};

static struct named *named;
static size_t named_count, named_capacity;

void
repository_add(const char *argument)
{
	struct named *row;
	const char *equals = strchr(argument, '=');
	struct span scope;

	named = memory_grow(
	    named, &named_capacity, named_count + 1, sizeof(*named));
	row = &named[named_count++];
	*row = (struct named){
	    argument, argument, SPAN("-"), SPAN("-"), SPAN("-")};
	/* a path may have an equals sign too, behind its first slash */
	if (equals == NULL || argument[0] == '/' || argument[0] == '.')
		return;
	scope = (struct span){argument, (size_t)(equals - argument)};
	row->path = equals + 1;
	row->os = span_cut(&scope, '/');
	if (scope.p != NULL)
		row->release = span_cut(&scope, '/');
	if (scope.p != NULL)
		row->arch = scope;
	if (row->os.n == 0 || row->release.n == 0 || row->arch.n == 0 ||
	    *row->path == '\0')
		die(PM_EXIT_USAGE,
		    "--repository %s: expected is PATH, or OS/RELEASE/ARCH=PATH",
		    argument);
}

bool
repository_named(void)
{
	return named_count > 0;
}

struct repository *
repository_new(struct repositories *repositories)
{
	struct repository *row;

	repositories->items = memory_grow(repositories->items,
	    &repositories->capacity, repositories->count + 1, sizeof(*row));
	row = &repositories->items[repositories->count++];
	*row = (struct repository){.os = SPAN("-"),
	    .release = SPAN("-"),
	    .arch = SPAN("-"),
	    .suite = SPAN("-"),
	    .origin = SPAN("-"),
	    .priority = PRIORITY_NORMAL};
	return row;
}

/* The kind of a file, by its name. */
static void
add_file(struct repositories *repositories, const char *path,
    const struct repository *like)
{
	struct repository *row = repository_new(repositories);
	const char *slash = strrchr(path, '/');
	struct span name = span_of(slash == NULL ? path : slash + 1);

	*row = *like;
	row->file = path;
	if (span_ends(name, SPAN(".db")) ||
	    memmem(name.p, name.n, ".db.tar", 7) != NULL) {
		row->kind = REPOSITORY_PACMAN;
		row->scheme = VERSION_PACMAN;
	} else if (span_starts(name, SPAN("status"))) {
		row->kind = REPOSITORY_STATUS;
	} else if (memmem(name.p, name.n, "Packages", 8) != NULL) {
		row->kind = REPOSITORY_DEB;
	} else {
		die(PM_EXIT_DATA,
		    "%s: neither a folder nor a file called Packages, status "
		    "or NAME.db",
		    path);
	}
}

static int
compare(const void *a, const void *b)
{
	const struct repository *x = a, *y = b;
	int order = strcmp(x->file, y->file);

	if (order == 0)
		order = span_compare(x->os, y->os);
	if (order == 0)
		order = span_compare(x->release, y->release);
	return order != 0 ? order : span_compare(x->arch, y->arch);
}

void
repositories_open(struct repositories *repositories)
{
	for (size_t i = 0; i < named_count; i++) {
		struct repository like = {.os = named[i].os,
		    .release = named[i].release,
		    .arch = named[i].arch,
		    .suite = SPAN("-"),
		    .origin = SPAN("-"),
		    .priority = PRIORITY_NORMAL};
		const char *path = named[i].path;
		struct stat status;

		if (stat(path, &status) == -1)
			die_errno(PM_EXIT_NOTHING, "%s", path);
		if (!S_ISDIR(status.st_mode))
			add_file(repositories, path, &like);
		else if (!repository_rpm_find(repositories, path, &like))
			repository_apt_find(repositories, path, &like);
	}
	if (repositories->count > 0)
		qsort(repositories->items, repositories->count,
		    sizeof(*repositories->items), compare);
}

bool
repository_fits(const struct repository *repository, struct span os,
    struct span release, struct span arch)
{
	if (version_scheme_of(os) != repository->scheme)
		return false;
	if (!span_absent(repository->os) && !span_equal(repository->os, os))
		return false;
	if (!span_absent(repository->release) &&
	    !span_equal(repository->release, release))
		return false;
	return span_absent(repository->arch) || span_absent(arch) ||
	       span_is(repository->arch, "all") ||
	       span_equal(repository->arch, arch);
}
