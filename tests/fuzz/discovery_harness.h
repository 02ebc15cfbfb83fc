/*
 * Any bytes are read as what was noticed on a network.
 *
 *	#include "discovery_harness.h"
 *	FUZZ_DISCOVERY(NAME_source)
 */
#include "refusal.h"

#include "../../cmd/pm-collect/discovery.h"

static struct discovery *discovery;

static void
read_discovery(const void *source, struct output *output, struct bytes *bytes)
{
	const struct discovery_source *reader = source;

	discovery = discovery_open(reader, output);
	reader->read(discovery, bytes);
	discovery_write(discovery);
}

static void
release_discovery(const void *source, struct output *output)
{
	const struct discovery_source *reader = source;

	(void)output;
	reader->release();
	discovery_release(discovery);
}

#define FUZZ_DISCOVERY(reader) \
	FUZZ_READING(&(reader), read_discovery, release_discovery)
