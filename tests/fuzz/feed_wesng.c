/* Any bytes as the feed that cmd/pm-collect calls wesng. */
#include "feed_harness.h"

FUZZ_FEED(feed_wesng)
