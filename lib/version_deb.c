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
static inline uint64_t
load(const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return le64toh(word);
}

static inline uint64_t
load_half(const char *p)
{
	uint32_t half;

	memcpy(&half, p, sizeof(half));
	return le32toh(half);
}

/* The same for 1 to 7 bytes; dots, which mean nothing here, fill the word. */
static inline uint64_t
load_few(const char *p, size_t n)
{
	uint64_t word = EACH('.') << 8 * n;

	if (n >= WORD / 2)
		return word | load_half(p) |
		       load_half(p + n - WORD / 2) << 8 * (n - WORD / 2);
	/* first, middle and last: all of them, some twice */
	word |= (uint64_t)(unsigned char)p[0];
	word |= (uint64_t)(unsigned char)p[n / 2] << 8 * (n / 2);
	return word | (uint64_t)(unsigned char)p[n - 1] << 8 * (n - 1);
}

/*
 * The high bit of each byte that equals the given one; exact as long as no byte
 * of the word has its own high bit set.
 */
static inline uint64_t
equal_bytes(uint64_t word, unsigned char byte)
{
	return ~((word ^ EACH(byte)) + EACH(0x7f)) & EACH(0x80);
}

static inline void
mark_word(struct marks *marks, uint64_t word, size_t at)
{
	uint64_t colons, hyphens;

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

	if (s.n == 0)
		return marks;
	if (s.n < WORD) {
		mark_word(&marks, load_few(s.p, s.n), 0);
		return marks;
	}
	for (; s.n - at > WORD; at += WORD)
		mark_word(&marks, load(s.p + at), at);
	/* The last word overlaps what was seen, which changes no mark. */
	mark_word(&marks, load(s.p + s.n - WORD), s.n - WORD);
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

/* How many of n bytes a and b begin with in common. */
static inline size_t
common_prefix(const char *a, const char *b, size_t n)
{
	uint64_t difference;
	size_t at = 0;

	if (n == 0)
		return 0;
	if (n < WORD) {
		difference = load_few(a, n) ^ load_few(b, n);
	} else {
		for (; n - at > WORD; at += WORD) {
			difference = load(a + at) ^ load(b + at);
			if (difference != 0)
				break;
		}
		if (n - at <= WORD) {
			at = n - WORD;
			difference = load(a + at) ^ load(b + at);
		}
	}
	return difference == 0 ? n
			       : at + (size_t)__builtin_ctzll(difference) / 8;
}

static enum version_order
compare_part(struct span a, struct span b)
{
	size_t shorter = a.n < b.n ? a.n : b.n;
	size_t common = common_prefix(a.p, b.p, shorter);
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

	/* Most hosts have just the version that is asked for. */
	if (a.n == b.n && common_prefix(a.p, b.p, a.n) == a.n)
		return parse(a, &left) ? VERSION_EQUAL : VERSION_INVALID;
	if (!parse(a, &left) || !parse(b, &right))
		return VERSION_INVALID;
	order = VERSION_EQUAL;
	if (left.epoch.n > 0 || right.epoch.n > 0)
		order = compare_digits(left.epoch, right.epoch);
	if (order == VERSION_EQUAL)
		order = compare_part(left.upstream, right.upstream);
	if (order == VERSION_EQUAL)
		order = compare_part(left.revision, right.revision);
	return order;
}
