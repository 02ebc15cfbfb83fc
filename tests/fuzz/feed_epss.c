/* Any bytes as the feed that cmd/pm-collect calls epss. */
#include "feed_harness.h"

FUZZ_FEED(feed_epss)
