/*
 * The package databases of a system: those of dpkg, apk, pacman and rpm, as
 * far as they are in its tree.  A system can have several.
 */
#ifndef PM_DATABASES_H
#define PM_DATABASES_H

#include "dump.h"
#include "packages.h"
#include "tree.h"

struct databases {
	struct packages packages; /* dpkg's */
	struct dump dump;	  /* the others', and what could not be seen */
	uint64_t rejected;
	bool found; /* there is one, readable or not */
};

/*
 * Read them all.  dump.host must have the system's name already, for messages;
 * its arch is set where a database tells it, os and release where a package
 * does.  Rejected paragraphs go to output.  Databases that cannot be read here,
 * or that nothing here reads, are in dump.unseen.
 */
void databases_read(struct databases *databases, const struct tree *tree,
    struct output *output);

/*
 * What the system's packages are built for: the word of its own package
 * manager, empty when no database says so.
 */
struct span databases_architecture(const struct databases *databases);

/* Write the pkg records and what could not be seen of them. */
void databases_write(
    struct databases *databases, struct span host, struct output *output);
void databases_release(struct databases *databases);

#endif
