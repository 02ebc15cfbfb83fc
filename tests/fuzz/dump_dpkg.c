/* Any bytes as what pm-collect dpkg reads: a status file. */
#include "refusal.h"

#include "../../cmd/pm-collect/packages.h"

static struct packages packages;

static void
read_status(const void *source, struct output *output, struct bytes *bytes)
{
	(void)source;
	packages_read(&packages, bytes);
	packages_write(&packages, SPAN("host"), output);
}

static void
release_status(const void *source, struct output *output)
{
	(void)source;
	(void)output;
	packages_release(&packages);
}

FUZZ_READING(NULL, read_status, release_status)
