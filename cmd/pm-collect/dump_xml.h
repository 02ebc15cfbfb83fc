/*
 * Inventories in XML, read through expat as a stream.  Hostile input is bounded:
 * nesting deeper than DUMP_XML_DEPTH, text of more than DUMP_XML_TEXT and
 * entities of the document's own are errors, status 65 with the line.
 */
#ifndef PM_DUMP_XML_H
#define PM_DUMP_XML_H

#include "dump.h"

enum { DUMP_XML_DEPTH = 64, DUMP_XML_TEXT = 64 * 1024 };

/*
 * Names come without their prefix (bom:name is name).  text is what stood in an
 * element itself, not in those within it.
 */
struct dump_xml {
	const char *root; /* the name that the document's element must have */
	void (*start)(void *context, struct span name, const char **attributes);
	void (*end)(void *context, struct span name, struct span text);
};

/*
 * Read the whole document; context goes to the two functions.  Free what it
 * left, also when it was ended half-way, with dump_xml_release().
 */
void dump_xml_read(
    struct dump *dump, const struct dump_xml *reader, void *context);
void dump_xml_release(void);

/*
 * Within start() or end(): what is wrong with the document, status 65 with the
 * line as soon as these have returned; neither is called again.
 */
void dump_xml_stop(const char *format, ...) PM_PRINTF(1, 2);

/* An attribute's value; empty when it is not there. */
struct span dump_xml_attribute(const char **attributes, const char *name);

#endif
