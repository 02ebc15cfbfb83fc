/*
 * A JSON value as a tree, for documents small enough to be held.  Build one by
 * giving json_tree_event() to json_open().
 */
#ifndef PM_JSON_TREE_H
#define PM_JSON_TREE_H

#include "json.h"

struct json_value {
	enum json_event type;	  /* JSON_OBJECT, JSON_ARRAY or a plain value */
	struct span key;	  /* of a member */
	struct span text;	  /* of a number or string */
	struct json_value *first; /* members or items, in their order */
	struct json_value *next;
};

/* Zero-initialise; the root stands in top when all is read. */
struct json_tree {
	struct arena arena;
	struct json_value *top;
	struct json_value *open[JSON_DEPTH_MAX]; /* from the root inwards */
	struct json_value *last[JSON_DEPTH_MAX]; /* its newest child */
	unsigned depth;
	struct span key;
};

/* A json_handler; the context is the tree. */
const char *json_tree_event(
    void *context, enum json_event event, struct span text);

/* The first member of this name; NULL when there is none, or no object. */
const struct json_value *json_member(
    const struct json_value *object, const char *name);

/* The text of a string or number member; "" when there is none. */
struct span json_text(const struct json_value *object, const char *name);

void json_tree_release(struct json_tree *tree);

#endif
