/*
 * JSON (RFC 8259), read as a stream of events through yajl, so that memory does
 * not grow with the file.  Strings are checked to be UTF-8; nesting and the
 * length of a text are limited; what is wrong is said with the byte where it is.
 */
#ifndef PM_JSON_H
#define PM_JSON_H

#include "memory.h"

enum {
	JSON_DEPTH_MAX = 128,
	JSON_TEXT_MAX = 16 * 1024 * 1024 /* that comes in several parts */
};

enum json_event {
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER, /* text as it stands in the file */
	JSON_STRING, /* text with its escapes undone; may hold any byte */
	JSON_KEY,    /* of the member that follows, text likewise */
	JSON_OBJECT,
	JSON_OBJECT_END,
	JSON_ARRAY,
	JSON_ARRAY_END
};

/*
 * Called for each event; text is borrowed until it returns.  Returns NULL, or
 * why reading must stop, a phrase that lives as long as the program.
 */
typedef const char *json_handler(
    void *context, enum json_event event, struct span text);

struct json;

struct json *json_open(json_handler *handler, void *context);

/* Allow any number of values one behind the other; call before the first. */
void json_allow_several(struct json *json);

/*
 * Take the next bytes.  After false no more are taken, see json_error().  A
 * byte order mark is passed over when the first three bytes come in one piece.
 */
bool json_parse(struct json *json, struct span bytes);

/* The end of the input: false when it ends within the value. */
bool json_finish(struct json *json);

/* How many bytes were taken, also while the handler runs. */
uint64_t json_offset(const struct json *json);

/* "byte N: reason", N counted from 1; lives until json_close(). */
const char *json_error(const struct json *json);

void json_close(struct json *json);

#endif
