/* Any bytes as what pm-collect apk reads. */
#include "dump_harness.h"

FUZZ_DUMP(apk_source)
