/*
 * The innermost loop of reading: which of 64 bytes end a field or a line, and
 * whether any of them wants a closer look.
 */
#ifndef PM_SCAN_H
#define PM_SCAN_H

#include <stdint.h>

struct scan_mask {
	uint64_t delimiters; /* bit i: byte i is a tab or a newline */
	uint64_t newlines;
	uint64_t special; /* another control byte, a backslash, not ASCII */
};

/* Look at exactly 64 readable bytes. */
struct scan_mask scan_block_portable(const char *p);

#if defined(__SSE2__)
#include <emmintrin.h>

static inline struct scan_mask
scan_block(const char *p)
{
	const __m128i tab = _mm_set1_epi8('\t');
	const __m128i newline = _mm_set1_epi8('\n');
	const __m128i backslash = _mm_set1_epi8('\\');
	const __m128i last_control = _mm_set1_epi8(0x1f);
	struct scan_mask mask = {0};

#pragma GCC unroll 4
	for (int i = 0; i < 4; i++) {
		__m128i x = _mm_loadu_si128(
		    (const __m128i *)(const void *)p + i);
		__m128i line = _mm_cmpeq_epi8(x, newline);
		__m128i end = _mm_or_si128(line, _mm_cmpeq_epi8(x, tab));
		__m128i control = _mm_cmpeq_epi8(
		    _mm_min_epu8(x, last_control), x);
		/* the sign bit of x itself stands for "not ASCII" */
		__m128i odd = _mm_or_si128(
		    _mm_or_si128(x, _mm_cmpeq_epi8(x, backslash)),
		    _mm_andnot_si128(end, control));

		mask.delimiters |= (uint64_t)(unsigned)_mm_movemask_epi8(end)
				   << (16 * i);
		mask.newlines |= (uint64_t)(unsigned)_mm_movemask_epi8(line)
				 << (16 * i);
		mask.special |= (uint64_t)(unsigned)_mm_movemask_epi8(odd)
				<< (16 * i);
	}
	return mask;
}
#else
static inline struct scan_mask
scan_block(const char *p)
{
	return scan_block_portable(p);
}
#endif

/* The number of the lowest set bit; mask must not be 0. */
static inline unsigned
scan_lowest(uint64_t mask)
{
#if defined(__GNUC__)
	return (unsigned)__builtin_ctzll(mask);
#else
	unsigned n = 0;

	while ((mask & 1) == 0) {
		mask >>= 1;
		n++;
	}
	return n;
#endif
}

/* How many bits are set: Warren, Hacker's Delight, section 5-1. */
static inline unsigned
scan_count(uint64_t mask)
{
	mask -= mask >> 1 & UINT64_C(0x5555555555555555);
	mask = (mask & UINT64_C(0x3333333333333333)) +
	       (mask >> 2 & UINT64_C(0x3333333333333333));
	mask = (mask + (mask >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (unsigned)(mask * UINT64_C(0x0101010101010101) >> 56);
}

#endif
