/* Any bytes as what pm-collect csv reads: a list of assets. */
#include "refusal.h"

#include "../../cmd/pm-collect/assets.h"

static struct assets assets;

static void
read_assets(const void *source, struct output *output, struct bytes *bytes)
{
	(void)source;
	assets = (struct assets){.output = output,
	    .maps = SPAN("IP=addr,Note=-,"),
	    .source = SPAN("csv:input"),
	    .seen = SPAN("2026-11-23T02:00:00Z")};
	if (left.n % 3 != 0)
		assets.maps = SPAN("");
	/* where an endless row is cut is where a block ended */
	if (left.n > CSV_ROW_MAX)
		die(PM_EXIT_DATA, "too long for this target");
	assets_read(&assets, bytes, left.n % 5 == 0 ? ';' : ',');
}

static void
release_assets(const void *source, struct output *output)
{
	(void)source;
	(void)output;
	assets_release(&assets);
}

FUZZ_READING(NULL, read_assets, release_assets)
