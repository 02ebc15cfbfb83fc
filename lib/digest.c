#include "digest.h"

void
digest_start(struct digest *digest)
{
	sha256_init(&digest->context);
}

void
digest_add(struct digest *digest, struct span bytes)
{
	if (bytes.n > 0)
		sha256_update(
		    &digest->context, bytes.n, (const uint8_t *)bytes.p);
}

struct span
digest_finish(struct digest *digest, char *hex)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t sum[SHA256_DIGEST_SIZE];

	sha256_digest(&digest->context, sizeof(sum), sum);
	for (size_t i = 0; i < sizeof(sum); i++) {
		hex[2 * i] = digits[sum[i] >> 4];
		hex[2 * i + 1] = digits[sum[i] & 15];
	}
	hex[DIGEST_SIZE - 1] = '\0';
	return (struct span){hex, DIGEST_SIZE - 1};
}
