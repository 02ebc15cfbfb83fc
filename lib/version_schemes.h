/* The comparators behind version_compare(), and what several of them share. */
#ifndef PM_VERSION_SCHEMES_H
#define PM_VERSION_SCHEMES_H

#include "span.h"
#include "version_order.h"

bool deb_valid(struct span version);
enum version_order deb_compare(struct span a, struct span b);
bool rpm_valid(struct span version);
enum version_order rpm_compare(struct span a, struct span b);
bool apk_valid(struct span version);
enum version_order apk_compare(struct span a, struct span b);
bool pacman_valid(struct span version);
enum version_order pacman_compare(struct span a, struct span b);
bool generic_valid(struct span version);
enum version_order generic_compare(struct span a, struct span b);

/* ASCII, whatever the locale. */
static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Printable ASCII other than the blank. */
static inline bool
is_graph(char c)
{
	return c > ' ' && c < 0x7f;
}

static inline enum version_order
order_of(int difference)
{
	if (difference == 0)
		return VERSION_EQUAL;
	return difference < 0 ? VERSION_LESS : VERSION_GREATER;
}

/* [epoch:]version[-release], the shape that rpm and pacman have in common. */
struct evr {
	struct span epoch;   /* digits without leading zeros, empty for 0 */
	struct span version; /* never empty */
	struct span release; /* p == NULL when there is none */
};

/*
 * Split at the colon behind the leading digits and at the only hyphen.  False
 * when a part is empty, or when the version or release has another colon or
 * hyphen.
 */
bool evr_split(struct span text, struct evr *evr);

/*
 * By epoch, then version, then release, the last two as `compare` orders them;
 * a missing release is older than any.
 */
enum version_order evr_compare(const struct evr *a, const struct evr *b,
    enum version_order (*compare)(struct span, struct span));

/* Take the digits (or letters) that *rest begins with, maybe none. */
static inline struct span
take_digits(struct span *rest)
{
	struct span run = *rest;

	run.n = 0;
	while (run.n < rest->n && is_digit(rest->p[run.n]))
		run.n++;
	*rest = span_skip(*rest, run.n);
	return run;
}

static inline struct span
take_letters(struct span *rest)
{
	struct span run = *rest;

	run.n = 0;
	while (run.n < rest->n && is_letter(rest->p[run.n]))
		run.n++;
	*rest = span_skip(*rest, run.n);
	return run;
}

static inline struct span
without_zeros(struct span digits)
{
	while (digits.n > 0 && digits.p[0] == '0')
		digits = span_skip(digits, 1);
	return digits;
}

/* Two runs of digits by value, however long; an empty one is 0. */
static inline enum version_order
compare_digits(struct span a, struct span b)
{
	a = without_zeros(a);
	b = without_zeros(b);
	if (a.n != b.n)
		return a.n < b.n ? VERSION_LESS : VERSION_GREATER;
	for (size_t i = 0; i < a.n; i++) /* too few to call memcmp() */
		if (a.p[i] != b.p[i])
			return order_of(a.p[i] - b.p[i]);
	return VERSION_EQUAL;
}

#endif
