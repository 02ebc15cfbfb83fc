#include "oracle.h"

#ifdef HAVE_LIBDPKG
#include <dpkg/dpkg.h>
#include <dpkg/dpkg-db.h>
#endif
#ifdef HAVE_RPM
#include <rpm/rpmver.h>
#endif

/* A sign before the epoch, and bytes outside printable ASCII. */
static bool
stricter_deb(struct span version)
{
	const char *colon = span_find(version, ':');

	for (size_t i = 0; i < version.n; i++)
		if (version.p[i] < '!' || version.p[i] > '~')
			return true;
	return colon != NULL && (version.p[0] == '-' || version.p[0] == '+');
}

/*
 * librpm splits wherever it can.  Here an epoch is a number of 32 bits, no part
 * is empty, and a hyphen and colon stand only between parts.
 */
static bool
stricter_rpm(struct span version)
{
	size_t colons = 0, hyphens = 0, digits = 0;
	uint64_t epoch = 0;

	for (size_t i = 0; i < version.n; i++) {
		colons += version.p[i] == ':';
		hyphens += version.p[i] == '-';
	}
	while (digits < version.n && version.p[digits] >= '0' &&
	       version.p[digits] <= '9')
		digits++;
	if (colons > 1 || hyphens > 1 || span_ends(version, SPAN("-")) ||
	    span_ends(version, SPAN(":")) || span_starts(version, SPAN("-")) ||
	    memmem(version.p, version.n, ":-", 2) != NULL)
		return true;
	return colons == 1 &&
	       (digits == version.n || version.p[digits] != ':' ||
		   !span_number((struct span){version.p, digits}, &epoch) ||
		   epoch > UINT32_MAX);
}

#ifdef HAVE_LIBDPKG
/* Strictly an error; what dpkg only warns of is installed all the same. */
static bool
dpkg_parse(const char *text, struct dpkg_version *version)
{
	struct dpkg_error error = DPKG_ERROR_INIT;
	bool good = parseversion(version, text, &error) == 0 ||
		    error.type == DPKG_MSG_WARN;

	dpkg_error_destroy(&error);
	return good;
}

static enum version_order
sign(int order)
{
	if (order == 0)
		return VERSION_EQUAL;
	return order < 0 ? VERSION_LESS : VERSION_GREATER;
}

static enum version_order
compare_dpkg(const char *a, const char *b)
{
	static unsigned calls;
	struct dpkg_version left, right;

	/* libdpkg keeps what it parsed until all is freed. */
	if (++calls % 4096 == 0)
		nffreeall();
	if (!dpkg_parse(a, &left) || !dpkg_parse(b, &right))
		return VERSION_INVALID;
	return sign(dpkg_version_compare(&left, &right));
}

#ifdef HAVE_APT
/* libapt-pkg orders whatever it is given, so dpkg says what is a version. */
static enum version_order
compare_apt(const char *a, const char *b)
{
	if (compare_dpkg(a, b) == VERSION_INVALID)
		return VERSION_INVALID;
	return sign(apt_compare(a, b));
}
#endif
#endif

#ifdef HAVE_RPM
static enum version_order
compare_rpm(const char *a, const char *b)
{
	rpmver left = rpmverParse(a), right = rpmverParse(b);
	enum version_order order = VERSION_INVALID;

	if (left != NULL && right != NULL) {
		int sign_of = rpmverCmp(left, right);

		order = sign_of == 0  ? VERSION_EQUAL
			: sign_of < 0 ? VERSION_LESS
				      : VERSION_GREATER;
	}
	rpmverFree(left);
	rpmverFree(right);
	return order;
}
#endif

#ifndef HAVE_LIBDPKG
#define compare_dpkg NULL
#endif
#if !defined(HAVE_LIBDPKG) || !defined(HAVE_APT)
#define compare_apt NULL
#endif
#ifndef HAVE_RPM
#define compare_rpm NULL
#endif

const struct oracle oracles[] = {
    {"libdpkg", "libdpkg-dev", VERSION_DEB, compare_dpkg, stricter_deb},
    {"libapt-pkg", "libapt-pkg-dev with libdpkg-dev and a C++ compiler",
	VERSION_DEB, compare_apt, stricter_deb},
    {"librpm", "librpm-dev", VERSION_RPM, compare_rpm, stricter_rpm},
};
const size_t oracle_count = sizeof(oracles) / sizeof(oracles[0]);
