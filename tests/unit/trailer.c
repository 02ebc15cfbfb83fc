/* The trailer of a plan: written, checked, and voided by any changed byte. */
#include "trailer.h"

#include "tap.h"

static const char *const lines[] = {"#host\thost", "host\tvm",
    "#step\tplan\tstep", "step\tp\tvm/install/a", "host\tdb",
    "step\tp\tvm/install/b", "steps\tnot\tof the type"};

static struct buffer
make_plan(void)
{
	struct buffer text = {0};
	struct trailer trailer;

	trailer_start(&trailer, SPAN("step"));
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct span line = span_of(lines[i]);

		trailer_line(&trailer, line);
		buffer_add_span(&text, line);
		buffer_add_byte(&text, '\n');
	}
	trailer_finish(&trailer, &text);
	return text;
}

int
main(void)
{
	/* printf '#step\tplan\tstep\nstep\tp\tvm/install/a\n...' | sha256sum */
	static const char expected[] =
	    "##end step 2 sha256:9e92a494041ff3450403dd2c87c4fb94"
	    "ad8ec91072ceb464c2a63115082e7780\n";
	struct buffer plan = make_plan();
	struct span text = buffer_span(&plan);
	char hex[DIGEST_SIZE], other[DIGEST_SIZE];
	const char *reason;
	uint64_t line;
	unsigned wrong = 0, tried = 0;
	size_t start = 0;

	ok(span_ends(text, span_of(expected)), "what sha256sum gives: %.*s",
	    (int)sizeof(expected) - 2, text.p + text.n - sizeof(expected) + 1);
	ok(trailer_check(text, SPAN("step"), hex, &line, &reason) &&
		memcmp(hex, expected + 20, DIGEST_SIZE - 1) == 0,
	    "a whole plan, and its digest");
	for (size_t cut = 0; cut < text.n; cut++)
		if (trailer_check((struct span){text.p, cut}, SPAN("step"),
			other, &line, &reason) ||
		    line == 0 || reason == NULL)
			wrong++;
	ok(wrong == 0, "cut at each of %zu bytes: %u passed", text.n, wrong);
	for (size_t at = 0; at < text.n; at++) {
		if (at == 0 || text.p[at - 1] == '\n')
			start = at;
		/* The lines of other types are not covered. */
		if (memcmp(text.p + start, "host", 4) == 0 ||
		    memcmp(text.p + start, "#host", 5) == 0 ||
		    memcmp(text.p + start, "steps", 5) == 0)
			continue;
		tried++;
		plan.p[at] ^= 1;
		if (trailer_check(text, SPAN("step"), other, &line, &reason) ||
		    line == 0 || reason == NULL)
			wrong++;
		plan.p[at] ^= 1;
	}
	ok(wrong == 0 && tried == 141,
	    "%u changed bytes in steps and trailer: %u passed", tried, wrong);
	buffer_add_span(&plan, SPAN("approve\tx\n"));
	ok(!trailer_check(
	       buffer_span(&plan), SPAN("step"), hex, &line, &reason) &&
		line == 9,
	    "something behind the trailer");
	buffer_release(&plan);
	return done();
}
