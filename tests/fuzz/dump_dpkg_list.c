/* Any bytes as what pm-collect dpkg-list reads. */
#include "dump_harness.h"

FUZZ_DUMP(dpkg_list_source)
