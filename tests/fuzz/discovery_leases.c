/* Any bytes as what pm-collect leases reads. */
#include "discovery_harness.h"

FUZZ_DISCOVERY(leases_source)
