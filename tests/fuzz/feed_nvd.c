/* Any bytes as the feed that cmd/pm-collect calls nvd. */
#include "feed_harness.h"

FUZZ_FEED(feed_nvd)
