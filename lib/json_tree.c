#include "json_tree.h"

static void
add(struct json_tree *tree, enum json_event type, struct span text)
{
	struct json_value *value = arena_allocate(&tree->arena, sizeof(*value));

	value->type = type;
	value->key = tree->key;
	value->text = arena_copy(&tree->arena, text);
	tree->key = (struct span){NULL, 0};
	if (tree->depth == 0) {
		tree->top = value;
	} else {
		struct json_value *parent = tree->open[tree->depth - 1];
		struct json_value **last = &tree->last[tree->depth - 1];

		if (parent->first == NULL)
			parent->first = value;
		else
			(*last)->next = value;
		*last = value;
	}
	if (type == JSON_OBJECT || type == JSON_ARRAY)
		tree->open[tree->depth++] = value;
}

const char *
json_tree_event(void *context, enum json_event event, struct span text)
{
	struct json_tree *tree = context;

	switch (event) {
	case JSON_KEY:
		tree->key = arena_copy(&tree->arena, text);
		break;
	case JSON_OBJECT_END:
	case JSON_ARRAY_END:
		tree->depth--;
		break;
	default:
		add(tree, event, text);
	}
	return NULL;
}

const struct json_value *
json_member(const struct json_value *object, const char *name)
{
	if (object == NULL || object->type != JSON_OBJECT)
		return NULL;
	for (const struct json_value *member = object->first; member != NULL;
	     member = member->next)
		if (span_is(member->key, name))
			return member;
	return NULL;
}

struct span
json_text(const struct json_value *object, const char *name)
{
	const struct json_value *member = json_member(object, name);

	return member == NULL ? SPAN("") : member->text;
}

void
json_tree_release(struct json_tree *tree)
{
	arena_release(&tree->arena);
}
