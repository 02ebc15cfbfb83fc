/* Any bytes as the feed that cmd/pm-collect calls cve5. */
#include "feed_harness.h"

FUZZ_FEED(feed_cve5)
