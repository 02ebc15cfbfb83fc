/*
 * Any bytes as apt's configuration: what it names as the release lies within
 * them.
 */
#include "fuzz.h"

#include "../../cmd/pm-collect/apt_conf.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* memory of its own size, so that reading past its end shows */
	char *copy = memory_array(NULL, size, 1);
	struct span text = {copy, size}, found;

	if (size > 0)
		memcpy(copy, data, size);
	found = apt_conf_parse(text);
	if (found.p != NULL &&
	    (found.p < text.p || found.p + found.n > text.p + text.n))
		abort();
	free(copy);
	return 0;
}
