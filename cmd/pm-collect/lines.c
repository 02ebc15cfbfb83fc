#include "lines.h"

enum { BLOCK = 64 * 1024 };

void
lines_open(struct lines *lines, struct bytes *bytes)
{
	lines->bytes = bytes;
	lines->number = 0;
	lines->at = 0;
	lines->ended = false;
	buffer_reset(&lines->text);
}

enum lines_status
lines_next(struct lines *lines)
{
	struct buffer *text = &lines->text;
	const char *newline;
	size_t seen = 0; /* bytes known to hold no newline */
	struct span rest;
	ssize_t n;

	for (;;) {
		rest = span_skip(buffer_span(text), lines->at);
		newline = span_find(span_skip(rest, seen), '\n');
		if (newline != NULL)
			break;
		if (lines->ended)
			return rest.n == 0 ? LINES_END : LINES_CUT;
		if (rest.n > LINE_MAX_BYTES)
			return LINES_TOO_LONG;
		seen = rest.n;
		if (lines->at > 0) {
			memmove(text->p, rest.p, rest.n);
			text->n = rest.n;
			lines->at = 0;
		}
		n = lines->bytes->read(
		    lines->bytes, buffer_reserve(text, BLOCK), BLOCK);
		if (n == -1)
			die_errno(PM_EXIT_IO, "%s", lines->bytes->file);
		text->n += (size_t)n;
		lines->ended = n == 0;
	}
	lines->line = (struct span){rest.p, (size_t)(newline - rest.p)};
	lines->at += lines->line.n + 1;
	lines->number++;
	return LINES_LINE;
}

void
lines_release(struct lines *lines)
{
	buffer_release(&lines->text);
	*lines = (struct lines){0};
}
