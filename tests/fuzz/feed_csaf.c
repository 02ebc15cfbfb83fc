/* Any bytes as the feed that cmd/pm-collect calls csaf. */
#include "feed_harness.h"

FUZZ_FEED(feed_csaf)
