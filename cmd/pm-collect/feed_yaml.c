#include "feed_yaml.h"

#include <yaml.h>

/* One document at a time. */
static struct yaml {
	struct feed_json *json;
	yaml_parser_t parser;
	yaml_event_t event;
	bool open, has_event;
	unsigned depth;
	bool mapping[JSON_DEPTH_MAX]; /* else a sequence */
	bool key_next;	/* in the innermost one, which is a mapping */
	uint64_t quiet; /* bytes that were read since the last event */
	bool too_long;
	unsigned char last; /* byte that was read */
} yaml;

bool
feed_yaml_likely(struct feed *feed)
{
	struct span text = span_trim(feed_peek(feed));

	return text.n > 0 && text.p[0] > ' ' && text.p[0] < 0x7f &&
	       text.p[0] != '{' && text.p[0] != '[';
}

static int
read_block(void *context, unsigned char *to, size_t room, size_t *read)
{
	struct bytes *bytes = &yaml.json->feed->bytes;
	ssize_t n = bytes->read(bytes, to, room);

	(void)context;
	*read = n > 0 ? (size_t)n : 0;
	if (n > 0)
		yaml.last = to[n - 1];
	yaml.quiet += *read;
	yaml.too_long = yaml.quiet > FEED_YAML_TEXT;
	return n >= 0 && !yaml.too_long;
}

static _Noreturn void
fail(const char *reason)
{
	feed_fail(yaml.json->feed, yaml.json->line, "%s", reason);
}

/* What libyaml did not like; it counts lines from 0. */
static _Noreturn void
fail_parser(void)
{
	const yaml_parser_t *parser = &yaml.parser;

	yaml.json->line = parser->mark.line + 1;
	if (yaml.too_long)
		fail("a text of more than 1 MiB");
	if (parser->error == YAML_MEMORY_ERROR)
		die(PM_EXIT_SYSTEM, "out of memory for YAML");
	if (parser->error != YAML_READER_ERROR)
		yaml.json->line = parser->problem_mark.line + 1;
	feed_fail(yaml.json->feed, yaml.json->line, "YAML: %s",
	    parser->problem != NULL ? parser->problem : "malformed");
}

static void
pass(enum json_event event, struct span text)
{
	const char *reason = feed_json_event(yaml.json, event, text);

	if (reason != NULL)
		fail(reason);
}

/* A value begins; a mapping's keys and values take turns. */
static void
turn(bool scalar)
{
	if (yaml.depth == 0 || !yaml.mapping[yaml.depth - 1])
		return;
	if (yaml.key_next && !scalar)
		fail("a key that is no text");
	yaml.key_next = !yaml.key_next;
}

static void
enter(bool mapping)
{
	turn(false);
	if (yaml.depth == JSON_DEPTH_MAX)
		fail("nested too deeply");
	yaml.mapping[yaml.depth++] = mapping;
	yaml.key_next = mapping;
	pass(mapping ? JSON_OBJECT : JSON_ARRAY, SPAN(""));
}

static void
leave(void)
{
	bool mapping = yaml.mapping[--yaml.depth];

	/* it was a value of what is around it */
	yaml.key_next = yaml.depth > 0 && yaml.mapping[yaml.depth - 1];
	pass(mapping ? JSON_OBJECT_END : JSON_ARRAY_END, SPAN(""));
}

static bool
is_null(const yaml_event_t *event, struct span text)
{
	return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       (text.n == 0 || span_is(text, "~") || span_is(text, "null"));
}

static void
scalar(const yaml_event_t *event)
{
	struct span text = {
	    (const char *)event->data.scalar.value, event->data.scalar.length};
	bool key = yaml.depth > 0 && yaml.mapping[yaml.depth - 1] &&
		   yaml.key_next;

	turn(true);
	if (key)
		pass(JSON_KEY, text);
	else if (is_null(event, text))
		pass(JSON_NULL, SPAN(""));
	else
		pass(JSON_STRING, text);
}

/* False at the end of the stream. */
static bool
take(const yaml_event_t *event, unsigned *documents)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (++*documents > 1)
			fail("a second document");
		break;
	case YAML_ALIAS_EVENT:
		fail("an alias, which is not followed");
	case YAML_SCALAR_EVENT:
		scalar(event);
		break;
	case YAML_SEQUENCE_START_EVENT:
		enter(false);
		break;
	case YAML_MAPPING_START_EVENT:
		enter(true);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		leave();
		break;
	case YAML_STREAM_END_EVENT:
		return false;
	default:
		break;
	}
	return true;
}

void
feed_yaml_read(struct feed_json *json, struct feed *feed,
    const struct feed_json_form *form)
{
	unsigned documents = 0;
	bool more;

	feed_json_begin(json, feed, form);
	yaml = (struct yaml){.json = json};
	if (!yaml_parser_initialize(&yaml.parser))
		die(PM_EXIT_SYSTEM, "out of memory for YAML");
	yaml.open = true;
	yaml_parser_set_input(&yaml.parser, read_block, NULL);
	do {
		if (!yaml_parser_parse(&yaml.parser, &yaml.event))
			fail_parser();
		yaml.has_event = true;
		yaml.quiet = 0;
		json->line = yaml.event.start_mark.line + 1;
		more = take(&yaml.event, &documents);
		if (!more && yaml.last != '\n')
			fail("the last line has no newline: the file is cut "
			     "off");
		yaml_event_delete(&yaml.event);
		yaml.has_event = false;
	} while (more);
	feed_yaml_release();
}

void
feed_yaml_release(void)
{
	if (yaml.has_event)
		yaml_event_delete(&yaml.event);
	if (yaml.open)
		yaml_parser_delete(&yaml.parser);
	yaml = (struct yaml){.json = NULL};
}
