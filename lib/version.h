/*
 * The order of package versions, one comparator for each packaging system, from
 * its specification.  There is a fourth outcome: a version that the system
 * would refuse is invalid and equals nothing.
 */
#ifndef PM_VERSION_H
#define PM_VERSION_H

#include "span.h"

/* Bits, so that an operator is a mask: <= is LESS|EQUAL. */
enum version_order {
	VERSION_LESS = 1,
	VERSION_EQUAL = 2,
	VERSION_GREATER = 4,
	VERSION_INVALID = 8
};

enum version_scheme {
	VERSION_DEB,	/* deb-version(7), Debian Policy 5.6.12 */
	VERSION_RPM,	/* [epoch:]version[-release], rpm-version(7) */
	VERSION_APK,	/* apk-package(5), "Version comparison" */
	VERSION_PACMAN, /* vercmp(8) */
	VERSION_GENERIC /* dotted numbers and words, for products */
};

/* The scheme that an operating system's packages follow (os of host). */
enum version_scheme version_scheme_of(struct span os);

/* The scheme with this name (deb, rpm, ...); false when there is none. */
bool version_scheme_find(struct span name, enum version_scheme *scheme);

/* Would the packaging system accept it? */
bool version_valid(enum version_scheme scheme, struct span version);

/*
 * How a compares with b.  Reads only the spans, uses no locale and no integer
 * that could overflow.  A total order over the valid versions of a scheme.
 */
enum version_order version_compare(
    enum version_scheme scheme, struct span a, struct span b);

#endif
