/*
 * The order of versions is an order: of three at a time, made at random, every
 * pair is compared in both directions.
 */
#include "../lib/version_laws.h"
#include "../lib/version_maker.h"
#include "tap.h"

enum { TRIPLES = 200000 };

/* To change a few bytes of; the schemes refuse what is none of theirs. */
static const char *const real[] = {"1:9.2p1-2+deb12u3", "3.0.11-1~deb12u2",
    "2.36-9+deb12u4", "1:2.3.2-2+lenny2", "0.0~git20200930.c9a5c67-2",
    "3.5.1-24.el9_4.1", "1:3.0.7-27.el9", "4.18.0-553.16.1.el8_10",
    "2.0~rc1^git20240101-1.fc40", "3.1.4-r5", "1.2.4_git20230717-r4",
    "20240226-r0", "9.7_p1-r3", "1.36.1_alpha2-r15", "6.9.7.arch1-1",
    "1:1.2.0a.r3.g123abc-1", "2:4.20.1+a+b-3", "8.0.36", "v1.2.3-rc.1",
    "10.0.0-M1", "1.0.2zh", "5.4.2.Final"};

/* What the triples were like, so that they cannot all have been invalid. */
struct seen {
	unsigned valid; /* all three */
	unsigned equal; /* a pair of equal versions of other bytes */
	unsigned broken;
};

static void
make(struct maker *maker, enum version_scheme scheme, struct made *made,
    const struct made *neighbour)
{
	size_t kind = make_below(maker, 8);

	if (neighbour != NULL && kind < 3)
		make_like(maker, made_span(neighbour), made);
	else if (kind == 7)
		make_like(maker,
		    span_of(real[make_below(
			maker, sizeof(real) / sizeof(real[0]))]),
		    made);
	else
		make_version(maker, scheme, made);
}

static void
examine(
    enum version_scheme scheme, const struct made made[3], struct seen *seen)
{
	struct span version[3] = {
	    made_span(&made[0]), made_span(&made[1]), made_span(&made[2])};
	enum version_order order[3][3];
	const char *law = law_broken(scheme, version, order);

	seen->valid += order[0][1] != VERSION_INVALID &&
		       order[1][2] != VERSION_INVALID;
	for (int i = 0; i < 3; i++)
		seen->equal += order[i][(i + 1) % 3] == VERSION_EQUAL &&
			       !span_equal(version[i], version[(i + 1) % 3]);
	if (law == NULL || seen->broken++ > 10)
		return;
	printf("# not %s: %.*s  %.*s  %.*s\n", law, SPAN_ARG(version[0]),
	    SPAN_ARG(version[1]), SPAN_ARG(version[2]));
}

int
main(void)
{
	for (unsigned i = 0; i < VERSION_SCHEMES; i++) {
		enum version_scheme scheme = (enum version_scheme)i;
		struct span name = version_scheme_name(scheme);
		struct maker maker = {.state = 20261123 + i};
		struct seen seen = {0};
		struct made made[3];

		for (int k = 0; k < TRIPLES; k++) {
			make(&maker, scheme, &made[0], NULL);
			make(&maker, scheme, &made[1], &made[0]);
			make(&maker, scheme, &made[2], &made[1]);
			examine(scheme, made, &seen);
		}
		ok(seen.broken == 0, "%.*s: an order, in %d triples",
		    SPAN_ARG(name), TRIPLES);
		ok(seen.valid > TRIPLES / 5 && seen.valid < TRIPLES &&
			seen.equal > TRIPLES / 200,
		    "%.*s: %u of them valid, %u equal pairs of other bytes",
		    SPAN_ARG(name), seen.valid, seen.equal);
	}
	return done();
}
