#include "csaf_range.h"

#include <stdlib.h>

enum comparator { ALL, LESS, UP_TO, MORE, FROM, EXACT, EXCEPT };

/* Take the comparator from the front; none is EXACT. */
static enum comparator
take_comparator(struct span *text)
{
	static const struct {
		struct span sign;
		enum comparator comparator;
	} signs[] = {
	    {{"<=", 2}, UP_TO},
	    {{">=", 2}, FROM},
	    {{"!=", 2}, EXCEPT},
	    {{"<", 1}, LESS},
	    {{">", 1}, MORE},
	    {{"=", 1}, EXACT},
	    {{"*", 1}, ALL},
	};

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (span_starts(*text, signs[i].sign)) {
			*text = span_trim(span_skip(*text, signs[i].sign.n));
			return signs[i].comparator;
		}
	return EXACT;
}

/*
 * Is it one version, and not a range in words such as "12.4.1-12.4.11", "9.x"
 * or "all before 3"?  One blank may stand in it ("9.4 FP1"), which becomes "-".
 */
static bool
take_version(struct arena *arena, struct span text, struct span *version)
{
	enum { LONGEST = 40 };
	unsigned dots = 0, blanks = 0;
	bool digit = false;
	char *copy;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c < ' ' || c >= 0x7f || c == ',' || c == '\\' || c == '*' ||
		    c == '%')
			return false;
		if (c == ' ' && (++blanks > 1 || text.p[i + 1] == '-'))
			return false;
		if (c >= '0' && c <= '9')
			digit = true;
		if (c == '.' && i + 1 < text.n &&
		    (text.p[i + 1] == 'x' || text.p[i + 1] == 'X'))
			return false;
		if (c == '.')
			dots++;
		/* a hyphen between two dotted numbers */
		if (c == '-' && dots > 0)
			for (size_t k = i + 1; k < text.n; k++)
				if (text.p[k] == '.')
					return false;
	}
	if (!digit || text.n > LONGEST)
		return false;
	*version = arena_copy(arena, text);
	copy = arena_allocate(arena, text.n);
	for (size_t i = 0; i < text.n; i++)
		copy[i] = text.p[i] == ' ' ? '-' : text.p[i];
	*version = (struct span){copy, text.n};
	return true;
}

static void
add(struct csaf_ranges *ranges, struct csaf_range range)
{
	ranges->range = memory_grow(ranges->range, &ranges->capacity,
	    ranges->count + 1, sizeof(*ranges->range));
	ranges->range[ranges->count++] = range;
}

/* Up to the next "|", or the next comparator: ">=V7.80<V9.40". */
static struct span
take_part(struct span *text)
{
	struct span part = {text->p, 0};

	while (part.n < text->n && strchr("<>=! ", part.p[part.n]) != NULL)
		part.n++;
	while (part.n < text->n && strchr("<>|", part.p[part.n]) == NULL)
		part.n++;
	*text = span_skip(*text, part.n);
	if (text->n == 0)
		text->p = NULL;
	else if (text->p[0] == '|')
		*text = span_skip(*text, 1);
	return span_trim(part);
}

/* Neither a version nor a comparator. */
static bool
is_name(struct span part)
{
	for (size_t i = 0; i < part.n; i++)
		if (strchr("<>=!*0123456789", part.p[i]) != NULL)
			return false;
	return part.n > 0;
}

bool
csaf_range_parse(struct csaf_ranges *ranges, struct span text)
{
	struct csaf_range open = {0};
	enum comparator comparator;
	struct span version;
	bool is_open = false;

	ranges->count = 0;
	arena_reset(&ranges->text);
	text = span_trim(text);
	if (span_starts(text, SPAN("vers:")))
		span_cut(&text, '/');
	if (text.p == NULL || text.n == 0)
		return false;
	while (text.p != NULL) {
		struct span part = take_part(&text);

		if (is_name(part) && text.p != NULL &&
		    (text.p[0] == '<' || text.p[0] == '>'))
			continue; /* "PAN-OS>=11.2.0" */
		comparator = take_comparator(&part);
		version = SPAN("");

		if (comparator == EXCEPT || (comparator == ALL && part.n > 0) ||
		    (comparator != ALL &&
			!take_version(&ranges->text, part, &version)))
			return false;
		switch (comparator) {
		case LESS:
		case UP_TO:
			if (comparator == LESS)
				open.fixed = version;
			else
				open.last = version;
			add(ranges, open);
			open = (struct csaf_range){0};
			is_open = false;
			break;
		case MORE:
		case FROM:
			if (is_open)
				return false;
			is_open = true;
			open.introduced = version;
			if (comparator == MORE)
				open.without = version;
			break;
		case EXACT:
			add(ranges, (struct csaf_range){.introduced = version,
					.last = version});
			break;
		case ALL:
		case EXCEPT:
			add(ranges, (struct csaf_range){0});
			break;
		}
	}
	if (is_open)
		add(ranges, open);
	return ranges->count > 0;
}

void
csaf_range_release(struct csaf_ranges *ranges)
{
	free(ranges->range);
	arena_release(&ranges->text);
	*ranges = (struct csaf_ranges){0};
}
