/*
 * Any bytes are read as the rules of a firewall.
 *
 *	#include "firewall_harness.h"
 *	FUZZ_FIREWALL(NAME_source)
 */
#include "refusal.h"

#include "../../cmd/pm-collect/firewall.h"

static struct filter filter;

static void
read_filter(const void *source, struct output *output, struct bytes *bytes)
{
	const struct firewall_source *reader = source;

	filter = (struct filter){
	    .file = bytes->file, .name = SPAN("fw"), .output = output};
	reader->read(&filter, bytes);
	filter_write(&filter);
}

static void
release_filter(const void *source, struct output *output)
{
	const struct firewall_source *reader = source;

	(void)output;
	reader->release();
	filter_release(&filter);
}

#define FUZZ_FIREWALL(reader) \
	FUZZ_READING(&(reader), read_filter, release_filter)
