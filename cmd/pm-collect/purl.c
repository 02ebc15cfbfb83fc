#include "purl.h"

enum { PURL_MAX = 8192 };

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Undo percent-encoding (RFC 3986, 2.1); false when a "%" is none. */
static bool
decode(struct arena *arena, struct span text, struct span *decoded)
{
	char *to = arena_allocate(arena, text.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '%') {
			int high = -1, low = -1;

			if (i + 2 < text.n) {
				high = hex_digit(text.p[i + 1]);
				low = hex_digit(text.p[i + 2]);
			}
			if (high == -1 || low == -1)
				return false;
			c = (char)(high << 4 | low);
			i += 2;
		}
		to[n++] = c;
	}
	*decoded = (struct span){to, n};
	return true;
}

/* The part of *text behind the last separator, which *text loses with it. */
static struct span
cut_last(struct span *text, char separator)
{
	for (size_t i = text->n; i-- > 0;)
		if (text->p[i] == separator) {
			struct span last = span_skip(*text, i + 1);

			text->n = i;
			return last;
		}
	return (struct span){NULL, 0};
}

static bool
parse_qualifiers(struct purl *purl, struct arena *arena, struct span text)
{
	while (text.p != NULL) {
		struct span value = span_cut(&text, '&');
		struct span key = span_cut(&value, '=');

		if (value.n == 0)
			continue; /* the same as if it were not there */
		if (key.n == 0 || purl->qualifiers == PURL_QUALIFIERS_MAX ||
		    !decode(
			arena, key, &purl->qualifier[purl->qualifiers].key) ||
		    !decode(
			arena, value, &purl->qualifier[purl->qualifiers].value))
			return false;
		purl->qualifiers++;
	}
	return true;
}

static bool
parse_type(struct purl *purl, struct arena *arena, struct span text)
{
	char *type = arena_allocate(arena, text.n + 1);

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c | 0x20);
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    strchr(".+-", c) == NULL)
			return false;
		type[i] = c;
	}
	purl->type = (struct span){type, text.n};
	return text.n > 0;
}

bool
purl_parse(struct purl *purl, struct arena *arena, struct span text)
{
	struct span rest = text, qualifiers, version;

	*purl = (struct purl){.version = {NULL, 0}};
	if (text.n > PURL_MAX || !span_starts(text, SPAN("pkg:")))
		return false;
	rest = span_skip(rest, 4);
	while (span_starts(rest, SPAN("/")))
		rest = span_skip(rest, 1);
	rest = span_cut(&rest, '#'); /* a path within the package */
	qualifiers = rest;
	rest = span_cut(&qualifiers, '?');
	version = cut_last(&rest, '@');
	if (version.p != NULL && span_find(version, '/') != NULL) {
		/* the "@" of a namespace: pkg:npm/@scope/name */
		rest.n += 1 + version.n;
		version = (struct span){NULL, 0};
	}
	if (!parse_type(purl, arena, span_cut(&rest, '/')) || rest.p == NULL)
		return false;
	purl->name = cut_last(&rest, '/');
	if (purl->name.p == NULL) {
		purl->name = rest;
		rest.n = 0;
	}
	return decode(arena, purl->name, &purl->name) &&
	       decode(arena, rest, &purl->namespace) &&
	       decode(arena, version, &purl->version) &&
	       parse_qualifiers(purl, arena, qualifiers) && purl->name.n > 0;
}

struct span
purl_qualifier(const struct purl *purl, const char *key)
{
	for (unsigned i = 0; i < purl->qualifiers; i++)
		if (span_is(purl->qualifier[i].key, key))
			return purl->qualifier[i].value;
	return SPAN("");
}

struct span
purl_text_qualifier(struct span purl, const char *key)
{
	struct span part;

	span_cut(&purl, '?');
	while (purl.p != NULL) {
		part = span_cut(&purl, '&');
		if (span_is(span_cut(&part, '='), key) && part.p != NULL)
			return part;
	}
	return SPAN("");
}
