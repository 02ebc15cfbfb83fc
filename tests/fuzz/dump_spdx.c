/* Any bytes as what pm-collect spdx reads. */
#include "dump_harness.h"

FUZZ_DUMP(spdx_source)
