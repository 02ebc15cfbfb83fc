#include "feed_json.h"

#include <inttypes.h>

#include "timestamp.h"

enum {
	BLOCK = 256 * 1024,
	ENTRY_MAX = 1024 * 1024 * 1024 /* memory of one entry */
};

void
feed_json_fail(const struct feed_json *json, const char *reason)
{
	if (json->parser == NULL)
		feed_fail(json->feed, json->line, "%s", reason);
	feed_fail(json->feed, 0, "byte %" PRIu64 ": %s",
	    json_offset(json->parser), reason);
}

struct span
feed_json_key(const struct feed_json *json, unsigned depth)
{
	return buffer_span(&json->level[depth].key);
}

struct json_tree
feed_json_take(struct feed_json *json)
{
	struct json_tree tree = json->tree;

	json->tree = (struct json_tree){0};
	return tree;
}

/* ---- which values are entries */

/* The component of a path at this depth; false behind its end. */
static bool
component(const char *path, unsigned depth, struct span *name)
{
	struct span rest = span_of(path);

	if (rest.n == 0)
		return false;
	*name = span_cut(&rest, '/');
	for (; depth > 0; depth--) {
		if (rest.p == NULL)
			return false;
		*name = span_cut(&rest, '/');
	}
	return true;
}

/* The parts whose path goes through the value that starts here, as bits. */
static uint32_t
going_on(const struct feed_json *json)
{
	const struct feed_json_part *parts = json->form->parts;
	unsigned at = json->depth - 1;
	uint32_t mask = 0;
	struct span name;

	for (unsigned i = 0; parts[i].path != NULL; i++) {
		if (json->depth == 0) {
			mask |= (uint32_t)1 << i;
			continue;
		}
		if ((json->level[at].parts >> i & 1) != 0 &&
		    component(parts[i].path, at, &name) &&
		    (span_is(name, "*") ||
			span_equal(name, feed_json_key(json, at))))
			mask |= (uint32_t)1 << i;
	}
	return mask;
}

static void
build(struct feed_json *json, enum json_event event, struct span text)
{
	json_tree_event(&json->tree, event, text);
	if (json->tree.depth > 0)
		return;
	json->building->entry(json, json->tree.top);
	json->building = NULL;
	arena_reset(&json->tree.arena);
	json->tree.top = NULL;
}

/* A value that is not part of an entry starts. */
static const char *
begin(struct feed_json *json, enum json_event event, struct span text)
{
	const struct feed_json_part *parts = json->form->parts;
	bool container = event == JSON_OBJECT || event == JSON_ARRAY;
	uint32_t mask = going_on(json), further = 0;
	struct span name;

	for (unsigned i = 0; parts[i].path != NULL; i++) {
		if ((mask >> i & 1) == 0)
			continue;
		if (component(parts[i].path, json->depth, &name))
			further |= (uint32_t)1 << i;
		else if (json->building == NULL)
			json->building = &parts[i];
	}
	if (event == JSON_ARRAY && further != 0)
		json->building = NULL;
	if (json->building != NULL) {
		build(json, event, text);
	} else if (container && further != 0) {
		json->level[json->depth].parts = further;
		buffer_reset(&json->level[json->depth].key);
		json->depth++;
	} else if (container) {
		json->skipping = 1;
	}
	return NULL;
}

static void
skip(struct feed_json *json, enum json_event event)
{
	if (event == JSON_OBJECT || event == JSON_ARRAY)
		json->skipping++;
	else if (event == JSON_OBJECT_END || event == JSON_ARRAY_END)
		json->skipping--;
}

static bool
is_ignored(const struct feed_json *json, struct span key)
{
	const char *const *name = json->form->ignore;

	for (; name != NULL && *name != NULL; name++)
		if (**name == *key.p && span_is(key, *name))
			return true;
	return false;
}

/* An event within an entry. */
static const char *
go_on(struct feed_json *json, enum json_event event, struct span text)
{
	if (event == JSON_KEY && text.n > 0 && is_ignored(json, text)) {
		json->ignore = true;
		return NULL;
	}
	if (json->ignore) {
		json->ignore = false;
		json->skipping = event == JSON_OBJECT || event == JSON_ARRAY;
		return NULL;
	}
	if (json->tree.arena.total > ENTRY_MAX)
		return "an entry that takes more than 1 GiB";
	build(json, event, text);
	return NULL;
}

static const char *
take(void *context, enum json_event event, struct span text)
{
	struct feed_json *json = context;
	struct buffer *key;

	if (json->skipping > 0) {
		skip(json, event);
		return NULL;
	}
	if (json->building != NULL)
		return go_on(json, event, text);
	switch (event) {
	case JSON_KEY:
		key = &json->level[json->depth - 1].key;
		buffer_reset(key);
		buffer_add_span(key, text);
		return NULL;
	case JSON_OBJECT_END:
	case JSON_ARRAY_END:
		json->depth--;
		if (json->depth == 0 && json->form->end != NULL)
			json->form->end(json);
		return NULL;
	default:
		return begin(json, event, text);
	}
}

const char *
feed_json_event(struct feed_json *json, enum json_event event, struct span text)
{
	return take(json, event, text);
}

void
feed_json_begin(struct feed_json *json, struct feed *feed,
    const struct feed_json_form *form)
{
	json->feed = feed;
	json->form = form;
	json->depth = json->skipping = 0;
	json->building = NULL;
	json->ignore = false;
	json->line = 0;
}

/* ---- reading */

/* As much as the block takes, or what is left: the first bytes in one piece. */
static struct span
next_block(struct feed_json *json)
{
	struct buffer *block = &json->block;
	struct bytes *bytes = &json->feed->bytes;
	ssize_t n;

	buffer_reset(block);
	do {
		n = bytes->read(
		    bytes, buffer_reserve(block, BLOCK), BLOCK - block->n);
		if (n == -1)
			die_errno(PM_EXIT_IO, "%s", json->feed->file);
		block->n += (size_t)n;
	} while (n > 0 && block->n < BLOCK / 2);
	return buffer_span(block);
}

void
feed_json_read(struct feed_json *json, struct feed *feed,
    const struct feed_json_form *form)
{
	struct span block;

	feed_json_begin(json, feed, form);
	json->parser = json_open(take, json);
	if (form->several)
		json_allow_several(json->parser);
	while ((block = next_block(json)).n > 0)
		if (!json_parse(json->parser, block))
			feed_fail(feed, 0, "%s", json_error(json->parser));
	if (!json_finish(json->parser))
		feed_fail(feed, 0, "%s", json_error(json->parser));
	json_close(json->parser);
	json->parser = NULL;
}

void
feed_json_release(struct feed_json *json)
{
	if (json->parser != NULL)
		json_close(json->parser);
	for (unsigned i = 0; i < FEED_JSON_PATH_MAX; i++)
		buffer_release(&json->level[i].key);
	json_tree_release(&json->tree);
	buffer_release(&json->block);
	*json = (struct feed_json){0};
}

/* ---- times */

/* "+hh:mm" or "+hhmm" in seconds. */
static bool
parse_offset(struct span text, int64_t *seconds)
{
	uint64_t hours, minutes;
	struct span minute;

	if (text.n != 5 && (text.n != 6 || text.p[3] != ':'))
		return false;
	minute = span_skip(text, text.n - 2);
	if (!span_number((struct span){text.p + 1, 2}, &hours) ||
	    !span_number(minute, &minutes) || hours > 23 || minutes > 59)
		return false;
	*seconds = (int64_t)(hours * 3600 + minutes * 60);
	if (text.p[0] == '-')
		*seconds = -*seconds;
	return true;
}

bool
feed_json_time(struct span text, int64_t *seconds)
{
	enum { WHOLE = sizeof("2026-11-23T02:00:00") - 1 };
	char plain[TIMESTAMP_SIZE];
	int64_t offset = 0;
	size_t at = WHOLE;

	if (text.n < WHOLE)
		return timestamp_parse(text, seconds);
	memcpy(plain, text.p, WHOLE);
	if (plain[10] == ' ')
		plain[10] = 'T';
	plain[WHOLE] = 'Z';
	if (!timestamp_parse((struct span){plain, WHOLE + 1}, seconds))
		return false;
	if (at < text.n && text.p[at] == '.')
		for (at++;
		     at < text.n && text.p[at] >= '0' && text.p[at] <= '9';
		     at++)
			;
	text = span_skip(text, at);
	if (text.n == 0 || span_is(text, "Z"))
		return true;
	if ((text.p[0] != '+' && text.p[0] != '-') ||
	    !parse_offset(text, &offset))
		return false;
	*seconds -= offset;
	return true;
}

struct span
feed_json_stamp(struct span text, char *stamp)
{
	int64_t seconds;

	return feed_json_time(text, &seconds) ? timestamp_format(seconds, stamp)
					      : SPAN("");
}

void
feed_json_date(struct feed *feed, struct span text)
{
	int64_t seconds;

	if (!feed_json_time(text, &seconds) ||
	    (feed->dated && seconds <= feed->date))
		return;
	feed->dated = true;
	feed->date = seconds;
}
