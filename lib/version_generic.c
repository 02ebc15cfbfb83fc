/* Versions of products, which follow no specification; see version.h */
#include "version_schemes.h"

/* What follows an equal beginning, in the order of age. */
enum kind { KIND_TILDE, KIND_PRE, KIND_END, KIND_WORD, KIND_NUMBER };

struct part {
	enum kind kind;
	int age;	   /* of a pre-release word */
	struct span value; /* of a word or number */
};

/*
 * A version while it is taken apart.  Zeros count only when another number
 * follows, so they and that number are held back until this is known.
 */
struct cursor {
	struct span rest;
	size_t zeros; /* to hand out before the held part */
	struct part held;
	bool holding;
};

enum { NOT_COUNTED = 0, NOT_SPECIAL = -1 };

static const struct word {
	const char *name;
	int age;
} words[] = {{"final", NOT_COUNTED}, {"ga", NOT_COUNTED},
    {"release", NOT_COUNTED}, {"dev", 1}, {"nightly", 1}, {"snapshot", 1},
    {"alpha", 2}, {"beta", 3}, {"milestone", 4}, {"pre", 4}, {"preview", 4},
    {"cr", 5}, {"rc", 5}};

static unsigned char
lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static enum version_order
compare_words(struct span a, struct span b)
{
	for (size_t i = 0; i < a.n && i < b.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return order_of(lower(a.p[i]) - lower(b.p[i]));
	return order_of((a.n > b.n) - (a.n < b.n));
}

static int
word_age(struct span word)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (compare_words(word, span_of(words[i].name)) ==
		    VERSION_EQUAL)
			return words[i].age;
	return NOT_SPECIAL;
}

static struct cursor
start(struct span version)
{
	if (version.n > 1 && lower(version.p[0]) == 'v' &&
	    is_digit(version.p[1]))
		version = span_skip(version, 1);
	return (struct cursor){.rest = version};
}

/* The next part as it stands there, words that do not count left out. */
static struct part
raw_part(struct span *rest)
{
	struct part part = {.kind = KIND_END};

	while (rest->n > 0) {
		char c = rest->p[0];

		if (is_digit(c)) {
			part.kind = KIND_NUMBER;
			part.value = without_zeros(take_digits(rest));
			break;
		}
		if (is_letter(c)) {
			part.value = take_letters(rest);
			part.age = word_age(part.value);
			if (part.age == NOT_COUNTED)
				continue;
			part.kind = part.age == NOT_SPECIAL ? KIND_WORD
							    : KIND_PRE;
			break;
		}
		*rest = span_skip(*rest, 1);
		if (c == '~') {
			part.kind = KIND_TILDE;
			break;
		}
	}
	return part;
}

static struct part
next_part(struct cursor *cursor)
{
	struct part zero = {.kind = KIND_NUMBER};

	if (!cursor->holding) {
		do {
			cursor->held = raw_part(&cursor->rest);
			cursor->zeros++;
		} while (cursor->held.kind == KIND_NUMBER &&
			 cursor->held.value.n == 0);
		cursor->zeros--;
		if (cursor->held.kind != KIND_NUMBER)
			cursor->zeros = 0;
		cursor->holding = true;
	}
	if (cursor->zeros > 0) {
		cursor->zeros--;
		return zero;
	}
	cursor->holding = false;
	return cursor->held;
}

bool
generic_valid(struct span version)
{
	bool digit = false;

	for (size_t i = 0; i < version.n; i++) {
		if (!is_graph(version.p[i]))
			return false;
		digit |= is_digit(version.p[i]);
	}
	return digit;
}

enum version_order
generic_compare(struct span a, struct span b)
{
	struct cursor left = start(a), right = start(b);
	enum version_order order = VERSION_EQUAL;

	if (!generic_valid(a) || !generic_valid(b))
		return VERSION_INVALID;
	while (order == VERSION_EQUAL) {
		struct part l = next_part(&left), r = next_part(&right);

		if (l.kind != r.kind)
			return l.kind < r.kind ? VERSION_LESS : VERSION_GREATER;
		if (l.kind == KIND_END)
			break;
		if (l.kind == KIND_NUMBER)
			order = compare_digits(l.value, r.value);
		else if (l.kind == KIND_WORD)
			order = compare_words(l.value, r.value);
		else if (l.kind == KIND_PRE)
			order = order_of(l.age - r.age);
	}
	return order;
}
