/*
 * OVAL definitions as far as they speak of packages: what feed_oval.c reads and
 * oval_reduce.c turns into advisories.  OVAL Language 5.11, "OVAL Definitions
 * Model"; the linux-definitions schema (rpminfo, dpkginfo); Ubuntu's use of
 * textfilecontent54 over a manifest.
 *
 * Definitions stand before the tests that they refer to, so all of a document is
 * kept in a compact form until its end.
 */
#ifndef PM_OVAL_H
#define PM_OVAL_H

#include "feed.h"
#include "intern.h"

enum oval_operator { OVAL_LEAF, OVAL_AND, OVAL_OR };

/* A node of a criteria tree; numbers are indexes or interned, 0 for none. */
struct oval_node {
	uint8_t joins; /* enum oval_operator */
	bool negate;
	uint32_t first, next; /* child and sibling */
	uint32_t test;	      /* of a leaf: its id */
	uint32_t comment;     /* of a leaf, where it matters */
};

enum oval_operation { OVAL_NO_VERSION, OVAL_LESS, OVAL_NOT_LESS, OVAL_OTHER };

/* What an id stands for; one struct for tests, objects, states, variables. */
struct oval_item {
	bool package_test; /* rpminfo, dpkginfo or Ubuntu's kind */
	bool absence;	   /* the test wants that nothing is there */
	bool condition;	   /* a state that looks at more than the version */
	uint8_t operation; /* of a state */
	uint32_t object, state; /* of a test */
	uint32_t variable;	/* of an object */
	uint32_t name;		/* of an object: the package */
	uint32_t version, arch; /* of a state */
	uint32_t value, count; /* of a variable: its first value and how many */
};

struct oval_definition {
	uint32_t root; /* node */
	uint32_t name, title, url, severity, cves, platform;
	uint32_t resolution; /* the word of the column state */
	bool unaffected;     /* it lists what is not affected */
	bool dated;
	int64_t date;
	uint64_t line;
};

struct oval {
	struct intern ids;
	struct oval_item *items; /* by number of the id */
	size_t item_count, item_capacity;
	struct intern text;
	struct oval_node *nodes;
	size_t node_count, node_capacity;
	struct oval_definition *definitions;
	size_t definition_count, definition_capacity;
	uint32_t *values;
	size_t value_count, value_capacity;
};

/* Write the advisories of all definitions. */
void oval_reduce(struct oval *oval, struct feed *feed);

static inline struct span
oval_text(const struct oval *oval, uint32_t number)
{
	return number == 0 ? SPAN("") : intern_span(&oval->text, number);
}

#endif
