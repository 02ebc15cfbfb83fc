/*
 * deb-version(7), Debian Policy 5.6.12.  The hot path of matching: eight bytes
 * are looked at in one go wherever that is possible.
 */
#include "version_schemes.h"

#include <endian.h>
#include <limits.h>

enum { WORD = sizeof(uint64_t) };

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

struct deb {
	struct span epoch;    /* without leading zeros, empty for 0 */
	struct span upstream; /* never empty */
	struct span revision; /* empty when there is none, or 0 */
};

/* What a scan of the whole version finds. */
struct marks {
	bool bad;      /* a byte that is not printable ASCII */
	size_t colon;  /* the first one, SIZE_MAX for none */
	size_t hyphen; /* the last one, SIZE_MAX for none */
};

/* The first byte becomes the least significant. */
static uint64_t
load(const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return le64toh(word);
}

/*
 * The high bit of each byte that equals the given one; exact as long as no byte
 * of the word has its own high bit set.
 */
static uint64_t
equal_bytes(uint64_t word, unsigned char byte)
{
	return ~((word ^ EACH(byte)) + EACH(0x7f)) & EACH(0x80);
}

static void
mark_word(struct marks *marks, const char *p, size_t at)
{
	uint64_t word = load(p + at), colons, hyphens;

	/*
	 * Adding 1 lifts DEL into the high bit, subtracting '!' takes blanks
	 * and controls below 0.  A carry comes only out of a byte that is bad
	 * itself.
	 */
	if (((word | (word + EACH(1)) | (word - EACH('!'))) & EACH(0x80)) !=
	    0) {
		marks->bad = true;
		return;
	}
	colons = equal_bytes(word, ':');
	hyphens = equal_bytes(word, '-');
	if (colons != 0 && marks->colon == SIZE_MAX)
		marks->colon = at + (size_t)__builtin_ctzll(colons) / 8;
	if (hyphens != 0)
		marks->hyphen = at + 7 - (size_t)__builtin_clzll(hyphens) / 8;
}

static struct marks
mark(struct span s)
{
	struct marks marks = {false, SIZE_MAX, SIZE_MAX};
	size_t at = 0;

	if (s.n >= WORD) {
		for (; s.n - at >= WORD; at += WORD)
			mark_word(&marks, s.p, at);
		/* The last word may overlap what was seen: both are kept. */
		if (at < s.n)
			mark_word(&marks, s.p, s.n - WORD);
		return marks;
	}
	for (; at < s.n; at++) {
		if (!is_graph(s.p[at]))
			marks.bad = true;
		if (s.p[at] == '-')
			marks.hyphen = at;
		if (s.p[at] == ':' && marks.colon == SIZE_MAX)
			marks.colon = at;
	}
	return marks;
}

/* The part before the colon: a number up to INT_MAX. */
static bool
parse_epoch(struct span epoch, struct span *digits)
{
	uint64_t value;

	*digits = without_zeros(epoch);
	if (epoch.n == 0)
		return false;
	return digits->n == 0 ||
	       (span_number(*digits, &value) && value <= INT_MAX);
}

static bool
parse(struct span text, struct deb *deb)
{
	struct marks marks = mark(text);
	size_t from = 0, to = text.n;

	if (marks.bad)
		return false;
	deb->epoch = deb->revision = (struct span){text.p, 0};
	if (marks.colon != SIZE_MAX) {
		from = marks.colon + 1;
		if (!parse_epoch(
			(struct span){text.p, marks.colon}, &deb->epoch))
			return false;
	}
	/* A hyphen before the colon has made the epoch no number. */
	if (marks.hyphen != SIZE_MAX) {
		to = marks.hyphen;
		deb->revision = span_skip(text, to + 1);
		if (deb->revision.n == 0)
			return false;
	}
	deb->upstream = (struct span){text.p + from, to - from};
	return to > from;
}

/*
 * How a byte ranks among non-digits: "~" before the end of the part, that
 * before letters, those before all others.  The end and digits are 0.
 */
#define PAIR(w) (w), (w) + 1
#define FIVE(w) PAIR(w), PAIR((w) + 2), (w) + 4
enum { OTHER = 256 };
static const short weights['~' - ' ' + 1] = {0, FIVE(OTHER + '!'),
    FIVE(OTHER + '&'), FIVE(OTHER + '+'), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    FIVE(OTHER + ':'), PAIR(OTHER + '?'), FIVE('A'), FIVE('F'), FIVE('K'),
    FIVE('P'), FIVE('U'), 'Z', FIVE(OTHER + '['), OTHER + '`', FIVE('a'),
    FIVE('f'), FIVE('k'), FIVE('p'), FIVE('u'), 'z', OTHER + '{', OTHER + '|',
    OTHER + '}', -1};

static int
weight(struct span s)
{
	return s.n == 0 ? 0 : weights[s.p[0] - ' ']; /* parse() checked */
}

/* How many bytes a and b begin with in common. */
static size_t
common_prefix(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n, i = 0;

	for (; n - i >= WORD; i += WORD) {
		uint64_t difference = load(a.p + i) ^ load(b.p + i);

		if (difference != 0)
			return i + (size_t)__builtin_ctzll(difference) / 8;
	}
	while (i < n && a.p[i] == b.p[i])
		i++;
	return i;
}

static enum version_order
compare_part(struct span a, struct span b)
{
	size_t common = common_prefix(a, b);
	enum version_order order;

	if (common == a.n && common == b.n)
		return VERSION_EQUAL;
	/* Numbers count as a whole, so begin again where this one begins. */
	while (common > 0 && is_digit(a.p[common - 1]))
		common--;
	a = span_skip(a, common);
	b = span_skip(b, common);
	while (a.n > 0 || b.n > 0) {
		int left = weight(a), right = weight(b);

		if (left != right)
			return order_of(left - right);
		if (left != 0) {
			a = span_skip(a, 1);
			b = span_skip(b, 1);
			continue;
		}
		order = compare_digits(take_digits(&a), take_digits(&b));
		if (order != VERSION_EQUAL)
			return order;
	}
	return VERSION_EQUAL;
}

bool
deb_valid(struct span version)
{
	struct deb deb;

	return parse(version, &deb);
}

enum version_order
deb_compare(struct span a, struct span b)
{
	struct deb left, right;
	enum version_order order;

	if (!parse(a, &left) || !parse(b, &right))
		return VERSION_INVALID;
	order = compare_digits(left.epoch, right.epoch);
	if (order == VERSION_EQUAL)
		order = compare_part(left.upstream, right.upstream);
	if (order == VERSION_EQUAL)
		order = compare_part(left.revision, right.revision);
	return order;
}
