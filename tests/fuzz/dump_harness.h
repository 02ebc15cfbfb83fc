/*
 * Any bytes are read as a copied inventory.
 *
 *	#include "dump_harness.h"
 *	FUZZ_DUMP(NAME_source)
 */
#include "refusal.h"

#include "../../cmd/pm-collect/dump.h"

static struct dump dump;

static void
read_dump(const void *source, struct output *output, struct bytes *bytes)
{
	static uint64_t rejected;
	const struct dump_source *reader = source;

	dump_begin(&dump, reader, output, &rejected, bytes);
	reader->read(&dump);
	dump_describe(&dump);
	dump_write(&dump);
}

static void
release_dump(const void *source, struct output *output)
{
	const struct dump_source *reader = source;

	(void)output;
	if (reader->release != NULL)
		reader->release();
	dump_release(&dump);
}

#define FUZZ_DUMP(reader) FUZZ_READING(&(reader), read_dump, release_dump)
