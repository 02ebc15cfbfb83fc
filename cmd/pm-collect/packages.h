/*
 * Installed packages as dpkg's database has them: the status file, what an
 * interrupted run left in updates/, and apt's mark of what was installed only
 * because something else needed it.
 */
#ifndef PM_PACKAGES_H
#define PM_PACKAGES_H

#include "deb822.h"
#include "output.h"
#include "tree.h"

struct package {
	struct span name;
	struct span architecture;
	struct span version;
	struct span source;
	struct span source_version;
	struct span origin;
	struct span state;   /* comma list, canonical */
	bool present;	     /* not merely configuration files or a memory */
	unsigned generation; /* a later one replaces an earlier one */
	uint64_t line;
};

struct packages {
	struct arena arena;
	struct package *item; /* sorted by name and architecture */
	size_t count;
	size_t capacity;
	struct automatic *automatic; /* sorted likewise */
	size_t automatic_count;
	size_t automatic_capacity;
	bool automatic_known;
	unsigned generation;
	struct span native;   /* the system's own architecture, or empty */
	struct deb822 parser; /* of the file being read */
};

/*
 * Read one status file.  Anything malformed or cut short ends the program with
 * status 65 and the file, line and reason.
 */
void packages_read(struct packages *packages, struct bytes *status);

/*
 * Read the whole database of a tree: status, updates/, extended_states and the
 * list of architectures.  False when the tree has no dpkg status file.
 */
bool packages_read_tree(struct packages *packages, const struct tree *tree);

/* Write a pkg record for each package that is there, in order. */
void packages_write(
    const struct packages *packages, struct span host, struct output *output);
void packages_release(struct packages *packages);

#endif
