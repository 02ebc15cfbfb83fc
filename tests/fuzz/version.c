/*
 * The first three lines of the input are versions; in every scheme they must
 * obey the laws of an order.  Each lies in memory of its own, so that reading
 * past its end shows.
 */
#include "fuzz.h"

#include "../lib/version_laws.h"
#include "memory.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = {(const char *)data, size}, version[3];
	enum version_order order[3][3];
	char *copy[3];

	for (int i = 0; i < 3; i++) {
		struct span line = span_cut(&rest, '\n');

		copy[i] = memory_array(NULL, line.n, 1);
		if (line.n > 0)
			memcpy(copy[i], line.p, line.n);
		version[i] = (struct span){copy[i], line.n};
	}
	for (unsigned i = 0; i < VERSION_SCHEMES; i++)
		if (law_broken((enum version_scheme)i, version, order) != NULL)
			abort();
	for (int i = 0; i < 3; i++)
		free(copy[i]);
	return 0;
}
