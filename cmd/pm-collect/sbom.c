#include "sbom.h"

#include "dump_xml.h"
#include "json.h"
#include "sbom_components.h"
#include "timestamp.h"

/* One open member or element. */
struct frame {
	enum sbom_place place;
	struct span field[SBOM_FIELDS]; /* of a component or reference */
};

struct sbom {
	const struct sbom_format *format;
	struct sbom_components components;
	struct dump *dump;
	struct frame frame[SBOM_DEPTH];
	unsigned depth;
	bool recognised;
	struct buffer key; /* of the JSON member that follows */
	struct json *json;
};

static struct sbom sbom; /* one bill at a time */

/* ---- the two formats, whatever they are written in */

static const char *
enter(struct span name)
{
	enum sbom_place from = sbom.frame[sbom.depth - 1].place;
	struct frame *frame;

	if (sbom.depth == SBOM_DEPTH)
		return "nested too deeply";
	frame = &sbom.frame[sbom.depth++];
	*frame = (struct frame){.place = SBOM_ELSEWHERE};
	for (const struct sbom_step *step = sbom.format->steps;
	     step->name != NULL; step++)
		if (step->from == from &&
		    (span_is(name, step->name) || strcmp(step->name, "*") == 0))
			frame->place = step->to;
	return NULL;
}

static void
leave(void)
{
	const struct frame *frame = &sbom.frame[--sbom.depth];
	const struct span *field = frame->field;

	if (frame->place == SBOM_COMPONENT) {
		struct sbom_component component = {field[SBOM_TYPE],
		    field[SBOM_NAME], field[SBOM_VERSION], field[SBOM_PURL]};

		sbom_component(&sbom.components, &component);
	}
	/* the reference stands in a list of the component */
	if (frame->place == SBOM_REFERENCE && sbom.depth >= 2 &&
	    span_is(field[SBOM_REFERENCE_TYPE], "purl"))
		sbom.frame[sbom.depth - 2].field[SBOM_PURL] =
		    field[SBOM_REFERENCE_LOCATOR];
}

/*
 * RFC 3339, with a fraction and an offset that our own times do not have; a
 * time that is none is left out.
 */
static void
take_time(struct dump *dump, struct span text)
{
	char stamp[TIMESTAMP_SIZE], formatted[TIMESTAMP_SIZE];
	struct span zone = span_skip(text, 19);
	int64_t seconds;
	uint64_t hours, minutes;

	if (text.n < 20)
		return;
	snprintf(stamp, sizeof(stamp), "%.19sZ", text.p);
	if (!timestamp_parse(span_of(stamp), &seconds))
		return;
	while (zone.n > 0 &&
	       (zone.p[0] == '.' || (zone.p[0] >= '0' && zone.p[0] <= '9')))
		zone = span_skip(zone, 1);
	if (zone.n == 6 && (zone.p[0] == '+' || zone.p[0] == '-') &&
	    span_number((struct span){zone.p + 1, 2}, &hours) &&
	    span_number((struct span){zone.p + 4, 2}, &minutes)) {
		int64_t offset = (int64_t)(hours * 3600 + minutes * 60);

		seconds += zone.p[0] == '+' ? -offset : offset;
	} else if (!span_is(zone, "Z")) {
		return;
	}
	host_set(&dump->host, HOST_SEEN, timestamp_format(seconds, formatted));
}

static void
take_text(struct span name, struct span value)
{
	struct frame *frame = &sbom.frame[sbom.depth - 1];
	struct dump *dump = sbom.dump;

	for (const struct sbom_text *text = sbom.format->texts;
	     text->name != NULL; text++) {
		if (text->at != frame->place || !span_is(name, text->name))
			continue;
		switch (text->field) {
		case SBOM_FORMAT:
			if (span_starts(value, span_of(sbom.format->version)))
				sbom.recognised = true;
			break;
		case SBOM_TIME:
			take_time(dump, value);
			break;
		case SBOM_SUBJECT_NAME:
			dump_fact(dump, "sbom_subject", value);
			break;
		default:
			frame->field[text->field] = arena_copy(
			    &dump->arena, value);
		}
	}
}

static void
start(struct dump *dump, const struct sbom_format *format)
{
	sbom = (struct sbom){.format = format,
	    .components = {.dump = dump},
	    .dump = dump,
	    .depth = 1};
}

static void
finish(void)
{
	struct dump *dump = sbom.dump;

	if (!sbom.recognised)
		dump_fail(dump, 0, "this is not %s", dump->source->what);
	sbom_components_finish(&sbom.components);
}

void
sbom_release(void)
{
	if (sbom.json != NULL)
		json_close(sbom.json);
	buffer_release(&sbom.key);
	dump_xml_release();
	sbom = (struct sbom){.depth = 0};
}

/* ---- JSON */

static const char *
on_event(void *context, enum json_event event, struct span text)
{
	(void)context;
	const char *reason = NULL;

	switch (event) {
	case JSON_KEY:
		buffer_reset(&sbom.key);
		buffer_add_span(&sbom.key, text);
		return NULL;
	case JSON_OBJECT:
	case JSON_ARRAY:
		if (sbom.depth == 1 && event == JSON_ARRAY)
			return "a list, where an object is expected";
		reason = enter(buffer_span(&sbom.key));
		if (sbom.depth == 2)
			sbom.frame[1].place = SBOM_TOP;
		break;
	case JSON_OBJECT_END:
	case JSON_ARRAY_END:
		leave();
		break;
	case JSON_STRING:
	case JSON_NUMBER:
		take_text(buffer_span(&sbom.key), text);
		break;
	case JSON_NULL:
	case JSON_FALSE:
	case JSON_TRUE:
		break;
	}
	buffer_reset(&sbom.key);
	return reason;
}

/* As much as there is room for: the first bytes must come in one piece. */
static struct span
next_block(struct dump *dump)
{
	static char block[64 * 1024];
	size_t have = 0;
	ssize_t n;

	do {
		n = dump->bytes.read(
		    &dump->bytes, block + have, sizeof(block) - have);
		if (n == -1)
			die_errno(PM_EXIT_IO, "%s", dump->file);
		have += (size_t)n;
	} while (n > 0 && have < sizeof(block));
	return (struct span){block, have};
}

void
sbom_read_json(struct dump *dump, const struct sbom_format *format)
{
	struct span block;

	start(dump, format);
	sbom.json = json_open(on_event, NULL);
	do {
		block = next_block(dump);
		if (block.n == 0 ? !json_finish(sbom.json)
				 : !json_parse(sbom.json, block))
			dump_fail(dump, 0, "%s", json_error(sbom.json));
	} while (block.n > 0);
	finish();
}

/* ---- XML */

static void
on_start(void *context, struct span name, const char **attributes)
{
	(void)context;
	const char *reason = enter(name);

	if (reason != NULL) {
		dump_xml_stop("%s", reason);
		return;
	}
	if (sbom.depth == 2)
		sbom.frame[1].place = SBOM_TOP;
	for (; *attributes != NULL; attributes += 2)
		take_text(span_of(attributes[0]), span_of(attributes[1]));
}

static void
on_end(void *context, struct span name, struct span text)
{
	(void)context;

	leave();
	take_text(name, text);
}

void
sbom_read_xml(
    struct dump *dump, const struct sbom_format *format, const char *root)
{
	const struct dump_xml reader = {root, on_start, on_end};

	start(dump, format);
	dump_xml_read(dump, &reader, NULL);
	finish();
}
