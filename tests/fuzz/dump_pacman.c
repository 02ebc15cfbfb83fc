/* Any bytes as what pm-collect pacman reads. */
#include "dump_harness.h"

FUZZ_DUMP(pacman_source)
