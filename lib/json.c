#include "json.h"

#include <inttypes.h>
#include <stdlib.h>

#include <yajl/yajl_parse.h>

struct json {
	yajl_handle parser;
	json_handler *handler;
	void *context;
	unsigned depth;
	unsigned mark;	     /* bytes of a byte order mark at the start */
	bool moved;	     /* an event came of the part */
	uint64_t quiet;	     /* bytes since the last event */
	uint64_t before;     /* bytes of the parts before this one */
	const char *stopped; /* why the handler, or the limit, stopped */
	char error[256];
};

static int
event(void *context, enum json_event what, struct span text)
{
	struct json *json = context;

	json->moved = true;
	json->stopped = json->handler(json->context, what, text);
	return json->stopped == NULL;
}

static int
start(void *context, enum json_event what)
{
	struct json *json = context;

	if (json->depth == JSON_DEPTH_MAX) {
		json->stopped = "nested too deeply";
		return 0;
	}
	json->depth++;
	return event(context, what, SPAN(""));
}

static int
finish(void *context, enum json_event what)
{
	struct json *json = context;

	json->depth--;
	return event(context, what, SPAN(""));
}

static int
on_null(void *context)
{
	return event(context, JSON_NULL, SPAN("null"));
}

static int
on_boolean(void *context, int value)
{
	return value != 0 ? event(context, JSON_TRUE, SPAN("true"))
			  : event(context, JSON_FALSE, SPAN("false"));
}

static int
on_number(void *context, const char *text, size_t n)
{
	return event(context, JSON_NUMBER, (struct span){text, n});
}

static int
on_string(void *context, const unsigned char *text, size_t n)
{
	return event(
	    context, JSON_STRING, (struct span){(const char *)text, n});
}

static int
on_key(void *context, const unsigned char *text, size_t n)
{
	return event(context, JSON_KEY, (struct span){(const char *)text, n});
}

static int
on_object(void *context)
{
	return start(context, JSON_OBJECT);
}

static int
on_object_end(void *context)
{
	return finish(context, JSON_OBJECT_END);
}

static int
on_array(void *context)
{
	return start(context, JSON_ARRAY);
}

static int
on_array_end(void *context)
{
	return finish(context, JSON_ARRAY_END);
}

static const yajl_callbacks callbacks = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_string,
    .yajl_start_map = on_object,
    .yajl_map_key = on_key,
    .yajl_end_map = on_object_end,
    .yajl_start_array = on_array,
    .yajl_end_array = on_array_end,
};

struct json *
json_open(json_handler *handler, void *context)
{
	struct json *json = memory_zeroed(1, sizeof(*json));

	json->handler = handler;
	json->context = context;
	json->parser = yajl_alloc(&callbacks, NULL, json);
	if (json->parser == NULL)
		die(PM_EXIT_SYSTEM, "out of memory for JSON");
	return json;
}

void
json_allow_several(struct json *json)
{
	yajl_config(json->parser, yajl_allow_multiple_values, 1);
}

uint64_t
json_offset(const struct json *json)
{
	return json->before + yajl_get_bytes_consumed(json->parser);
}

/* yajl says "parse error: ..." or "lexical error: ..." and a newline. */
static void
describe(struct json *json, struct span bytes)
{
	const unsigned char *text = (const unsigned char *)bytes.p;
	uint64_t at = json_offset(json);
	unsigned char *reason;

	if (json->stopped != NULL) {
		snprintf(json->error, sizeof(json->error),
		    "byte %" PRIu64 ": %s", at, json->stopped);
		return;
	}
	reason = yajl_get_error(json->parser, 0, text, bytes.n);
	if (reason == NULL)
		die(PM_EXIT_SYSTEM, "out of memory for JSON");
	reason[strcspn((const char *)reason, "\n")] = '\0';
	snprintf(json->error, sizeof(json->error), "byte %" PRIu64 ": %s", at,
	    (const char *)reason);
	yajl_free_error(json->parser, reason);
}

/* A byte order mark is read over, also when it comes byte by byte. */
static bool
skip_mark(struct json *json, struct span *bytes)
{
	static const char mark[] = "\xef\xbb\xbf";
	enum { MARK = sizeof(mark) - 1 };

	while (json->mark < MARK && json->before == json->mark &&
	       bytes->n > 0 && bytes->p[0] == mark[json->mark]) {
		json->mark++;
		json->before++;
		*bytes = span_skip(*bytes, 1);
	}
	if (json->mark == 0 || json->mark == MARK || bytes->n == 0)
		return true;
	snprintf(json->error, sizeof(json->error),
	    "byte %" PRIu64 ": it begins with half a byte order mark",
	    json->before);
	return false;
}

bool
json_parse(struct json *json, struct span bytes)
{
	const unsigned char *text;

	if (!skip_mark(json, &bytes))
		return false;
	if (bytes.n == 0)
		return true;
	text = (const unsigned char *)bytes.p;
	json->moved = false;
	if (yajl_parse(json->parser, text, bytes.n) != yajl_status_ok) {
		describe(json, bytes);
		return false;
	}
	json->before += bytes.n;
	json->quiet = json->moved ? 0 : json->quiet + bytes.n;
	if (json->quiet <= JSON_TEXT_MAX)
		return true;
	/* yajl looks at the whole of a text again with each part */
	snprintf(json->error, sizeof(json->error),
	    "byte %" PRIu64 ": a text of more than 16 MiB", json->before);
	return false;
}

bool
json_finish(struct json *json)
{
	if (yajl_complete_parse(json->parser) == yajl_status_ok)
		return true;
	if (json->stopped != NULL) {
		describe(json, SPAN(""));
		return false;
	}
	snprintf(json->error, sizeof(json->error),
	    "byte %" PRIu64 ": the file ends within a value; is it cut off?",
	    json->before);
	return false;
}

const char *
json_error(const struct json *json)
{
	return json->error;
}

void
json_close(struct json *json)
{
	yajl_free(json->parser);
	free(json);
}
