/* Any bytes as the feed that cmd/pm-collect calls alpine. */
#include "feed_harness.h"

FUZZ_FEED(feed_alpine)
