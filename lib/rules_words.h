/*
 * The words of a policy text: blanks, comments, continued lines, quoting.  A
 * cursor walks the text and describes the first mistake with its place.
 */
#ifndef PM_RULES_WORDS_H
#define PM_RULES_WORDS_H

#include "memory.h"
#include "span.h"

struct cursor {
	const char *name; /* of the file, for messages */
	char *error;	  /* where a mistake is described */
	size_t error_size;
	struct arena *arena; /* words live here */
	const char *p, *end;
	const char *line_start;
	unsigned line;
};

/* A place to come back to in a message. */
struct place {
	unsigned line;
	size_t column; /* byte in the line, from 1 */
};

/* A comma list as it was written; the items are field text in the arena. */
struct words {
	struct span *items;
	size_t count, capacity;
};

/*
 * Stand at the start of text.  False when it holds what no policy may: bytes
 * that are not UTF-8, control bytes, a last line without newline.
 */
bool cursor_start(struct cursor *cursor, struct span text);

/* The place at p, which is in the cursor's line. */
struct place cursor_place(const struct cursor *cursor, const char *p);

/* Describe a mistake; returns false.  The second form: at p in this line. */
bool cursor_fail_at(struct cursor *cursor, struct place place,
    const char *format, ...) PM_PRINTF(3, 4);
bool cursor_fail(struct cursor *cursor, const char *p, const char *format, ...)
    PM_PRINTF(3, 4);

/* Skip blanks, continued lines and a comment. */
bool cursor_blanks(struct cursor *cursor);

/* Behind the newline that the cursor stands on. */
void cursor_next_line(struct cursor *cursor);

/* At the end of a word? */
bool cursor_at_break(const struct cursor *cursor);
bool cursor_at_arrow(const struct cursor *cursor);

/* Take the text if it stands here. */
bool cursor_take(struct cursor *cursor, const char *text);

/* Take a column's name, which may turn out empty. */
struct span cursor_name(struct cursor *cursor);

/* Take what stands up to the next blank, as it is written. */
struct span cursor_word(struct cursor *cursor);

/* Take a comma list of bare or quoted items; the caller frees words->items. */
bool cursor_list(struct cursor *cursor, struct words *words);

/* Take a pattern, bare up to the next blank or quoted, into text. */
bool cursor_pattern(struct cursor *cursor, struct buffer *text);

#endif
