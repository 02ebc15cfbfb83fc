/*
 * Feeds in XML, read through expat as a stream.  Hostile input is bounded: an
 * element nested deeper than FEED_XML_DEPTH, a tag of more than a megabyte, a
 * text of more than FEED_XML_TEXT that is wanted, and entities of the document's
 * own are errors, status 65 with the line.
 */
#ifndef PM_FEED_XML_H
#define PM_FEED_XML_H

#include <expat.h>

#include "feed.h"

enum {
	FEED_XML_DEPTH = 64,
	FEED_XML_TEXT = 64 * 1024 /* bytes of one element */
};

struct feed_xml;

/* Elements are numbered by the reader's table; others are 0. */
struct feed_xml_reader {
	const char *const *elements; /* element 1 is the first; ends in NULL */
	const char *root;	     /* what the document is */
	bool (*wants_text)(int element);
	void (*start)(
	    struct feed_xml *xml, int element, const char **attributes);
	/* text is what stood in the element, where it was wanted */
	void (*end)(struct feed_xml *xml, int element, struct span text);
};

struct feed_xml {
	const struct feed_xml_reader *reader;
	struct feed *feed;
	unsigned depth;
	int path[FEED_XML_DEPTH]; /* elements, path[depth - 1] the innermost */

	/* feed_xml.c's own */
	XML_Parser parser;
	struct buffer text;
	XML_Index moved; /* bytes that are known to be parsed */
	uint64_t handed;
	char reason[192]; /* why it was stopped; expat must return first */
	uint64_t reason_line;
	enum pm_exit status;
};

/* Read the whole document. */
void feed_xml_read(struct feed_xml *xml, struct feed *feed,
    const struct feed_xml_reader *reader);
void feed_xml_release(struct feed_xml *xml);

/* The line where the parser is. */
uint64_t feed_xml_line(const struct feed_xml *xml);

/*
 * Within a handler, which expat must return from before the program may end: the
 * command line lacks something, status 64.  No handler is called any more.
 */
void feed_xml_refuse(struct feed_xml *xml, uint64_t line, const char *format,
    ...) PM_PRINTF(3, 4);

static inline bool
feed_xml_stopped(const struct feed_xml *xml)
{
	return xml->reason[0] != '\0';
}

/* The element around the innermost one; 0 at the root. */
static inline int
feed_xml_parent(const struct feed_xml *xml)
{
	return xml->depth < 2 ? 0 : xml->path[xml->depth - 2];
}

/* An attribute's value, empty when it is not there. */
struct span feed_xml_attribute(const char **attributes, const char *name);

/*
 * A time as feeds write it (2016-03-01 16:09:29, 2016-03-01, with T, Z or a
 * fraction); false when it is none.
 */
bool feed_xml_time(struct span text, int64_t *seconds);

#endif
