/* vercmp(8) of pacman 7, made a total order; see version.h */
#include "version_schemes.h"

static bool
parse(struct span text, struct evr *evr)
{
	for (size_t i = 0; i < text.n; i++)
		if (!is_graph(text.p[i]) || text.p[i] == '/')
			return false;
	return evr_split(text, evr);
}

/* What follows a run of separators, in the order of age. */
enum next { NEXT_LETTERS, NEXT_END, NEXT_DIGITS };

static enum next
next_of(struct span s)
{
	if (s.n == 0)
		return NEXT_END;
	return is_digit(s.p[0]) ? NEXT_DIGITS : NEXT_LETTERS;
}

/* Skip what is neither letter nor digit and say how much that was. */
static size_t
skip_separators(struct span *rest)
{
	size_t n = 0;

	while (n < rest->n && !is_digit(rest->p[n]) && !is_letter(rest->p[n]))
		n++;
	*rest = span_skip(*rest, n);
	return n;
}

static enum version_order
compare_part(struct span a, struct span b)
{
	enum version_order order = VERSION_EQUAL;

	while (order == VERSION_EQUAL) {
		size_t left_gap = skip_separators(&a);
		size_t right_gap = skip_separators(&b);
		enum next left = next_of(a), right = next_of(b);

		if (left_gap != right_gap)
			return left_gap < right_gap ? VERSION_LESS
						    : VERSION_GREATER;
		if (left != right)
			return left < right ? VERSION_LESS : VERSION_GREATER;
		if (left == NEXT_END)
			break;
		if (left == NEXT_DIGITS)
			order = compare_digits(
			    take_digits(&a), take_digits(&b));
		else
			order = order_of(
			    span_compare(take_letters(&a), take_letters(&b)));
	}
	return order;
}

bool
pacman_valid(struct span version)
{
	struct evr evr;

	return parse(version, &evr);
}

enum version_order
pacman_compare(struct span a, struct span b)
{
	struct evr left, right;

	if (!parse(a, &left) || !parse(b, &right))
		return VERSION_INVALID;
	return evr_compare(&left, &right, compare_part);
}
