/* What makes an order of versions: used by the property test and the fuzzer. */
#ifndef PM_TEST_VERSION_LAWS_H
#define PM_TEST_VERSION_LAWS_H

#include "version.h"

static inline enum version_order
order_turned(enum version_order order)
{
	if (order == VERSION_LESS)
		return VERSION_GREATER;
	return order == VERSION_GREATER ? VERSION_LESS : order;
}

/*
 * The law that these three versions break, or NULL.  Every pair is compared in
 * both directions and every version with itself; the result is left in order.
 */
static inline const char *
law_broken(enum version_scheme scheme, const struct span version[3],
    enum version_order order[3][3])
{
	bool valid[3];

	for (int i = 0; i < 3; i++) {
		valid[i] = version_valid(scheme, version[i]);
		for (int k = 0; k < 3; k++)
			order[i][k] = version_compare(
			    scheme, version[i], version[k]);
	}
	for (int i = 0; i < 3; i++)
		for (int k = 0; k < 3; k++) {
			bool invalid = order[i][k] == VERSION_INVALID;

			if (invalid != (!valid[i] || !valid[k]))
				return "invalid exactly when one of two is";
			if (order[i][k] != order_turned(order[k][i]))
				return "antisymmetric";
			if (i == k && !invalid && order[i][k] != VERSION_EQUAL)
				return "equal to itself";
		}
	/* i <= k <= m gives i <= m, and i < m where one of the two is <. */
	for (int i = 0; i < 3; i++)
		for (int k = 0; k < 3; k++)
			for (int m = 0; m < 3; m++) {
				unsigned both = order[i][k] | order[k][m];

				if (both & (VERSION_GREATER | VERSION_INVALID))
					continue;
				if (order[i][m] != (both & VERSION_LESS
							   ? VERSION_LESS
							   : VERSION_EQUAL))
					return "transitive";
			}
	return NULL;
}

#endif
