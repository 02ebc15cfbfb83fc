/*
 * pm-stream(5) lists the columns of every record type in their default order;
 * the programs go by lib/schema.c.  The two must agree.
 */
#include <err.h>

#include "memory.h"
#include "schema.h"
#include "tap.h"

static const char page[] = "man/pm-stream.5";

/* What one ".Ss type" section of the page says. */
struct section {
	struct span type;
	struct span columns[SCHEMA_COLUMNS_MAX];
	unsigned count;
};

static struct buffer
contents(const char *path)
{
	struct buffer text = {0};
	FILE *file = fopen(path, "r");
	size_t n;

	if (file == NULL)
		err(1, "%s", path);
	while ((n = fread(buffer_reserve(&text, 65536), 1, 65536, file)) > 0)
		text.n += n;
	fclose(file);
	return text;
}

/* Fill sections from the part of the page called RECORD TYPES. */
static unsigned
read_sections(struct span rest, struct section *sections, unsigned max)
{
	struct section *section = NULL;
	bool within = false;
	unsigned count = 0;

	while (rest.p != NULL) {
		struct span line = span_cut(&rest, '\n');

		if (span_starts(line, SPAN(".Sh "))) {
			within = span_is(line, ".Sh RECORD TYPES");
		} else if (!within) {
			continue;
		} else if (span_starts(line, SPAN(".Ss ")) && count < max) {
			section = &sections[count++];
			section->type = span_skip(line, 4);
		} else if (span_starts(line, SPAN(".It Cm ")) &&
			   section != NULL &&
			   section->count < SCHEMA_COLUMNS_MAX) {
			section->columns[section->count++] = span_skip(line, 7);
		}
	}
	return count;
}

static void
compare(const struct section *section)
{
	enum record_type type = schema_find(section->type);
	const struct schema *schema = schema_of(type);

	if (!ok(type != RECORD_OTHER, "%.*s is a type of the schema",
		SPAN_ARG(section->type)))
		return;
	ok(section->count == schema->count, "%.*s has %u columns",
	    SPAN_ARG(section->type), schema->count);
	for (unsigned i = 0; i < section->count && i < schema->count; i++)
		ok(span_is(section->columns[i], schema->columns[i]),
		    "%.*s column %u is %s", SPAN_ARG(section->type), i + 1,
		    schema->columns[i]);
}

int
main(void)
{
	static struct section sections[2 * RECORD_TYPES];
	struct buffer text = contents(page);
	unsigned count = read_sections(
	    buffer_span(&text), sections, 2 * RECORD_TYPES);

	ok(count == RECORD_TYPES - 1, "%s describes all %d types", page,
	    RECORD_TYPES - 1);
	for (unsigned i = 0; i < count; i++)
		compare(&sections[i]);
	buffer_release(&text);
	return done();
}
