/* SHA-256 against the examples of FIPS 180-2, appendix B, and the empty one. */
#include "digest.h"

#include "tap.h"

static bool
gives(struct span bytes, unsigned times, const char *expected)
{
	struct digest digest;
	char hex[DIGEST_SIZE];
	struct span result;

	digest_start(&digest);
	for (unsigned i = 0; i < times; i++)
		digest_add(&digest, bytes);
	result = digest_finish(&digest, hex);
	return result.p == hex && span_is(result, expected);
}

int
main(void)
{
	ok(gives(SPAN(""), 1,
	       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934c"
	       "a495991b7852b855"),
	    "nothing");
	ok(gives((struct span){0}, 1,
	       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934c"
	       "a495991b7852b855"),
	    "a span of nothing at NULL");
	ok(gives(SPAN("abc"), 1,
	       "ba7816bf8f01cfea414140de5dae2223b00361a396177a9c"
	       "b410ff61f20015ad"),
	    "abc");
	ok(gives(
	       SPAN("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
	       1,
	       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167"
	       "f6ecedd419db06c1"),
	    "two blocks");
	ok(gives(SPAN("aaaaaaaaaa"), 100000,
	       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e"
	       "046d39ccc7112cd0"),
	    "a million times a, in parts of ten");
	return done();
}
