/*
 * What every tests/fuzz/NAME.c defines: feed size bytes to the code under test,
 * abort() when a law of it is broken, return 0.  Seeds and past finds are the
 * files of tests/fuzz/corpus/NAME; `make check` replays them, `make fuzz` goes
 * on from them.
 */
#ifndef PM_FUZZ_H
#define PM_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
