/* Any bytes as what pm-collect rpm-list reads. */
#include "dump_harness.h"

FUZZ_DUMP(rpm_list_source)
