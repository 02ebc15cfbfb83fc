/* Reading OVAL: the definitions, each with its tree of criteria. */
#ifndef PM_OVAL_DEFINITION_H
#define PM_OVAL_DEFINITION_H

#include "feed_xml.h"
#include "oval.h"

/* A document, and where the parser is in it. */
struct oval_reading {
	struct oval oval;
	struct feed_xml xml;
	struct buffer text; /* used again */
	uint32_t item;	    /* the test, object, state or variable */
	bool in_definition;
	struct list cves;
	uint32_t open[FEED_XML_DEPTH]; /* criteria, the innermost last */
	uint32_t last[FEED_XML_DEPTH]; /* the last child of each */
	unsigned depth;
	bool vulnerability; /* the definition's class; else a patch */
	bool named;	    /* by a reference */
};

/* The number of a text, 0 for none. */
uint32_t oval_keep(struct oval_reading *at, struct span s);

/* The number of an id, and room for what it stands for. */
uint32_t oval_id(struct oval_reading *at, struct span id);

/* The definition that is being read. */
struct oval_definition *oval_definition(struct oval_reading *at);

/* Its parts, as the elements of these names begin and end. */
void oval_definition_begin(struct oval_reading *at, const char **attributes);
void oval_definition_end(struct oval_reading *at);
void oval_reference(struct oval_reading *at, const char **attributes);
uint32_t oval_resolution(struct oval_reading *at, struct span state);
void oval_criteria(struct oval_reading *at, const char **attributes);
void oval_criterion(struct oval_reading *at, const char **attributes);
void oval_date(struct oval_reading *at, struct span date);

#endif
