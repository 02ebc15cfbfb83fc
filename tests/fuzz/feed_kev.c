/* Any bytes as the feed that cmd/pm-collect calls kev. */
#include "feed_harness.h"

FUZZ_FEED(feed_kev)
