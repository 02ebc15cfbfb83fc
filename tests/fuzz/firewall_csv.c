/* Any bytes as what pm-collect firewall-csv reads. */
#include "firewall_harness.h"

FUZZ_FIREWALL(firewall_csv_source)
