/* apk-package(5) of apk-tools 3, "Package names and versions" */
#include "version_schemes.h"

/*
 * The parts of a version, in the order of age of what follows an equal
 * beginning.  Pre-release and other suffixes are two kinds for that reason.
 */
enum kind {
	KIND_PRE_SUFFIX,
	KIND_END,
	KIND_REVISION,
	KIND_HASH,
	KIND_SUFFIX_NUMBER,
	KIND_SUFFIX,
	KIND_LETTER,
	KIND_NUMBER, /* behind a dot */
	KIND_FIRST,
	KIND_BAD
};

#define BIT(kind) (1U << (kind))

/* What may stand before each part. */
enum {
	BEFORE_LETTER = BIT(KIND_FIRST) | BIT(KIND_NUMBER),
	BEFORE_SUFFIX = BEFORE_LETTER | BIT(KIND_LETTER) | BIT(KIND_SUFFIX) |
			BIT(KIND_PRE_SUFFIX) | BIT(KIND_SUFFIX_NUMBER),
	BEFORE_SUFFIX_NUMBER = BIT(KIND_SUFFIX) | BIT(KIND_PRE_SUFFIX),
	BEFORE_HASH = BEFORE_SUFFIX,
	BEFORE_REVISION = BEFORE_HASH | BIT(KIND_HASH)
};

/* Oldest first; the place in the table is the age. */
static const struct suffix {
	const char *name;
	enum kind kind;
} suffixes[] = {{"alpha", KIND_PRE_SUFFIX}, {"beta", KIND_PRE_SUFFIX},
    {"pre", KIND_PRE_SUFFIX}, {"rc", KIND_PRE_SUFFIX}, {"cvs", KIND_SUFFIX},
    {"svn", KIND_SUFFIX}, {"git", KIND_SUFFIX}, {"hg", KIND_SUFFIX},
    {"p", KIND_SUFFIX}};

struct part {
	enum kind kind;
	size_t age;	   /* of a suffix */
	struct span value; /* its digits, letter or hash */
};

static struct span
take_lower(struct span *rest, char last, bool digits)
{
	struct span run = *rest;
	size_t n = 0;

	while (n < rest->n && ((rest->p[n] >= 'a' && rest->p[n] <= last) ||
				  (digits && is_digit(rest->p[n]))))
		n++;
	run.n = n;
	*rest = span_skip(*rest, n);
	return run;
}

static void
read_suffix(struct part *part, struct span *rest)
{
	part->value = take_lower(rest, 'z', false);
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (span_is(part->value, suffixes[i].name)) {
			part->kind = suffixes[i].kind;
			part->age = i;
			return;
		}
	part->kind = KIND_BAD;
}

/* Digits that must be there. */
static void
read_number(struct part *part, enum kind kind, struct span *rest)
{
	part->value = take_digits(rest);
	part->kind = part->value.n > 0 ? kind : KIND_BAD;
}

/* Replace a part by the one behind it. */
static void
next_part(struct part *part, struct span *rest)
{
	unsigned before = BIT(part->kind);
	char c;

	part->kind = KIND_BAD;
	if (rest->n == 0) {
		part->kind = KIND_END;
		return;
	}
	c = rest->p[0];
	if (is_digit(c)) {
		if (before & BEFORE_SUFFIX_NUMBER)
			read_number(part, KIND_SUFFIX_NUMBER, rest);
	} else if (c >= 'a' && c <= 'z') {
		if (before & BEFORE_LETTER) {
			part->kind = KIND_LETTER;
			part->value = (struct span){rest->p, 1};
			*rest = span_skip(*rest, 1);
		}
	} else if (c == '.' && (before & BEFORE_LETTER)) {
		*rest = span_skip(*rest, 1);
		read_number(part, KIND_NUMBER, rest);
	} else if (c == '_' && (before & BEFORE_SUFFIX)) {
		*rest = span_skip(*rest, 1);
		read_suffix(part, rest);
	} else if (c == '~' && (before & BEFORE_HASH)) {
		*rest = span_skip(*rest, 1);
		part->value = take_lower(rest, 'f', true);
		part->kind = part->value.n > 0 ? KIND_HASH : KIND_BAD;
	} else if (span_starts(*rest, SPAN("-r")) &&
		   (before & BEFORE_REVISION)) {
		*rest = span_skip(*rest, 2);
		read_number(part, KIND_REVISION, rest);
	}
}

static enum version_order
compare_values(const struct part *a, const struct part *b)
{
	switch (a->kind) {
	case KIND_PRE_SUFFIX:
	case KIND_SUFFIX:
		return order_of((a->age > b->age) - (a->age < b->age));
	case KIND_NUMBER:
		/* A fraction: 1.01 is older than 1.1. */
		if (a->value.p[0] == '0' || b->value.p[0] == '0')
			return order_of(span_compare(a->value, b->value));
		return compare_digits(a->value, b->value);
	case KIND_FIRST:
	case KIND_SUFFIX_NUMBER:
	case KIND_REVISION:
		return compare_digits(a->value, b->value);
	default:
		return order_of(span_compare(a->value, b->value));
	}
}

bool
apk_valid(struct span version)
{
	struct part part = {.kind = KIND_BAD};

	read_number(&part, KIND_FIRST, &version);
	while (part.kind != KIND_BAD && part.kind != KIND_END)
		next_part(&part, &version);
	return part.kind == KIND_END;
}

enum version_order
apk_compare(struct span a, struct span b)
{
	struct part left = {.kind = KIND_BAD}, right = {.kind = KIND_BAD};
	enum version_order order;

	if (!apk_valid(a) || !apk_valid(b))
		return VERSION_INVALID;
	read_number(&left, KIND_FIRST, &a);
	read_number(&right, KIND_FIRST, &b);
	while (left.kind == right.kind && left.kind != KIND_END) {
		order = compare_values(&left, &right);
		if (order != VERSION_EQUAL)
			return order;
		next_part(&left, &a);
		next_part(&right, &b);
	}
	return order_of((left.kind > right.kind) - (left.kind < right.kind));
}
