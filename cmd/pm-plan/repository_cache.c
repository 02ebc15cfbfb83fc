/*
 * Loading, through a cache in libsolv's own format.  A file of the cache is
 * named after the digest of what it was made from, so it is never stale, and
 * ends in a digest of its own, so a damaged one is noticed and made again.
 */
#include "repository.h"

#include <errno.h>
#include <solv/repo_arch.h>
#include <solv/repo_rpmmd.h>
#include <solv/repo_solv.h>
#include <solv/repo_write.h>
#include <sys/stat.h>
#include <unistd.h>

#include "atomic.h"

/* Changes whenever what a reader puts into the cache does. */
#define CACHE_FORMAT "2"

const char *repository_cache;

/* ---- where */

/* The default folder below XDG_CACHE_HOME or HOME; NULL without both. */
static char *
default_folder(void)
{
	const char *top = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	struct buffer path = {0};

	if (top != NULL && top[0] == '/')
		buffer_printf(&path, "%s/pm", top);
	else if (home != NULL && home[0] == '/')
		buffer_printf(&path, "%s/.cache/pm", home);
	else
		return NULL;
	buffer_add_byte(&path, '\0');
	return path.p;
}

/* Make the folder and those above it; false where that cannot be. */
static bool
make_folder(char *path)
{
	for (char *p = path + 1;; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(path, 0777) == -1 && errno != EEXIST) {
			*p = c;
			return false;
		}
		*p = c;
		if (c == '\0')
			return true;
	}
}

/*
 * The folder, made if need be; NULL where there is none to be had.  One that
 * was asked for must be usable, the default need not.
 */
static const char *
cache_folder(void)
{
	static char *folder;
	static bool asked;

	if (asked)
		return folder;
	asked = true;
	folder = repository_cache != NULL ? strdup(repository_cache)
					  : default_folder();
	if (folder != NULL && !make_folder(folder)) {
		if (repository_cache != NULL)
			die_errno(PM_EXIT_IO, "--cache %s", folder);
		free(folder);
		folder = NULL;
	}
	return folder;
}

static char *
cache_path(const struct repository *repository, struct span bytes)
{
	const char *folder = cache_folder();
	char hex[DIGEST_SIZE];
	struct digest digest;
	struct buffer path = {0};

	if (folder == NULL)
		return NULL;
	digest_start(&digest);
	digest_add(&digest, bytes);
	digest_finish(&digest, hex);
	buffer_printf(&path, "%s/%s-%u-" CACHE_FORMAT ".solv", folder, hex,
	    (unsigned)repository->kind);
	buffer_add_byte(&path, '\0');
	return path.p;
}

/* ---- reading and writing */

static bool
is_whole(struct span text)
{
	enum { TAIL = DIGEST_SIZE - 1 };
	char hex[DIGEST_SIZE];
	struct digest digest;

	if (text.n < TAIL)
		return false;
	digest_start(&digest);
	digest_add(&digest, (struct span){text.p, text.n - TAIL});
	return span_equal(
	    digest_finish(&digest, hex), span_skip(text, text.n - TAIL));
}

static bool
from_cache(Repo *repo, const char *path)
{
	struct buffer bytes;
	FILE *file;
	bool good = false;

	if (access(path, R_OK) == -1)
		return false;
	bytes = repository_bytes(path);
	if (is_whole(buffer_span(&bytes))) {
		file = fmemopen(bytes.p, bytes.n - (DIGEST_SIZE - 1), "r");
		good = file != NULL && repo_add_solv(repo, file, 0) == 0;
		if (file != NULL)
			fclose(file);
	}
	if (!good) {
		warning("%s: damaged; it is made again", path);
		repo_empty(repo, 1);
	}
	buffer_release(&bytes);
	return good;
}

static void
write_all(int fd, const char *path, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t written = write(fd, p, n);

		if (written == -1 && errno == EINTR)
			continue;
		if (written == -1)
			die_errno(PM_EXIT_IO, "%s", path);
		p += written;
		n -= (size_t)written;
	}
}

static void
to_cache(Repo *repo, const char *path)
{
	struct atomic_file target;
	struct digest digest;
	char hex[DIGEST_SIZE], *text = NULL;
	size_t n = 0;
	FILE *file = open_memstream(&text, &n);

	if (file == NULL || repo_write(repo, file) != 0 || fclose(file) != 0)
		die(PM_EXIT_SYSTEM, "%s: libsolv cannot write it: %s", path,
		    pool_errstr(repo->pool));
	digest_start(&digest);
	digest_add(&digest, (struct span){text, n});
	atomic_open(&target, path);
	write_all(target.fd, path, text, n);
	write_all(
	    target.fd, path, digest_finish(&digest, hex).p, DIGEST_SIZE - 1);
	atomic_commit(&target);
	free(text);
}

/* ---- the metadata itself */

static void
from_source(Repo *repo, const struct repository *repository, struct span bytes)
{
	struct buffer text = repository_unpack(bytes, repository->file);
	bool is_deb = repository->scheme == VERSION_DEB;
	FILE *file = NULL;
	int status = 0;

	if (is_deb) {
		repository_deb_read(repo, buffer_span(&text), repository->file,
		    repository->kind == REPOSITORY_STATUS);
	} else if (text.n > 0) {
		file = fmemopen(text.p, text.n, "r");
		if (file == NULL)
			die(PM_EXIT_SYSTEM, "out of memory");
		status = repository->kind == REPOSITORY_RPM
			     ? repo_add_rpmmd(repo, file, NULL, 0)
			     : repo_add_arch_repo(repo, file, 0);
		fclose(file);
	}
	if (status != 0)
		die(PM_EXIT_DATA, "%s: %s; fetch it again", repository->file,
		    pool_errstr(repo->pool));
	buffer_release(&text);
}

Repo *
repository_load(const struct repository *repository, Pool *pool)
{
	struct buffer bytes = repository_bytes(repository->file);
	Repo *repo = repo_create(pool, repository->file);
	char *path = cache_path(repository, buffer_span(&bytes));

	if (path == NULL || !from_cache(repo, path)) {
		from_source(repo, repository, buffer_span(&bytes));
		if (path != NULL)
			to_cache(repo, path);
	}
	free(path);
	buffer_release(&bytes);
	return repo;
}
