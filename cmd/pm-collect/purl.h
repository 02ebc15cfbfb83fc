/*
 * Package URLs, which name a package of any packaging system:
 *
 *	pkg:deb/debian/libc6@2.36-9%2Bdeb12u4?arch=amd64&distro=debian-12
 *
 * The package-url specification (ECMA-427), "Package-URL components".
 */
#ifndef PM_PURL_H
#define PM_PURL_H

#include "memory.h"

enum { PURL_QUALIFIERS_MAX = 16 };

struct purl {
	struct span type;      /* in lower case */
	struct span namespace; /* empty when there is none; may hold "/" */
	struct span name;
	struct span version; /* empty when there is none */
	struct {
		struct span key, value;
	} qualifier[PURL_QUALIFIERS_MAX];
	unsigned qualifiers;
};

/* Parse; the parts are decoded into the arena.  False when it is none. */
bool purl_parse(struct purl *purl, struct arena *arena, struct span text);

/* The value of a qualifier, empty when it is not there. */
struct span purl_qualifier(const struct purl *purl, const char *key);

/* The same as it is written in a package URL: not parsed, nothing decoded. */
struct span purl_text_qualifier(struct span purl, const char *key);

#endif
