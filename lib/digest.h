/* SHA-256 (FIPS 180-4) in hexadecimal, through libmd. */
#ifndef PM_DIGEST_H
#define PM_DIGEST_H

#include <sha2.h>

#include "span.h"

enum { DIGEST_SIZE = 64 + 1 }; /* hexadecimal digits and NUL */

struct digest {
	SHA2_CTX context;
};

void digest_start(struct digest *digest);
void digest_add(struct digest *digest, struct span bytes);

/* Finish into hex, which has room for DIGEST_SIZE bytes; returns its span. */
struct span digest_finish(struct digest *digest, char *hex);

#endif
