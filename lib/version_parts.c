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
evr_compare(const struct evr *a, const struct evr *b,
    enum version_order (*compare)(struct span, struct span))
{
	enum version_order order = compare_digits(a->epoch, b->epoch);

	if (order == VERSION_EQUAL)
		order = compare(a->version, b->version);
	if (order != VERSION_EQUAL)
		return order;
	if (a->release.p != NULL && b->release.p != NULL)
		return compare(a->release, b->release);
	return order_of((a->release.p != NULL) - (b->release.p != NULL));
}
