/* Any bytes as the feed that cmd/pm-collect calls ubuntu. */
#include "feed_harness.h"

FUZZ_FEED(feed_ubuntu)
