#include "pins.h"

#include <fnmatch.h>
#include <regex.h>
#include <string.h>

enum { PATTERN_MAX = 1024, TEXT_MAX = 1024 };

/*
 * regcomp(3) writes repetitions out, those of repetitions many times: what is
 * counted here bounds them, however they are nested.
 */
bool
pin_modest(struct span pattern)
{
	enum { PLUS_MAX = 8, PLUS_BESIDE_BRACE = 3, COUNT_DIGITS = 2 };
	unsigned plus = 0, braces = 0, digits = 0;

	for (size_t i = 0; i < pattern.n; i++) {
		char c = pattern.p[i];

		plus += c == '+';
		braces += c == '{';
		digits = c >= '0' && c <= '9' ? digits + 1 : 0;
		if (braces > 0 && digits > COUNT_DIGITS)
			return false;
	}
	return braces > 1 ? false
	       : braces	  ? plus <= PLUS_BESIDE_BRACE
			  : plus <= PLUS_MAX;
}

bool
pin_fits(struct span pattern, struct span text)
{
	char a[PATTERN_MAX], b[TEXT_MAX];
	regex_t regex;
	bool match;

	if (pattern.n >= sizeof(a) || text.n >= sizeof(b))
		return false;
	snprintf(a, sizeof(a), "%.*s", SPAN_ARG(pattern));
	snprintf(b, sizeof(b), "%.*s", SPAN_ARG(text));
	if (pattern.n < 2 || a[0] != '/' || a[pattern.n - 1] != '/')
		return fnmatch(a, b, 0) == 0;
	a[pattern.n - 1] = '\0';
	if (!pin_modest(pattern) ||
	    regcomp(&regex, a + 1, REG_EXTENDED | REG_ICASE | REG_NOSUB) != 0)
		return false;
	match = regexec(&regex, b, 0, NULL, 0) == 0;
	regfree(&regex);
	return match;
}

/* The text stands in a comma list of a stream, and bars divide it. */
static bool
is_plain(char c)
{
	return c > ' ' && c < 0x7f && c != ',' && c != '|' && c != '%' &&
	       c != '\\';
}

void
pins_add(struct buffer *text, bool keep, struct span pattern)
{
	if (text->n > 0)
		buffer_add_byte(text, '|');
	buffer_add_span(text, keep ? SPAN("keep=") : SPAN("leave="));
	for (size_t i = 0; i < pattern.n; i++)
		if (is_plain(pattern.p[i]))
			buffer_add_byte(text, pattern.p[i]);
		else
			buffer_printf(
			    text, "%%%02x", (unsigned char)pattern.p[i]);
}

static int
digit(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

static struct span
decode(struct span pattern, char plain[PATTERN_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < pattern.n && n < PATTERN_MAX; i++, n++) {
		plain[n] = pattern.p[i];
		if (plain[n] != '%' || i + 2 >= pattern.n ||
		    digit(pattern.p[i + 1]) < 0 || digit(pattern.p[i + 2]) < 0)
			continue;
		plain[n] = (char)(digit(pattern.p[i + 1]) * 16 +
				  digit(pattern.p[i + 2]));
		i += 2;
	}
	return (struct span){plain, n};
}

enum pins_word
pins_of(struct span text, struct span version)
{
	char plain[PATTERN_MAX];

	while (text.p != NULL && text.n > 0) {
		struct span pattern = span_cut(&text, '|');
		struct span word = span_cut(&pattern, '=');

		if (pattern.p != NULL &&
		    pin_fits(decode(pattern, plain), version))
			return span_is(word, "keep") ? PINS_KEEP : PINS_LEAVE;
	}
	return PINS_SILENT;
}
