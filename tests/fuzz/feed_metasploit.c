/* Any bytes as the feed that cmd/pm-collect calls metasploit. */
#include "feed_harness.h"

FUZZ_FEED(feed_metasploit)
