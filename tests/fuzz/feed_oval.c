/* Any bytes as the feed that cmd/pm-collect calls oval. */
#include "feed_harness.h"

FUZZ_FEED(feed_oval)
