/* Any bytes as what pm-collect systeminfo reads. */
#include "dump_harness.h"

FUZZ_DUMP(systeminfo_source)
