/* Any bytes as the feed that cmd/pm-collect calls debian-tracker. */
#include "feed_harness.h"

FUZZ_FEED(feed_debian_tracker)
