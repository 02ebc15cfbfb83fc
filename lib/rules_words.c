#include "rules_words.h"

#include <stdarg.h>

#include "stream.h"

enum { REASON_SIZE = 640 };

static void
describe(struct cursor *cursor, struct place place, const char *reason)
{
	snprintf(cursor->error, cursor->error_size, "%.300s:%u:%zu: %s",
	    cursor->name, place.line, place.column, reason);
}

bool
cursor_fail_at(
    struct cursor *cursor, struct place place, const char *format, ...)
{
	char reason[REASON_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reason, sizeof(reason), format, arguments);
	va_end(arguments);
	describe(cursor, place, reason);
	return false;
}

bool
cursor_fail(struct cursor *cursor, const char *p, const char *format, ...)
{
	char reason[REASON_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reason, sizeof(reason), format, arguments);
	va_end(arguments);
	describe(cursor, cursor_place(cursor, p), reason);
	return false;
}

struct place
cursor_place(const struct cursor *cursor, const char *p)
{
	return (struct place){
	    cursor->line, (size_t)(p - cursor->line_start) + 1};
}

void
cursor_next_line(struct cursor *cursor)
{
	cursor->p++;
	cursor->line++;
	cursor->line_start = cursor->p;
}

/* One byte, or sequence of bytes, that may not stand in a policy? */
static bool
check_sequence(struct cursor *cursor, size_t *length)
{
	const char *p = cursor->p;
	unsigned char byte = (unsigned char)*p;

	*length = utf8_sequence(p, (size_t)(cursor->end - p));
	if (*length == 0)
		return cursor_fail(cursor, p,
		    "not UTF-8 (byte 0x%02x); convert the file", byte);
	if (byte == '\r')
		return cursor_fail(cursor, p,
		    "a carriage return; end lines with newline alone");
	if ((byte < ' ' && byte != '\t' && byte != '\n') || byte == 0x7f)
		return cursor_fail(
		    cursor, p, "a control byte (0x%02x); remove it", byte);
	return true;
}

bool
cursor_start(struct cursor *cursor, struct span text)
{
	size_t length;

	cursor->p = cursor->line_start = text.p;
	cursor->end = text.n == 0 ? text.p : text.p + text.n;
	cursor->line = 1;
	while (cursor->p < cursor->end) {
		if (!check_sequence(cursor, &length))
			return false;
		if (*cursor->p == '\n' && cursor->p + 1 < cursor->end)
			cursor_next_line(cursor);
		else
			cursor->p += length;
	}
	if (text.n > 0 && text.p[text.n - 1] != '\n')
		return cursor_fail(cursor, cursor->end,
		    "the last line has no newline; is the file truncated? "
		    "If not, add one");
	if (text.n > 1 && text.p[text.n - 2] == '\\')
		return cursor_fail(cursor, cursor->end - 2,
		    "a backslash ends the file; remove it");
	cursor->p = cursor->line_start = text.p;
	cursor->line = 1;
	return true;
}

static bool
continues(const struct cursor *cursor)
{
	return cursor->end - cursor->p >= 2 && cursor->p[0] == '\\' &&
	       cursor->p[1] == '\n';
}

bool
cursor_at_break(const struct cursor *cursor)
{
	return cursor->p == cursor->end || *cursor->p == ' ' ||
	       *cursor->p == '\t' || *cursor->p == '\n' || continues(cursor);
}

bool
cursor_at_arrow(const struct cursor *cursor)
{
	return cursor->end - cursor->p >= 2 && cursor->p[0] == '-' &&
	       cursor->p[1] == '>';
}

bool
cursor_blanks(struct cursor *cursor)
{
	while (cursor->p < cursor->end) {
		if (continues(cursor)) {
			cursor->p++;
			cursor_next_line(cursor);
		} else if (*cursor->p == ' ' || *cursor->p == '\t') {
			cursor->p++;
		} else {
			break;
		}
	}
	if (cursor->p == cursor->end || *cursor->p != '#')
		return true;
	while (*cursor->p != '\n')
		cursor->p++;
	if (cursor->p[-1] == '\\')
		return cursor_fail(cursor, cursor->p - 1,
		    "a comment ends in a backslash; a comment cannot be "
		    "continued, remove the backslash");
	return true;
}

bool
cursor_take(struct cursor *cursor, const char *text)
{
	struct span rest = {cursor->p, (size_t)(cursor->end - cursor->p)};

	if (!span_starts(rest, span_of(text)))
		return false;
	cursor->p += strlen(text);
	return true;
}

struct span
cursor_name(struct cursor *cursor)
{
	const char *start = cursor->p;

	while (cursor->p < cursor->end) {
		char byte = *cursor->p;

		if (!(byte >= 'a' && byte <= 'z') && byte != '_' &&
		    !(byte >= '0' && byte <= '9' && cursor->p > start))
			break;
		cursor->p++;
	}
	return (struct span){start, (size_t)(cursor->p - start)};
}

struct span
cursor_word(struct cursor *cursor)
{
	const char *start = cursor->p;

	while (!cursor_at_break(cursor))
		cursor->p++;
	return (struct span){start, (size_t)(cursor->p - start)};
}

/* Values are kept as the stream writes them: a backslash is doubled. */
static void
add_byte(struct buffer *text, char byte, bool field_text)
{
	if (byte == '\\' && field_text)
		buffer_add_byte(text, '\\');
	buffer_add_byte(text, byte);
}

/* A word in double quotes; the cursor stands on the first one. */
static bool
quoted(struct cursor *cursor, struct buffer *text, bool field_text)
{
	const char *start = cursor->p++;
	char byte;

	for (;; cursor->p++) {
		byte = *cursor->p;
		if (byte == '\n')
			return cursor_fail(cursor, start,
			    "the quote is not closed; close it on this line");
		if (byte == '"')
			break;
		if (byte == '\\') {
			byte = *++cursor->p;
			if (byte != '"' && byte != '\\')
				return cursor_fail(cursor, cursor->p - 1,
				    "between quotes a backslash stands only "
				    "before \" and \\; write \\\\ for one");
		}
		add_byte(text, byte, field_text);
	}
	cursor->p++;
	return true;
}

/* An item without quotes, up to a comma or blank. */
static bool
bare_item(struct cursor *cursor, struct buffer *text)
{
	for (; !cursor_at_break(cursor) && *cursor->p != ','; cursor->p++) {
		if (cursor_at_arrow(cursor))
			return cursor_fail(cursor, cursor->p,
			    "-> within a word; put blanks around the arrow, "
			    "or quote the value");
		if (*cursor->p == '"')
			return cursor_fail(cursor, cursor->p,
			    "a quote within a word; quote the whole value");
		add_byte(text, *cursor->p, true);
	}
	return true;
}

static bool
list_item(struct cursor *cursor, struct span *item)
{
	struct buffer text = {0};
	const char *start = cursor->p;
	bool fine;

	if (!cursor_at_break(cursor) && *cursor->p == '"') {
		fine = quoted(cursor, &text, true);
		if (fine && !cursor_at_break(cursor) && *cursor->p != ',')
			fine = cursor_fail(cursor, cursor->p,
			    "a blank or comma must follow the closing quote");
	} else {
		fine = bare_item(cursor, &text);
	}
	if (fine && text.n == 0)
		fine = cursor_fail(cursor, start,
		    "an empty value; \"-\" stands for an absent one");
	if (fine)
		*item = arena_copy(cursor->arena, buffer_span(&text));
	buffer_release(&text);
	return fine;
}

bool
cursor_list(struct cursor *cursor, struct words *words)
{
	for (;;) {
		words->items = memory_grow(words->items, &words->capacity,
		    words->count + 1, sizeof(*words->items));
		if (!list_item(cursor, &words->items[words->count]))
			return false;
		words->count++;
		if (cursor_at_break(cursor) || *cursor->p != ',')
			return true;
		cursor->p++;
	}
}

bool
cursor_pattern(struct cursor *cursor, struct buffer *text)
{
	const char *start = cursor->p;

	if (!cursor_at_break(cursor) && *cursor->p == '"') {
		if (!quoted(cursor, text, false))
			return false;
		if (!cursor_at_break(cursor))
			return cursor_fail(cursor, cursor->p,
			    "a blank must follow the closing quote");
	} else {
		buffer_add_span(text, cursor_word(cursor));
	}
	if (text->n == 0)
		return cursor_fail(cursor, start,
		    "an empty pattern; write one, or leave the condition out");
	return true;
}
