/*
 * Feeds in JSON.  A feed is read as a stream of entries: each is built as a
 * tree, handed to the reader and forgotten, so that memory follows the largest
 * entry and not the file.
 */
#ifndef PM_FEED_JSON_H
#define PM_FEED_JSON_H

#include "feed.h"
#include "json_tree.h"

enum { FEED_JSON_PATH_MAX = 4 };

struct feed_json;

/*
 * Where entries are, and what takes one.  path names the members from the top
 * on, with "/" between them; "*" is any member, or any item of an array; "" is
 * the top itself, unless it is an array and another path goes into it.
 */
struct feed_json_part {
	const char *path;
	void (*entry)(struct feed_json *json, const struct json_value *value);
};

/* What a reader gives; the tables end with a zero row. */
struct feed_json_form {
	const struct feed_json_part *parts;
	const char *const *ignore; /* members that are left out of entries */
	bool several;		   /* values one behind the other, NDJSON */
	void (*end)(struct feed_json *json); /* of a top value, or NULL */
};

struct feed_json {
	struct feed *feed;
	const struct feed_json_form *form;
	struct json *parser;
	struct json_tree tree; /* the entry */
	struct buffer block;

	unsigned depth; /* open containers above the entry */
	struct {
		uint32_t parts; /* those that go on in it, as bits */
		struct buffer key;
	} level[FEED_JSON_PATH_MAX];
	const struct feed_json_part *building;
	unsigned skipping; /* open containers of a value that nobody wants */
	bool ignore;	   /* the value that comes next */
	uint64_t line;	   /* of YAML, which has lines (feed_yaml.h) */
};

/* Read the whole file.  Whatever is wrong with it ends the program. */
void feed_json_read(struct feed_json *json, struct feed *feed,
    const struct feed_json_form *form);

/*
 * The steps of that for values that come from another parser: begin, and the
 * events as json_handler() gets them.  NULL, or why reading must stop.
 */
void feed_json_begin(struct feed_json *json, struct feed *feed,
    const struct feed_json_form *form);
const char *feed_json_event(
    struct feed_json *json, enum json_event event, struct span text);

/* The name of the entry, or of what it stands in, from the top (0) inwards. */
struct span feed_json_key(const struct feed_json *json, unsigned depth);

/* Keep the entry's tree: json_tree_release() is then the caller's. */
struct json_tree feed_json_take(struct feed_json *json);

/* As feed_fail(), with the byte or line that was reached. */
_Noreturn void feed_json_fail(const struct feed_json *json, const char *reason);

void feed_json_release(struct feed_json *json);

/* The items of an array member, or members of an object one; NULL if none. */
static inline const struct json_value *
feed_json_items(const struct json_value *object, const char *name)
{
	const struct json_value *member = json_member(object, name);

	return member == NULL ? NULL : member->first;
}

/* The text if it is a string or number, else empty. */
static inline struct span
feed_json_text(const struct json_value *value)
{
	return value != NULL && (value->type == JSON_STRING ||
				    value->type == JSON_NUMBER)
		   ? value->text
		   : SPAN("");
}

/* The same of a member. */
static inline struct span
feed_json_string(const struct json_value *object, const char *name)
{
	return feed_json_text(json_member(object, name));
}

/*
 * A time in any of the forms that feeds have: a date, or a time with or without
 * a fraction of a second, with Z, an offset such as +02:00, or nothing (UTC).
 */
bool feed_json_time(struct span text, int64_t *seconds);

/* The same as field text in stamp, of TIMESTAMP_SIZE bytes; empty if none. */
struct span feed_json_stamp(struct span text, char *stamp);

/* Take the time as the date of the feed when it is the latest so far. */
void feed_json_date(struct feed *feed, struct span text);

#endif
