#include "version_schemes.h"

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
