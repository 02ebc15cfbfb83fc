/*
 * Versions made at random from a fixed seed: some of the shape that a scheme
 * asks for, out of pieces that are known to be difficult, and some that are
 * another version with a few bytes changed.
 */
#ifndef PM_TEST_VERSION_MAKER_H
#define PM_TEST_VERSION_MAKER_H

#include "version.h"

enum { MADE_MAX = 120 };

struct made {
	char text[MADE_MAX];
	size_t n;
};

struct maker {
	uint64_t state; /* the seed */
};

static inline struct span
made_span(const struct made *made)
{
	return (struct span){made->text, made->n};
}

/* splitmix64 (Steele, Lea and Flood, 2014) */
static inline uint64_t
make_number(struct maker *maker)
{
	uint64_t z = maker->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static inline size_t
make_below(struct maker *maker, size_t limit)
{
	return (size_t)(make_number(maker) % limit);
}

/* Pieces of one part of a version, separated by blanks, and how many. */
struct made_part {
	const char *pieces;
	unsigned least, most;
};

enum { MADE_PARTS = 6, MADE_PIECES = 48 };

struct made_split {
	struct span piece[MADE_PIECES];
	size_t count;
};

#define MADE_EPOCHS "0: 1: 01: 2: 10: 2147483647:"
#define MADE_NUMBERS "0 1 2 9 10 09 01 00 007 19 20 2023 99999999999999999999"

static const struct made_part made_parts[VERSION_SCHEMES][MADE_PARTS] = {
    [VERSION_DEB] = {{MADE_EPOCHS, 0, 1}, {MADE_NUMBERS " a rc", 1, 1},
	{MADE_NUMBERS " . . . ~ ~ ~~ + - a b z A Z rc ~rc +dfsg _ .a a1 : "
		      ", ~~a",
	    0, 6},
	{"-1 -0 -1~bpo12+1 -1+b1 -a -~ -~1 -00 -1-1 -10 -9 -2+deb12u1 - "
	 "-a_1 -0~",
	    0, 1}},
    [VERSION_RPM] = {{MADE_EPOCHS, 0, 1},
	{MADE_NUMBERS " . . . _ + .. ~ ~ ^ ^ ~~ ^^ ~^ a b z A Z rc ~rc ^git "
		      "\xc3\xa9 : .a a1",
	    1, 7},
	{"-1 -0 -00 -1.el9 -2.el9_1 -10.el9 -~1 -^ -1^ -a -. -9 - -1-1", 0, 1}},
    [VERSION_APK] = {{MADE_NUMBERS, 1, 1},
	{".0 .1 .2 .9 .10 .09 .01 .00 .010 .99999999999999999999", 0, 3},
	{"a b z a b z a b z A", 0, 1},
	{"_alpha _beta _pre _rc _cvs _svn _git _hg _p _alpha1 _rc2 _rc10 _p1 "
	 "_p01 _p0 _p9 _git20230717 _git0 _hg1 _foo",
	    0, 2},
	{"~0 ~a ~ab ~abc ~b ~10", 0, 1},
	{"-r0 -r1 -r01 -r9 -r10 -r0 -r1 -r2 -r00 -r -1", 0, 1}},
    [VERSION_PACMAN] = {{MADE_EPOCHS, 0, 1},
	{MADE_NUMBERS " . . . _ + .. ... ~ a b z A Z rc beta .a .1 a1", 1, 7},
	{"-1 -0 -00 -1.1 -10 -9 -a -. - -1-1", 0, 1}},
    [VERSION_GENERIC] = {{"v V release-", 0, 1}, {MADE_NUMBERS, 0, 1},
	{MADE_NUMBERS " . . . - _ + ~ ~ .0 .0 .0.0 a b z A Z rc RC alpha beta "
		      "pre final GA p1 dev snapshot u1",
	    0, 7}},
};

static inline void
made_add(struct made *made, struct span piece)
{
	if (made->n + piece.n > sizeof(made->text))
		return;
	memcpy(made->text + made->n, piece.p, piece.n);
	made->n += piece.n;
}

/* One of the pieces; they are split at the first call. */
static inline struct span
made_piece(struct maker *maker, const char *pieces, struct made_split *split)
{
	struct span rest = span_of(pieces);

	if (split->count == 0)
		while (rest.p != NULL)
			split->piece[split->count++] = span_cut(&rest, ' ');
	return split->piece[make_below(maker, split->count)];
}

/* Change one byte or two, or cut something off. */
static inline void
make_change(struct maker *maker, struct made *made)
{
	static const char bytes[] = "0123456789019aAzZ~^+-.:_.~-0123";

	for (size_t changes = make_below(maker, 6) / 3 + 1; changes > 0;
	     changes--) {
		char byte = bytes[make_below(maker, sizeof(bytes) - 1)];
		size_t at = make_below(maker, made->n + 1);
		size_t behind = made->n - at;
		char *p = made->text + at;

		switch (make_below(maker, 8)) {
		case 0:
			made->n = at;
			break;
		case 1:
		case 2:
			if (behind > 0)
				memmove(p, p + 1, behind - 1), made->n--;
			break;
		case 3:
		case 4:
			if (behind > 0)
				*p = byte;
			break;
		default:
			if (made->n < sizeof(made->text)) {
				memmove(p + 1, p, behind);
				*p = byte;
				made->n++;
			}
		}
	}
}

/* A version of the scheme's shape; one in sixteen has something wrong. */
static inline void
make_version(struct maker *maker, enum version_scheme scheme, struct made *made)
{
	static struct made_split split[VERSION_SCHEMES][MADE_PARTS];

	made->n = 0;
	for (int i = 0; i < MADE_PARTS; i++) {
		const struct made_part *part = &made_parts[scheme][i];
		size_t count;

		if (part->pieces == NULL)
			break;
		count = part->least +
			make_below(maker, part->most - part->least + 1);
		while (count-- > 0)
			made_add(made,
			    made_piece(maker, part->pieces, &split[scheme][i]));
	}
	if (make_below(maker, 16) == 0)
		make_change(maker, made);
}

/* base with something changed. */
static inline void
make_like(struct maker *maker, struct span base, struct made *made)
{
	made->n = 0;
	made_add(made, base);
	make_change(maker, made);
}

#endif
