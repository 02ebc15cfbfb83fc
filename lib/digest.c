#include "digest.h"

void
digest_start(struct digest *digest)
{
	SHA256Init(&digest->context);
}

void
digest_add(struct digest *digest, struct span bytes)
{
	if (bytes.n > 0)
		SHA256Update(
		    &digest->context, (const uint8_t *)bytes.p, bytes.n);
}

struct span
digest_finish(struct digest *digest, char *hex)
{
	SHA256End(&digest->context, hex);
	return (struct span){hex, DIGEST_SIZE - 1};
}
