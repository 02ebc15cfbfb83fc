/*
 * A span is a borrowed run of bytes: no terminator, no ownership.  Every field
 * of the stream is handed out as one, pointing into the read buffer.
 */
#ifndef PM_SPAN_H
#define PM_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const char *p;
	size_t n;
};

/* A span over a string literal. */
#define SPAN(literal) ((struct span){"" literal, sizeof(literal) - 1})

/* printf("%.*s", SPAN_ARG(s)); a span is never longer than a line. */
#define SPAN_ARG(s) (int)(s).n, (s).p

/* The span over a whole C string; it borrows the string. */
static inline struct span
span_of(const char *string)
{
	return (struct span){string, strlen(string)};
}

static inline bool
span_equal(struct span a, struct span b)
{
	/* Most that differ do so in the first byte: no call for these. */
	return a.n == b.n &&
	       (a.n == 0 || (a.p[0] == b.p[0] && memcmp(a.p, b.p, a.n) == 0));
}

static inline bool
span_is(struct span s, const char *string)
{
	return span_equal(s, span_of(string));
}

/* The stream writes an absent or unknown value as a lone "-". */
static inline bool
span_absent(struct span s)
{
	return s.n == 1 && s.p[0] == '-';
}

static inline bool
span_starts(struct span s, struct span prefix)
{
	return s.n >= prefix.n &&
	       (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

static inline bool
span_ends(struct span s, struct span suffix)
{
	return s.n >= suffix.n &&
	       (suffix.n == 0 ||
		   memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

/* The part of s after its first skip bytes (empty when s is shorter). */
static inline struct span
span_skip(struct span s, size_t skip)
{
	if (skip > s.n)
		skip = s.n;
	if (skip == 0)
		return s; /* p may be NULL, to which even 0 is not added */
	return (struct span){s.p + skip, s.n - skip};
}

/* Byte order, independent of the locale; <0, 0 or >0. */
int span_compare(struct span a, struct span b);

/*
 * Take the part of *rest before the first separator and move *rest past it.
 * Without a separator the whole rest is taken and *rest becomes empty with
 * p == NULL, so that a loop `while (rest.p != NULL)` sees every part once.
 */
struct span span_cut(struct span *rest, char separator);

/* Is item one of the comma-joined items of list? */
bool span_list_has(struct span list, struct span item);

/* Without leading and trailing spaces and tabs. */
struct span span_trim(struct span s);

/* Where the byte first occurs, or NULL. */
const char *span_find(struct span s, char byte);

/*
 * A decimal number without sign, blanks or a leading plus.
 * Returns false on anything else and on overflow; *value is then untouched.
 */
bool span_number(struct span s, uint64_t *value);

/* A decimal fraction such as 7.5 or 0.00042; the same rules as span_number. */
bool span_decimal(struct span s, double *value);

#endif
