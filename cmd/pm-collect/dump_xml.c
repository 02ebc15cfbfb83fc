#include "dump_xml.h"

#include <expat.h>
#include <stdarg.h>
#include <stdio.h>

enum {
	BLOCK = 64 * 1024,
	TOKEN_MAX = 1024 * 1024 /* a tag or comment that is not whole yet */
};

struct reading {
	const struct dump_xml *reader;
	struct dump *dump;
	void *context;
	XML_Parser parser;
	unsigned depth;
	size_t from[DUMP_XML_DEPTH]; /* where the text of each begins */
	struct buffer text;
	uint64_t bad_line; /* 0, or where and why reading stops */
	char reason[256];
};

static struct reading reading; /* one document at a time */

static uint64_t
line(void)
{
	return XML_GetCurrentLineNumber(reading.parser);
}

static struct span
local_name(const char *name)
{
	const char *colon = strrchr(name, ':');

	return span_of(colon != NULL ? colon + 1 : name);
}

/* expat must be left before the program ends or its parser is freed */
void
dump_xml_stop(const char *format, ...)
{
	va_list arguments;

	if (reading.bad_line != 0)
		return;
	va_start(arguments, format);
	vsnprintf(reading.reason, sizeof(reading.reason), format, arguments);
	va_end(arguments);
	reading.bad_line = line();
	XML_StopParser(reading.parser, XML_FALSE);
}

static void
on_start(void *context, const char *name, const char **attributes)
{
	struct span local = local_name(name);

	(void)context;
	if (reading.bad_line != 0)
		return;
	if (reading.depth == 0 && !span_is(local, reading.reader->root)) {
		dump_xml_stop(
		    "the document is <%.*s>, not <%s>; this is not %s",
		    local.n < 64 ? (int)local.n : 64, local.p,
		    reading.reader->root, reading.dump->source->what);
	} else if (reading.depth == DUMP_XML_DEPTH) {
		dump_xml_stop("nested too deeply");
	} else {
		reading.from[reading.depth++] = reading.text.n;
		reading.reader->start(reading.context, local, attributes);
	}
}

static void
on_end(void *context, const char *name)
{
	size_t from;

	(void)context;
	if (reading.bad_line != 0)
		return;
	from = reading.from[--reading.depth];
	reading.reader->end(reading.context, local_name(name),
	    span_trim(span_skip(buffer_span(&reading.text), from)));
	reading.text.n = from;
}

static void
on_text(void *context, const char *text, int n)
{
	(void)context;
	if (reading.text.n + (size_t)n > DUMP_XML_TEXT)
		dump_xml_stop(
		    "an element's text is longer than %d bytes", DUMP_XML_TEXT);
	else
		buffer_add(&reading.text, text, (size_t)n);
}

static void
on_entity(void *context, const char *name, int parameter, const char *value,
    int length, const char *base, const char *system_id, const char *public_id,
    const char *notation)
{
	(void)context, (void)name, (void)parameter, (void)value, (void)length;
	(void)base, (void)system_id, (void)public_id, (void)notation;
	dump_xml_stop("the document declares entities of its own");
}

static void
feed_parser(void)
{
	struct dump *dump = reading.dump;
	uint64_t handed = 0;
	XML_Index at, moved = 0;
	ssize_t n;

	do {
		void *room = XML_GetBuffer(reading.parser, BLOCK);

		if (room == NULL)
			die(PM_EXIT_SYSTEM, "out of memory for XML");
		n = dump->bytes.read(&dump->bytes, room, BLOCK);
		if (n == -1)
			die_errno(PM_EXIT_IO, "%s", dump->file);
		if (XML_ParseBuffer(reading.parser, (int)n, n == 0) !=
		    XML_STATUS_OK)
			dump_fail(dump,
			    reading.bad_line != 0 ? reading.bad_line : line(),
			    "%s",
			    reading.bad_line != 0
				? reading.reason
				: XML_ErrorString(
				      XML_GetErrorCode(reading.parser)));
		handed += (uint64_t)n;
		at = XML_GetCurrentByteIndex(reading.parser);
		if (at > moved)
			moved = at;
		if (handed - (uint64_t)moved > TOKEN_MAX)
			dump_fail(dump, line(),
			    "a tag or comment of more than a megabyte");
	} while (n > 0);
}

void
dump_xml_read(struct dump *dump, const struct dump_xml *reader, void *context)
{
	reading = (struct reading){.reader = reader,
	    .dump = dump,
	    .context = context,
	    .parser = XML_ParserCreate(NULL)};
	if (reading.parser == NULL)
		die(PM_EXIT_SYSTEM, "out of memory for XML");
	XML_SetElementHandler(reading.parser, on_start, on_end);
	XML_SetCharacterDataHandler(reading.parser, on_text);
	XML_SetEntityDeclHandler(reading.parser, on_entity);
	feed_parser();
}

void
dump_xml_release(void)
{
	XML_ParserFree(reading.parser);
	buffer_release(&reading.text);
	reading = (struct reading){.depth = 0};
}

struct span
dump_xml_attribute(const char **attributes, const char *name)
{
	for (; *attributes != NULL; attributes += 2)
		if (strcmp(attributes[0], name) == 0)
			return span_of(attributes[1]);
	return SPAN("");
}
