/* Any bytes as the feed that cmd/pm-collect calls debsecan. */
#include "feed_harness.h"

FUZZ_FEED(feed_debsecan)
