#include "relay.h"

#include "list.h"

static struct relay_map *
find_map(struct relay *relay, const struct layout *layout)
{
	if (relay->last != NULL && relay->last->from == layout)
		return relay->last;
	for (size_t i = 0; i < relay->count; i++)
		if (relay->maps[i]->from == layout)
			return relay->last = relay->maps[i];
	return NULL;
}

/* The column names of a header, one behind the other from *rest on. */
static struct span
header_columns(const struct layout *layout)
{
	struct span rest = layout->header;

	(void)span_cut(&rest, '\t');
	return rest;
}

/* The field of the layout with this name, 0 for none. */
static unsigned
field_named(const struct layout *layout, struct span name)
{
	struct span rest = header_columns(layout);

	for (unsigned field = 1; rest.p != NULL; field++)
		if (span_equal(span_cut(&rest, '\t'), name))
			return field;
	return 0;
}

static struct relay_map *
make_map(struct relay *relay, const struct layout *layout)
{
	const struct schema *schema = schema_of(layout->type);
	struct relay_map *map = memory_zeroed(1, sizeof(*map));
	unsigned known = 0;

	for (unsigned i = 0; i < schema->first; i++)
		known += layout->slot[i] != 0;
	map->from = layout;
	map->plain = known + 1 == layout->fields;
	relay->maps = memory_grow(relay->maps, &relay->capacity,
	    relay->count + 1, sizeof(struct relay_map *));
	relay->maps[relay->count++] = map;
	return relay->last = map;
}

void
relay_meet(struct relay *relay, const struct layout *layout, struct span line)
{
	struct relay_map *map = find_map(relay, layout);

	if (map == NULL)
		map = make_map(relay, layout);
	if (line.p == NULL)
		memset(map->used, true, sizeof(map->used));
	if (map->plain)
		return;
	for (unsigned field = 0; line.p != NULL && field < STREAM_FIELDS_MAX;
	     field++)
		if (!span_absent(span_cut(&line, '\t')))
			map->used[field] = true;
}

static void
add_column(struct buffer *header, struct span name)
{
	buffer_add_byte(header, '\t');
	buffer_add_span(header, name);
}

static bool
in_schema(const struct schema *schema, struct span name)
{
	for (unsigned i = 0; i < schema->count; i++)
		if (span_is(name, schema->columns[i]))
			return true;
	return false;
}

static bool
column_used(const struct relay *relay, unsigned column)
{
	for (size_t k = 0; k < relay->count; k++) {
		const struct relay_map *map = relay->maps[k];
		unsigned field = map->from->slot[column];

		if (field != 0 && map->used[field])
			return true;
	}
	return false;
}

static void
gather_header(
    const struct relay *relay, struct buffer *header, const char *drop)
{
	const struct schema *schema = schema_of(relay->maps[0]->from->type);
	struct list others = {0};

	for (unsigned i = 0; i < schema->count; i++)
		if (i < schema->first || column_used(relay, i))
			add_column(header, span_of(schema->columns[i]));
	for (size_t k = 0; k < relay->count; k++) {
		struct span rest = header_columns(relay->maps[k]->from);

		for (unsigned field = 1; rest.p != NULL; field++) {
			struct span name = span_cut(&rest, '\t');

			if (relay->maps[k]->used[field] &&
			    !in_schema(schema, name) &&
			    (drop == NULL || !span_is(name, drop)))
				list_add(&others, name);
		}
	}
	list_sort(&others);
	for (size_t i = 0; i < others.count; i++)
		add_column(header, others.item[i]);
	list_release(&others);
}

static void
bind_maps(struct relay *relay, const char *drop)
{
	for (size_t k = 0; k < relay->count; k++) {
		struct relay_map *map = relay->maps[k];
		struct span rest = header_columns(relay->target);

		for (unsigned field = 1; rest.p != NULL; field++) {
			struct span name = span_cut(&rest, '\t');

			map->field[field] = drop != NULL && span_is(name, drop)
						? 0
						: (uint16_t)field_named(
						      map->from, name);
		}
		map->same = span_equal(
		    map->from->header, relay->target->header);
	}
}

void
relay_settle(struct relay *relay, const char *drop, bool last)
{
	const struct layout *first = relay->maps[0]->from;
	struct buffer header = {0};
	const char *reason = NULL;

	relay->target = first;
	if (first->header.n == 0)
		return; /* an unknown type without any header: as it is */
	buffer_add_byte(&header, '#');
	buffer_add_span(&header, first->name);
	gather_header(relay, &header, drop);
	if (last)
		add_column(&header, span_of(drop));
	relay->target = layout_parse(buffer_span(&header), &reason);
	if (relay->target == NULL)
		die(PM_EXIT_DATA, "'%.*s' records of all inputs: %s",
		    SPAN_ARG(first->name), reason);
	buffer_release(&header);
	bind_maps(relay, last ? drop : NULL);
	if (last)
		for (size_t k = 0; k < relay->count; k++)
			relay->maps[k]->same = false;
}

struct span
relay_line(struct relay *relay, struct arena *arena, struct span line,
    const struct layout *layout, struct span value)
{
	struct relay_map *map = find_map(relay, layout);
	struct span fields[STREAM_FIELDS_MAX + 1], rest = line, made;
	struct buffer text = {0};
	unsigned count = 0;

	if (layout->header.n == 0 || map->same)
		return line;
	while (rest.p != NULL && count < STREAM_FIELDS_MAX)
		fields[count++] = span_cut(&rest, '\t');
	buffer_add_span(&text, layout->name);
	for (unsigned i = 1; i < relay->target->fields; i++) {
		unsigned from = map->field[i];

		buffer_add_byte(&text, '\t');
		if (from != 0 && from < count)
			buffer_add_span(&text, fields[from]);
		else if (i + 1 == relay->target->fields && value.n > 0)
			buffer_add_span(&text, value);
		else
			buffer_add_byte(&text, '-');
	}
	made = arena_copy(arena, buffer_span(&text));
	buffer_release(&text);
	return made;
}

void
relay_write(const struct relay *relay, struct output *output, struct span line)
{
	uint32_t end = (uint32_t)line.n;
	struct record record = {
	    .base = line.p, .ends = &end, .fields = 1, .layout = relay->target};

	output_pass(output, &record);
}

void
relay_release(struct relay *relay)
{
	for (size_t i = 0; i < relay->count; i++)
		free(relay->maps[i]);
	free(relay->maps);
	*relay = (struct relay){0};
}
