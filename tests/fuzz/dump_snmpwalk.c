/* Any bytes as what pm-collect snmpwalk reads. */
#include "dump_harness.h"

FUZZ_DUMP(snmpwalk_source)
