/*
 * The order of package versions, one comparator for each packaging system, from
 * its specification.  There is a fourth outcome: a version that the system
 * would refuse is invalid and equals nothing.
 *
 * Over the valid versions of a scheme the order is total.  Versions that are
 * equal may still differ in bytes: to dpkg 1.0, 0:1.0, 1.00 and 1.0-0 are one.
 * No scheme takes blanks or control bytes; callers trim.
 *
 * deb: [epoch:]upstream[-revision], split at the first colon and the last
 * hyphen.  Valid is what dpkg installs, not only what Policy allows: a version
 * that does not start with a digit or holds a character such as "_" makes dpkg
 * warn, and systems have such packages.  Refused as in dpkg: an epoch that is
 * empty, no number or above INT_MAX, an empty upstream part or an empty
 * revision behind a hyphen.  Refused beyond dpkg: a sign before the epoch (an
 * accident of its strtol), and bytes outside ASCII, which two builds of dpkg
 * order differently, by the sign of their char.
 *
 * rpm: [epoch:]version[-release] as librpm compares it.  A missing epoch is 0.
 * A missing release is older than any release (as rpmverCmp has it); to let it
 * match every release, as dependencies do, would make 1-1 equal 1-2.  Bytes
 * that are not ASCII letters or digits, "~" or "^" only separate.  Refused: an
 * epoch that is empty, no number or beyond 32 bits, an empty version or
 * release, more than one hyphen, a colon behind the epoch.
 *
 * apk: number{.number}[letter]{_suffix[number]}[~hash][-rnumber] and nothing
 * else, as apk-package(5) has it.  A dotted number with a leading zero compares
 * as text (1.01 is older than 1.1); all other numbers by value.  What follows
 * an equal beginning ranks: pre-release suffix, nothing, -r, ~hash, number of a
 * suffix, other suffix, letter, dotted number.
 *
 * pacman: [epoch:]version[-release] as vercmp(8), but for two rules under which
 * libalpm's own order has cycles:
 *  - libalpm leaves out the release when either side has none, so that 1-1, 1
 *    and 1-2 would all be equal.  Here a missing release is older than any.
 *  - To libalpm "1." is newer than "1..a", that newer than "1.1", and that
 *    newer than "1.".  Here separators at the end are as any other: the longer
 *    run is newer, and with runs of one length the end is newer than letters
 *    and older than digits, so that 1.a < 1. < 1.1 < 1..a.
 * Refused: an epoch that is empty or no number, empty parts, "/", a colon
 * behind the epoch, more than one hyphen, bytes outside ASCII.
 *
 * generic: numbers and words in a row, whatever separates them, without regard
 * to case; a "v" before a digit and the words final, ga and release do not
 * count, and neither do zeros that no other number follows (1 = 1.0 = v1.0.0).
 * What follows an equal beginning ranks: "~", pre-release words (dev, nightly
 * and snapshot; alpha; beta; milestone, pre and preview; cr and rc), nothing,
 * other words by byte, numbers.  Valid is printable ASCII with a digit.
 */
#ifndef PM_VERSION_H
#define PM_VERSION_H

#include "span.h"
#include "version_order.h"

enum version_scheme {
	VERSION_DEB,	 /* deb-version(7), Debian Policy 5.6.12 */
	VERSION_RPM,	 /* rpm-version(7) */
	VERSION_APK,	 /* apk-package(5), "Package names and versions" */
	VERSION_PACMAN,	 /* vercmp(8) */
	VERSION_GENERIC, /* dotted numbers and words, for products */
	VERSION_SCHEMES
};

/* The scheme that an operating system's packages follow (os of host). */
enum version_scheme version_scheme_of(struct span os);

/* The scheme with this name (deb, rpm, ...); false when there is none. */
bool version_scheme_find(struct span name, enum version_scheme *scheme);

/* The name of a scheme. */
struct span version_scheme_name(enum version_scheme scheme);

/* Would the packaging system accept it? */
bool version_valid(enum version_scheme scheme, struct span version);

/*
 * How a compares with b; VERSION_INVALID when either is.  Reads only the spans,
 * uses no locale and no integer that could overflow; the time is linear in
 * the bytes of both.
 */
enum version_order version_compare(
    enum version_scheme scheme, struct span a, struct span b);

#endif
