/*
 * Kernels whose signature comes from a source package of its own.
 *
 * Debian builds linux-image-6.1.0-37-amd64 from linux-signed-amd64 6.1.140+1,
 * which adds signatures to what linux 6.1.140-1 built; advisories speak of linux
 * alone.  The first plus sign stands for the hyphen before the revision
 * (Debian's kernel handbook, "Signed kernel packages").  Ubuntu's linux-signed
 * and linux-signed-FLAVOUR have the version of linux and linux-FLAVOUR.
 */
#ifndef PM_MATCH_SIGNED_H
#define PM_MATCH_SIGNED_H

#include "catalogue.h"

enum { SIGNED_NAME_MAX = 128 };

static inline bool
signed_is(struct span source)
{
	return source.n >= 12 && memcmp(source.p, "linux-signed", 12) == 0;
}

/*
 * The source whose advisories count: source itself, or a name in the given room
 * of SIGNED_NAME_MAX bytes.
 */
struct span signed_source(const struct catalogue *catalogue,
    const struct scope *scope, struct span source, char *room);

/* The version of it; valid until the next call. */
struct span signed_version(const struct catalogue *catalogue,
    const struct scope *scope, struct span version);

#endif
