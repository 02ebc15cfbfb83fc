/* rpm-version(7), rpm 4.18 */
#include "version_schemes.h"

static bool
parse(struct span text, struct evr *evr)
{
	uint64_t epoch;

	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] <= ' ' || text.p[i] == 0x7f)
			return false;
	/* An epoch is stored in 32 bits. */
	return evr_split(text, evr) &&
	       (evr->epoch.n == 0 ||
		   (span_number(evr->epoch, &epoch) && epoch <= UINT32_MAX));
}

/*
 * What comes next in a version, in the order of age: "~" is older than the end,
 * "^" newer than the end and older than whatever else could follow.
 */
enum next { NEXT_TILDE, NEXT_END, NEXT_CARET, NEXT_LETTERS, NEXT_DIGITS };

static enum next
next_of(struct span *rest)
{
	size_t i = 0;

	for (; i < rest->n; i++) {
		char c = rest->p[i];

		if (is_digit(c) || is_letter(c) || c == '~' || c == '^')
			break;
	}
	*rest = span_skip(*rest, i);
	if (rest->n == 0)
		return NEXT_END;
	if (rest->p[0] == '~')
		return NEXT_TILDE;
	if (rest->p[0] == '^')
		return NEXT_CARET;
	return is_digit(rest->p[0]) ? NEXT_DIGITS : NEXT_LETTERS;
}

static enum version_order
compare_part(struct span a, struct span b)
{
	enum version_order order = VERSION_EQUAL;

	while (order == VERSION_EQUAL) {
		enum next left = next_of(&a), right = next_of(&b);

		if (left != right)
			return left < right ? VERSION_LESS : VERSION_GREATER;
		switch (left) {
		case NEXT_END:
			return VERSION_EQUAL;
		case NEXT_TILDE:
		case NEXT_CARET:
			a = span_skip(a, 1);
			b = span_skip(b, 1);
			break;
		case NEXT_LETTERS:
			order = order_of(
			    span_compare(take_letters(&a), take_letters(&b)));
			break;
		case NEXT_DIGITS:
			order = compare_digits(
			    take_digits(&a), take_digits(&b));
			break;
		}
	}
	return order;
}

bool
rpm_valid(struct span version)
{
	struct evr evr;

	return parse(version, &evr);
}

enum version_order
rpm_compare(struct span a, struct span b)
{
	struct evr left, right;

	if (!parse(a, &left) || !parse(b, &right))
		return VERSION_INVALID;
	return evr_compare(&left, &right, compare_part);
}
