/*
 * SHA-256 (FIPS 180-4) in hexadecimal, through nettle, which uses the
 * processor's own instructions for it: whole feeds pass through here.
 */
#ifndef PM_DIGEST_H
#define PM_DIGEST_H

#include <nettle/sha2.h>

#include "span.h"

enum { DIGEST_SIZE = 2 * SHA256_DIGEST_SIZE + 1 }; /* digits and NUL */

struct digest {
	struct sha256_ctx context;
};

void digest_start(struct digest *digest);
void digest_add(struct digest *digest, struct span bytes);

/* Finish into hex, which has room for DIGEST_SIZE bytes; returns its span. */
struct span digest_finish(struct digest *digest, char *hex);

#endif
