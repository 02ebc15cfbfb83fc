/* Any bytes as what pm-collect iptables reads. */
#include "firewall_harness.h"

FUZZ_FIREWALL(iptables_source)
