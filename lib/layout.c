/* Headers: which field of a record holds which column. */
#include "stream.h"

/*
 * Layouts are made once for each distinct header and never freed: records and
 * outputs hold their addresses.  Inputs have few distinct headers; a hostile
 * one with many is stopped.
 */
enum { LAYOUTS_MAX = 4096 };

static struct arena arena;
static struct layout **layouts;
static size_t layout_count;
static size_t layout_capacity;

static struct layout *
layout_new(void)
{
	struct layout *layout = arena_allocate(&arena, sizeof(*layout));

	layouts = memory_grow(layouts, &layout_capacity, layout_count + 1,
	    sizeof(struct layout *));
	layouts[layout_count++] = layout;
	return layout;
}

static bool
is_type_name(struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] < 'a' || name.p[i] > 'z')
			return false;
	return name.n > 0;
}

static bool
is_column_name(struct span name)
{
	if (name.n == 0 || name.p[0] < 'a' || name.p[0] > 'z')
		return false;
	for (size_t i = 1; i < name.n; i++) {
		char c = name.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '_')
			return false;
	}
	return true;
}

/* Has the header this name among its columns before the given place? */
static bool
is_repeated(struct span columns, struct span name)
{
	struct span rest = {columns.p, (size_t)(name.p - columns.p)};

	while (rest.p != NULL && rest.n > 0)
		if (span_equal(span_cut(&rest, '\t'), name))
			return true;
	return false;
}

static const struct layout *
layout_known(struct span header)
{
	for (size_t i = 0; i < layout_count; i++)
		if (!layouts[i]->assumed &&
		    span_equal(layouts[i]->header, header))
			return layouts[i];
	return NULL;
}

static void
layout_bind(struct layout *layout, const struct schema *schema,
    struct span name, unsigned field)
{
	for (unsigned i = 0; i < schema->count; i++)
		if (span_is(name, schema->columns[i]))
			layout->slot[i] = (uint16_t)field;
}

const struct layout *
layout_parse(struct span header, const char **reason)
{
	const struct layout *known = layout_known(header);
	struct span rest = span_skip(header, 1);
	struct span type = span_cut(&rest, '\t');
	struct span columns = rest;
	struct layout *layout;
	unsigned fields = 1;

	if (known != NULL)
		return known;
	if (header.n == 0 || header.p[0] != '#' || !is_type_name(type)) {
		*reason = "neither a header '#type' nor a comment '##'";
		return NULL;
	}
	if (rest.p == NULL) {
		*reason = "a header without columns";
		return NULL;
	}
	while (rest.p != NULL) {
		struct span name = span_cut(&rest, '\t');

		if (!is_column_name(name)) {
			*reason = "a column name in the header is not of the "
				  "form [a-z][a-z0-9_]*";
			return NULL;
		}
		if (is_repeated(columns, name)) {
			*reason = "a column stands twice in the header";
			return NULL;
		}
		if (++fields > STREAM_FIELDS_MAX) {
			*reason = "more than 256 columns in the header";
			return NULL;
		}
	}
	if (layout_count == LAYOUTS_MAX) {
		*reason = "more than 4096 different headers";
		return NULL;
	}
	layout = layout_new();
	layout->header = arena_copy(&arena, header);
	rest = span_skip(layout->header, 1);
	layout->name = span_cut(&rest, '\t');
	layout->type = schema_find(layout->name);
	layout->fields = fields;
	for (unsigned field = 1; rest.p != NULL; field++)
		layout_bind(layout, schema_of(layout->type),
		    span_cut(&rest, '\t'), field);
	return layout;
}

const struct layout *
layout_default(enum record_type type, bool all_columns)
{
	static const struct layout *defaults[RECORD_TYPES][2];
	const struct schema *schema = schema_of(type);
	unsigned columns = all_columns ? schema->count : schema->first;
	struct buffer header = {0};
	const char *reason;

	if (defaults[type][all_columns] == NULL) {
		buffer_add_byte(&header, '#');
		buffer_add_span(&header, schema->name);
		for (unsigned i = 0; i < columns; i++) {
			buffer_add_byte(&header, '\t');
			buffer_add_span(&header, span_of(schema->columns[i]));
		}
		defaults[type][all_columns] = layout_parse(
		    buffer_span(&header), &reason);
		buffer_release(&header);
	}
	return defaults[type][all_columns];
}

const struct layout *
layout_assume(struct span type, unsigned fields)
{
	enum record_type known = schema_find(type);
	const struct schema *schema = schema_of(known);
	struct layout *layout;

	for (size_t i = 0; i < layout_count; i++)
		if (layouts[i]->assumed && span_equal(layouts[i]->name, type) &&
		    (known == RECORD_OTHER || layouts[i]->fields == fields))
			return layouts[i];
	if (!is_type_name(type) || layout_count == LAYOUTS_MAX)
		return NULL;
	if (known != RECORD_OTHER && fields != schema->first + 1 &&
	    fields != schema->count + 1)
		return NULL;
	layout = layout_new();
	if (known != RECORD_OTHER)
		*layout = *layout_default(known, fields == schema->count + 1);
	else
		layout->name = arena_copy(&arena, type);
	layout->assumed = true;
	return layout;
}
