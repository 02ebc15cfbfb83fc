#include "feed_xml.h"

#include <stdarg.h>
#include <stdio.h>

#include "timestamp.h"

enum { BLOCK = 64 * 1024, TOKEN_MAX = 1024 * 1024 };

uint64_t
feed_xml_line(const struct feed_xml *xml)
{
	return XML_GetCurrentLineNumber(xml->parser);
}

struct span
feed_xml_attribute(const char **attributes, const char *name)
{
	for (; attributes[0] != NULL; attributes += 2)
		if (*attributes[0] == *name && strcmp(attributes[0], name) == 0)
			return span_of(attributes[1]);
	return SPAN("");
}

bool
feed_xml_time(struct span text, int64_t *seconds)
{
	char stamp[TIMESTAMP_SIZE] = "0000-00-00T00:00:00Z";

	if (text.n < 10)
		return false;
	memcpy(stamp, text.p, 10);
	if (text.n >= 16)
		memcpy(stamp + 11, text.p + 11, 5);
	if (text.n >= 19 && text.p[16] == ':')
		memcpy(stamp + 17, text.p + 17, 2);
	return timestamp_parse(span_of(stamp), seconds);
}

static void
stop(struct feed_xml *xml, enum pm_exit status, uint64_t line,
    const char *format, va_list arguments)
{
	if (feed_xml_stopped(xml))
		return;
	vsnprintf(xml->reason, sizeof(xml->reason), format, arguments);
	xml->reason_line = line;
	xml->status = status;
	XML_StopParser(xml->parser, XML_FALSE);
}

static void PM_PRINTF(2, 3)
    give_up(struct feed_xml *xml, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	stop(xml, PM_EXIT_DATA, feed_xml_line(xml), format, arguments);
	va_end(arguments);
}

void
feed_xml_refuse(struct feed_xml *xml, uint64_t line, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	stop(xml, PM_EXIT_USAGE, line, format, arguments);
	va_end(arguments);
}

/* Namespace prefixes do not count: no two elements differ by them alone. */
static const char *
local(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon != NULL ? colon + 1 : name;
}

static int
element_of(const struct feed_xml *xml, const char *name)
{
	for (int i = 0; xml->reader->elements[i] != NULL; i++)
		if (*name == *xml->reader->elements[i] &&
		    strcmp(name, xml->reader->elements[i]) == 0)
			return i + 1;
	return 0;
}

static void
on_start(void *context, const char *name, const char **attributes)
{
	struct feed_xml *xml = context;
	int element;

	if (feed_xml_stopped(xml))
		return;
	name = local(name);
	if (xml->depth == 0 && strcmp(name, xml->reader->root) != 0)
		give_up(xml, "the document is <%.40s>, expected is <%s>", name,
		    xml->reader->root);
	else if (xml->depth == FEED_XML_DEPTH)
		give_up(
		    xml, "elements are nested deeper than %d", FEED_XML_DEPTH);
	if (feed_xml_stopped(xml))
		return;
	element = element_of(xml, name);
	xml->path[xml->depth++] = element;
	buffer_reset(&xml->text);
	if (element != 0)
		xml->reader->start(xml, element, attributes);
}

static void
on_end(void *context, const char *name)
{
	struct feed_xml *xml = context;
	int element;

	(void)name;
	if (feed_xml_stopped(xml))
		return;
	element = xml->path[xml->depth - 1];
	if (element != 0)
		xml->reader->end(
		    xml, element, span_trim(buffer_span(&xml->text)));
	xml->depth--;
	buffer_reset(&xml->text);
}

static void
on_text(void *context, const char *text, int n)
{
	struct feed_xml *xml = context;
	int element = xml->depth == 0 ? 0 : xml->path[xml->depth - 1];

	if (element == 0 || !xml->reader->wants_text(element) ||
	    feed_xml_stopped(xml))
		return;
	if (xml->text.n + (size_t)n > FEED_XML_TEXT)
		give_up(xml, "a text of more than %d bytes in <%s>",
		    FEED_XML_TEXT, xml->reader->elements[element - 1]);
	else
		buffer_add(&xml->text, text, (size_t)n);
}

/* No feed needs entities of its own; they serve to make a bomb. */
static void
on_entity(void *context, const char *name, int parameter, const char *value,
    int length, const char *base, const char *public_base, const char *public,
    const char *notation)
{
	struct feed_xml *xml = context;

	(void)parameter;
	(void)value;
	(void)length;
	(void)base;
	(void)public_base;
	(void)public;
	(void)notation;
	give_up(
	    xml, "it declares the entity '%.40s', which is not accepted", name);
}

static void
parse(struct feed_xml *xml, ssize_t n)
{
	struct feed *feed = xml->feed;
	XML_Index at;

	if (XML_ParseBuffer(xml->parser, (int)n, n == 0) != XML_STATUS_OK) {
		if (feed_xml_stopped(xml))
			die(xml->status, "%s:%llu: %s", feed->file,
			    (unsigned long long)xml->reason_line, xml->reason);
		feed_fail(feed, feed_xml_line(xml), "XML: %s",
		    XML_ErrorString(XML_GetErrorCode(xml->parser)));
	}
	xml->handed += (uint64_t)n;
	at = XML_GetCurrentByteIndex(xml->parser);
	if (at > xml->moved)
		xml->moved = at;
	if (xml->handed - (uint64_t)xml->moved > TOKEN_MAX)
		feed_fail(feed, feed_xml_line(xml),
		    "a tag or comment of more than %d bytes", TOKEN_MAX);
}

void
feed_xml_read(struct feed_xml *xml, struct feed *feed,
    const struct feed_xml_reader *reader)
{
	ssize_t n;

	*xml = (struct feed_xml){
	    .reader = reader, .feed = feed, .text = xml->text};
	xml->parser = XML_ParserCreate(NULL);
	if (xml->parser == NULL)
		die(PM_EXIT_SYSTEM, "out of memory");
	XML_SetUserData(xml->parser, xml);
	XML_SetElementHandler(xml->parser, on_start, on_end);
	XML_SetCharacterDataHandler(xml->parser, on_text);
	XML_SetEntityDeclHandler(xml->parser, on_entity);
	do {
		void *block = XML_GetBuffer(xml->parser, BLOCK);

		if (block == NULL)
			die(PM_EXIT_SYSTEM, "out of memory");
		n = feed->bytes.read(&feed->bytes, block, BLOCK);
		parse(xml, n);
	} while (n > 0);
	XML_ParserFree(xml->parser);
	xml->parser = NULL;
}

void
feed_xml_release(struct feed_xml *xml)
{
	if (xml->parser != NULL)
		XML_ParserFree(xml->parser);
	buffer_release(&xml->text);
	*xml = (struct feed_xml){0};
}
