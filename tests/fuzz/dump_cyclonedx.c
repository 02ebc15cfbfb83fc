/* Any bytes as what pm-collect cyclonedx reads. */
#include "dump_harness.h"

FUZZ_DUMP(cyclonedx_source)
