/* Any bytes as the feed that cmd/pm-collect calls arch. */
#include "feed_harness.h"

FUZZ_FEED(feed_arch)
