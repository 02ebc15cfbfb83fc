/* Equal bytes have one number, however they were added. */
#include "intern.h"

#include "tap.h"

enum { STRINGS = 20000, TOGETHER = 37 };

static char texts[STRINGS][8];
static struct span strings[STRINGS];

int
main(void)
{
	struct intern single = {0}, several = {0};
	uint32_t numbers[STRINGS], number;
	bool equal = true, known = true;

	/* a number occurs again, also in one call */
	for (unsigned i = 0; i < STRINGS; i++) {
		snprintf(texts[i], sizeof(texts[i]), "%u", i * i % 7001);
		strings[i] = span_of(texts[i]);
	}
	strings[3] = SPAN("-");
	strings[4] = (struct span){0};
	for (unsigned i = 0; i < STRINGS; i += TOGETHER)
		intern_add_several(&several, strings + i, numbers + i,
		    STRINGS - i < TOGETHER ? STRINGS - i : TOGETHER);
	for (unsigned i = 0; i < STRINGS; i++) {
		equal = equal && intern_add(&single, strings[i]) == numbers[i];
		known = known &&
			span_equal(
			    intern_span(&several, numbers[i]), strings[i]) &&
			intern_find(&several, strings[i], &number) &&
			number == numbers[i];
	}
	ok(numbers[3] == 0, "the absent value is number 0");
	ok(equal, "several at once get the numbers that they get one by one");
	ok(known, "each is found by its bytes, and its bytes by its number");
	ok(single.count == several.count && single.count < 7002,
	    "%zu distinct strings of %d", several.count, STRINGS);
	ok(!intern_find(&several, SPAN("none"), &number), "another is not");
	intern_release(&single);
	intern_release(&several);
	return done();
}
