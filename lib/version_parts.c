#include "version_schemes.h"

struct span
take_digits(struct span *rest)
{
	struct span run = *rest;
	size_t n = 0;

	while (n < rest->n && is_digit(rest->p[n]))
		n++;
	run.n = n;
	*rest = span_skip(*rest, n);
	return run;
}

struct span
take_letters(struct span *rest)
{
	struct span run = *rest;
	size_t n = 0;

	while (n < rest->n && is_letter(rest->p[n]))
		n++;
	run.n = n;
	*rest = span_skip(*rest, n);
	return run;
}

struct span
without_zeros(struct span digits)
{
	size_t zeros = 0;

	while (zeros < digits.n && digits.p[zeros] == '0')
		zeros++;
	return span_skip(digits, zeros);
}

enum version_order
compare_digits(struct span a, struct span b)
{
	a = without_zeros(a);
	b = without_zeros(b);
	if (a.n != b.n)
		return a.n < b.n ? VERSION_LESS : VERSION_GREATER;
	return order_of(span_compare(a, b));
}

bool
evr_split(struct span text, struct evr *evr)
{
	struct span rest = text;
	struct span epoch = take_digits(&rest);

	if (rest.n > 0 && rest.p[0] == ':') {
		if (epoch.n == 0)
			return false;
		rest = span_skip(rest, 1);
	} else {
		epoch.n = 0;
		rest = text;
	}
	evr->epoch = without_zeros(epoch);
	if (span_find(rest, ':') != NULL)
		return false;
	evr->version = span_cut(&rest, '-');
	evr->release = rest;
	return evr->version.n > 0 &&
	       (rest.p == NULL || (rest.n > 0 && span_find(rest, '-') == NULL));
}

enum version_order
evr_compare_release(struct span a, struct span b,
    enum version_order (*compare)(struct span, struct span))
{
	if (a.p != NULL && b.p != NULL)
		return compare(a, b);
	return order_of((a.p != NULL) - (b.p != NULL));
}
