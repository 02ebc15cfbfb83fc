/* Any bytes as what pm-collect arp reads. */
#include "discovery_harness.h"

FUZZ_DISCOVERY(arp_source)
