/*
 * rpm-md: FOLDER/repodata/repomd.xml names the file primary.  The list of all
 * files (filelists) is left out: primary has those that packages may depend on,
 * below /etc and folders called bin.
 */
#include "repository.h"

#include <solv/dataiterator.h>
#include <solv/knownid.h>
#include <solv/repo_repomdxml.h>
#include <sys/stat.h>

static const char *
join(struct arena *arena, const char *folder, const char *file)
{
	struct buffer path = {0};
	const char *copy;

	buffer_printf(&path, "%s/%s", folder, file);
	copy = arena_copy(arena, buffer_span(&path)).p;
	buffer_release(&path);
	return copy;
}

/* The location of primary, copied; NULL when there is none. */
static const char *
primary_of(struct arena *arena, const char *path)
{
	struct buffer bytes = repository_bytes(path);
	Pool *pool = pool_create();
	Repo *repo = repo_create(pool, path);
	FILE *file = fmemopen(bytes.p, bytes.n, "r");
	const char *location = NULL;
	Dataiterator di;

	if (file == NULL || repo_add_repomdxml(repo, file, 0) != 0)
		die(PM_EXIT_DATA, "%s: %s", path, pool_errstr(pool));
	fclose(file);
	dataiterator_init(&di, pool, repo, SOLVID_META, REPOSITORY_REPOMD_TYPE,
	    "primary", SEARCH_STRING);
	dataiterator_prepend_keyname(&di, REPOSITORY_REPOMD);
	if (dataiterator_step(&di)) {
		dataiterator_setpos_parent(&di);
		location = pool_lookup_str(
		    pool, SOLVID_POS, REPOSITORY_REPOMD_LOCATION);
		if (location != NULL)
			location = arena_copy(arena, span_of(location)).p;
	}
	dataiterator_free(&di);
	pool_free(pool);
	buffer_release(&bytes);
	return location;
}

bool
repository_rpm_find(struct repositories *repositories, const char *folder,
    const struct repository *like)
{
	const char *path = join(
	    &repositories->text, folder, "repodata/repomd.xml");
	const char *location;
	struct repository *row;
	struct stat status;

	if (stat(path, &status) == -1)
		return false;
	location = primary_of(&repositories->text, path);
	if (location == NULL)
		die(PM_EXIT_DATA, "%s: names no primary", path);
	if (location[0] == '/' || strstr(location, "..") != NULL)
		die(PM_EXIT_DATA, "%s: primary '%s' is outside the folder",
		    path, location);
	row = repository_new(repositories);
	*row = *like;
	row->kind = REPOSITORY_RPM;
	row->scheme = VERSION_RPM;
	row->file = join(&repositories->text, folder, location);
	return true;
}
