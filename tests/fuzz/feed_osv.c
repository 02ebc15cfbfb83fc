/* Any bytes as the feed that cmd/pm-collect calls osv. */
#include "feed_harness.h"

FUZZ_FEED(feed_osv)
