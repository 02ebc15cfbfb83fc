/*
 * Any bytes as what the probe printed on a host: refused, or taken apart into
 * entries that are sorted, each once, and found again.
 */
#include <stdlib.h>

#include "fuzz.h"

#include "../../cmd/pm-collect/reply.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = {(const char *)data, size};
	struct reply reply = {0};
	const char *reason = reply_parse(&reply, text);

	/* the ssh driver waits for exactly what is then accepted */
	if ((reason == NULL) != reply_whole(text) ||
	    (reason == NULL && !reply_begun(text)))
		abort();
	for (size_t i = 0; reason == NULL && i < reply.count; i++) {
		const struct reply_entry *entry = &reply.entry[i];

		if (entry->path.p[0] != '/' || entry->kind >= REPLY_KINDS ||
		    reply_find(&reply, entry->path) != entry ||
		    reply_search(&reply, entry->path) != i)
			abort();
		if (i > 0 && span_compare(entry[-1].path, entry->path) >= 0)
			abort();
	}
	reply_release(&reply);
	return 0;
}
