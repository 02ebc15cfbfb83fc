/* Any bytes as what pm-collect nmap reads. */
#include "discovery_harness.h"

FUZZ_DISCOVERY(nmap_source)
