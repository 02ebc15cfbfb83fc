#include "span.h"

int
span_compare(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (order != 0)
		return order;
	return a.n < b.n ? -1 : a.n > b.n;
}

struct span
span_cut(struct span *rest, char separator)
{
	struct span part = *rest;
	const char *end = span_find(*rest, separator);

	if (end == NULL) {
		*rest = (struct span){NULL, 0};
		return part;
	}
	part.n = (size_t)(end - part.p);
	*rest = span_skip(*rest, part.n + 1);
	return part;
}

bool
span_list_has(struct span list, struct span item)
{
	while (list.p != NULL)
		if (span_equal(span_cut(&list, ','), item))
			return true;
	return false;
}

struct span
span_trim(struct span s)
{
	while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = span_skip(s, 1);
	while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

const char *
span_find(struct span s, char byte)
{
	return s.n == 0 ? NULL : memchr(s.p, byte, s.n);
}

bool
span_number(struct span s, uint64_t *value)
{
	uint64_t number = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';

		if (digit > 9 || number > (UINT64_MAX - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	*value = number;
	return true;
}

bool
span_decimal(struct span s, double *value)
{
	struct span rest = s;
	struct span whole = span_cut(&rest, '.');
	uint64_t units, parts = 0;
	double scale = 1;

	if (!span_number(whole, &units))
		return false;
	if (rest.p != NULL) {
		if (rest.n > 18 || !span_number(rest, &parts))
			return false;
		for (size_t i = 0; i < rest.n; i++)
			scale *= 10;
	}
	*value = (double)units + (double)parts / scale;
	return true;
}
