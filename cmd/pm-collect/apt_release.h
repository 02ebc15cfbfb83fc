/*
 * What a repository says of itself: the Release or InRelease file that apt
 * keeps beside its package lists.  Debian wiki, "DebianRepository/Format";
 * apt-secure(8).  apt has checked the signature when it fetched the file; it is
 * not checked again.
 */
#ifndef PM_APT_RELEASE_H
#define PM_APT_RELEASE_H

#include "bytes.h"

/* What the Release file says of one uncompressed list. */
struct apt_sum {
	struct span path; /* "main/binary-amd64/Packages" */
	struct span sha256;
	uint64_t size;
};

struct apt_release {
	struct span origin; /* these four are "-" when they are missing */
	struct span label;
	struct span suite;
	struct span codename;
	bool dated;
	int64_t date;		     /* seconds since the epoch, when dated */
	struct span version;	     /* of the release, such as 12.5 */
	bool not_automatic;	     /* apt takes nothing from it unasked */
	bool but_automatic_upgrades; /* but what was taken from it before */
	struct apt_sum *sums;
	size_t sum_count;
	size_t sum_capacity;
};

/*
 * Read the file to its end; the strings live in the arena.  What is no Release
 * file ends the program with status 65, file and line.
 */
void apt_release_read(
    struct apt_release *release, struct arena *arena, struct bytes *bytes);

/* What a repository without a Release file is known as. */
void apt_release_none(struct apt_release *release);

/* The sum for a path, or NULL when the file does not list it. */
const struct apt_sum *apt_release_sum(
    const struct apt_release *release, struct span path);

/*
 * security, update or release: what an offer of this repository is.  The table
 * in apt_release.c decides.
 */
struct span apt_release_kind(const struct apt_release *release);

void apt_release_close(struct apt_release *release);

#endif
