/* Any bytes as the feed that cmd/pm-collect calls cvrf. */
#include "feed_harness.h"

FUZZ_FEED(feed_cvrf)
