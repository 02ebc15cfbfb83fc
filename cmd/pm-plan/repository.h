/*
 * Metadata of package repositories, as the package managers of the hosts have
 * it: which packages there are and what they need.  pm-plan(1), section
 * REPOSITORIES.
 *
 * repository_add() notes what --repository names, repositories_open() finds the
 * metadata in there and says for which hosts it is, and repository_load() hands
 * one to libsolv, from the cache where that has it.
 */
#ifndef PM_REPOSITORY_H
#define PM_REPOSITORY_H

#include <solv/pool.h>
#include <solv/repo.h>

#include "digest.h"
#include "memory.h"
#include "version.h"

enum repository_kind {
	REPOSITORY_DEB,	   /* Packages of apt */
	REPOSITORY_STATUS, /* dpkg's status: tells dependencies, offers nothing */
	REPOSITORY_RPM,	   /* repodata/ with primary */
	REPOSITORY_PACMAN, /* NAME.db */
	REPOSITORY_KINDS
};

/* apt_preferences(5), "Target Release": what a Release file can say */
enum {
	PRIORITY_NEVER = 1,	  /* NotAutomatic: yes */
	PRIORITY_INSTALLED = 100, /* the same with ButAutomaticUpgrades: yes */
	PRIORITY_NORMAL = 500,
	PRIORITY_DOWNGRADE = 1000 /* from here on age does not count */
};

struct repository {
	enum repository_kind kind;
	enum version_scheme scheme;
	const char *file; /* the metadata; of rpm-md primary */
	struct span os;	  /* of the hosts that use it; "-" for any */
	struct span release;
	struct span arch;
	struct span suite; /* for pins; "-" where there is none */
	struct span origin;
	int priority;
};

struct repositories {
	struct repository *items; /* by file */
	size_t count;
	size_t capacity;
	struct arena text;
};

/* A --repository option: [OS[/RELEASE[/ARCH]]=]PATH. */
void repository_add(const char *argument);

/* Was there any? */
bool repository_named(void);

/*
 * Find the metadata in what was named.  Nothing there, or something that is no
 * metadata, ends the program with status 66 or 65.
 */
void repositories_open(struct repositories *repositories);

/* Does a host with these use it? */
bool repository_fits(const struct repository *repository, struct span os,
    struct span release, struct span arch);

/* A new row, whose text is to be kept in repositories->text. */
struct repository *repository_new(struct repositories *repositories);

/* The folder for the cache, --cache; NULL for the default. */
extern const char *repository_cache;

/*
 * Load it into the pool, whose type of distribution is that of the scheme.
 * Metadata that libsolv cannot read ends the program with status 65.
 */
Repo *repository_load(const struct repository *repository, Pool *pool);

/* ---- the kinds */

/* Find lists in path, a folder of apt, each with what its Release file says. */
void repository_apt_find(struct repositories *repositories, const char *path,
    const struct repository *like);

/* What the text, a Packages or status file, speaks of goes into repo. */
void repository_deb_read(
    Repo *repo, struct span text, const char *file, bool status);

/* Find primary below FOLDER/repodata; false when that is not there. */
bool repository_rpm_find(struct repositories *repositories, const char *folder,
    const struct repository *like);

/* ---- files */

/* The whole file; status 66 when it cannot be opened, 74 when not read. */
struct buffer repository_bytes(const char *file);

/* Unpacked: gzip, xz, zstd, lz4, bzip2 or not packed; status 65 if damaged. */
struct buffer repository_unpack(struct span bytes, const char *file);

/* Keys of the metadata that libsolv has no names for. */
#define KEY_ESSENTIAL "pm:essential"
#define KEY_PRIORITY "pm:priority"
#define KEY_MULTI_ARCH "pm:multi-arch"

#endif
