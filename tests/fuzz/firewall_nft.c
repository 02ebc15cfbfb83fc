/* Any bytes as what pm-collect nft reads. */
#include "firewall_harness.h"

FUZZ_FIREWALL(nft_source)
