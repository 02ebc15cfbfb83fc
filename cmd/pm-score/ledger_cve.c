#include "ledger_cve.h"

#include <stdio.h>

/* PACKED, seven bits of the year, 24 of the number. */
enum {
	YEAR_FIRST = 1980,
	YEAR_LAST = YEAR_FIRST + 127,
	NUMBER_BITS = 24,
	YEAR_DIGITS = 4,
	DIGITS_MIN = 4,
	DIGITS_MAX = 7
};

static const uint32_t PACKED = UINT32_C(1) << 31;
static const uint32_t NUMBER_MASK = (UINT32_C(1) << NUMBER_BITS) - 1;

/* The value of some digits; UINT32_MAX when there is anything else. */
static uint32_t
digits_of(const char *p, size_t n)
{
	uint32_t value = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return UINT32_MAX;
		value = value * 10 + (uint32_t)(p[i] - '0');
	}
	return value;
}

uint32_t
ledger_cve(struct intern *words, struct span name)
{
	static const struct span prefix = {"CVE-", 4};
	size_t count = name.n - prefix.n - YEAR_DIGITS - 1;
	const char *digits = name.p + prefix.n + YEAR_DIGITS + 1;
	uint32_t year, number;

	if (name.n < prefix.n + YEAR_DIGITS + 1 + DIGITS_MIN ||
	    count > DIGITS_MAX || !span_starts(name, prefix) ||
	    digits[-1] != '-' || (count > DIGITS_MIN && digits[0] == '0'))
		return intern_add(words, name);
	year = digits_of(name.p + prefix.n, YEAR_DIGITS);
	number = digits_of(digits, count);
	if (year < YEAR_FIRST || year > YEAR_LAST || number > NUMBER_MASK)
		return intern_add(words, name);
	return PACKED | (year - YEAR_FIRST) << NUMBER_BITS | number;
}

static uint32_t
year_of(uint32_t packed)
{
	return (packed & ~PACKED) >> NUMBER_BITS;
}

struct span
ledger_cve_name(
    const struct intern *words, uint32_t number, char room[LEDGER_CVE_SIZE])
{
	if ((number & PACKED) == 0)
		return intern_span(words, number);
	snprintf(room, LEDGER_CVE_SIZE, "CVE-%u-%04u",
	    year_of(number) + YEAR_FIRST, number & NUMBER_MASK);
	return span_of(room);
}

/* Numbers of different length, in the order of their digits. */
static uint32_t
order_of(uint32_t number)
{
	uint32_t digits = DIGITS_MIN;

	for (uint32_t limit = 10000; number >= limit; limit *= 10)
		digits++;
	for (uint32_t i = digits; i < DIGITS_MAX; i++)
		number *= 10;
	return number * 8 + digits;
}

int
ledger_cve_compare(const struct intern *words, uint32_t a, uint32_t b)
{
	char left[LEDGER_CVE_SIZE], right[LEDGER_CVE_SIZE];

	if (a == b)
		return 0;
	if ((a & b & PACKED) == 0)
		return span_compare(ledger_cve_name(words, a, left),
		    ledger_cve_name(words, b, right));
	if (year_of(a) == year_of(b)) {
		a = order_of(a & NUMBER_MASK);
		b = order_of(b & NUMBER_MASK);
	}
	return a < b ? -1 : 1;
}
