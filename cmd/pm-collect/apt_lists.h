/*
 * The package lists that apt keeps in its directory: which there are, which
 * repository each belongs to.  apt names a file after its URI with "/" written
 * as "_" and some bytes as %xx, so
 *
 *	deb.debian.org_debian_dists_bookworm_main_binary-amd64_Packages.lz4
 *
 * belongs to deb.debian.org_debian_dists_bookworm_InRelease, the file with the
 * longest name that fits, and is main/binary-amd64/Packages in there.
 */
#ifndef PM_APT_LISTS_H
#define PM_APT_LISTS_H

#include "tree.h"

struct apt_list {
	struct span name;      /* of the file */
	struct span stem;      /* the name without the ending of its packing */
	struct span release;   /* name of the Release file; p NULL for none */
	struct span site;      /* the stem up to what the Release file covers */
	struct span inside;    /* "main/binary-amd64/Packages" */
	struct span component; /* "main"; "-" in a flat repository */
	struct span arch;      /* "amd64"; "-" in a flat repository */
};

struct apt_lists {
	struct apt_list *lists; /* sorted by stem */
	size_t count;
	size_t capacity;
	const struct tree *tree;
	const char *directory;
	struct list names;  /* of all files in the directory */
	struct arena arena; /* the rest of the text */
};

/*
 * Read the directory of the tree; what lies in directories below it (partial,
 * auxfiles) does not count.  The same list in two packings ends the program
 * with status 65; no such directory with status 66.
 */
void apt_lists_read(
    struct apt_lists *lists, const struct tree *tree, const char *directory);

/*
 * Open one of the files, packed or not; failure ends the program with status
 * 74.  Close it with bytes_close().
 */
void apt_lists_open(
    struct apt_lists *lists, struct span name, struct bytes *bytes);
void apt_lists_release(struct apt_lists *lists);

#endif
