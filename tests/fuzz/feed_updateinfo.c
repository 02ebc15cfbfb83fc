/* Any bytes as the feed that cmd/pm-collect calls updateinfo. */
#include "feed_harness.h"

FUZZ_FEED(feed_updateinfo)
