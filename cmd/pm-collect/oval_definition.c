#include "oval_definition.h"

uint32_t
oval_keep(struct oval_reading *at, struct span s)
{
	return s.n == 0 ? 0 : intern_add(&at->oval.text, s);
}

uint32_t
oval_id(struct oval_reading *at, struct span id)
{
	size_t old = at->oval.item_count;
	uint32_t number;

	if (id.n == 0)
		return 0;
	number = intern_add(&at->oval.ids, id);
	if (number >= at->oval.item_count) {
		at->oval.items = memory_grow(at->oval.items,
		    &at->oval.item_capacity, (size_t)number + 1,
		    sizeof(*at->oval.items));
		at->oval.item_count = (size_t)number + 1;
		memset(&at->oval.items[old], 0,
		    (at->oval.item_count - old) * sizeof(*at->oval.items));
	}
	return number;
}

struct oval_definition *
oval_definition(struct oval_reading *at)
{
	return &at->oval.definitions[at->oval.definition_count - 1];
}

/* Some numbers have a blank in them. */
static const char *
last_word(struct span id)
{
	const char *last = id.p;

	for (size_t i = 0; i < id.n; i++)
		if (id.p[i] == ' ')
			last = id.p + i + 1;
	return last;
}

void
oval_definition_begin(struct oval_reading *at, const char **attributes)
{
	struct span id = feed_xml_attribute(attributes, "id");

	at->oval.definitions = memory_grow(at->oval.definitions,
	    &at->oval.definition_capacity, at->oval.definition_count + 1,
	    sizeof(*at->oval.definitions));
	at->oval.definitions[at->oval.definition_count++] =
	    (struct oval_definition){
		.name = oval_keep(at,
		    span_skip(id,
			feed_is_word(id) ? 0 : (size_t)(last_word(id) - id.p))),
		.unaffected = memmem(id.p, id.n, "unaffected", 10) != NULL,
		.line = feed_xml_line(&at->xml),
	    };
	list_reset(&at->cves);
	at->in_definition = true;
	at->vulnerability = span_is(
	    feed_xml_attribute(attributes, "class"), "vulnerability");
	at->named = false;
	at->depth = 0;
}

/* CVE-2010-2322, also where "Mitre" or "SUSE" stands before it. */
static struct span
cve_in(struct span id)
{
	struct span last = id;

	while (id.p != NULL)
		last = span_cut(&id, ' ');
	return feed_is_cve(last) ? last : SPAN("");
}

/*
 * A vulnerability is named by its CVE, a patch by its advisory, the first of
 * them; without one by the number of the definition.
 */
void
oval_reference(struct oval_reading *at, const char **attributes)
{
	struct span id = feed_xml_attribute(attributes, "ref_id");
	struct span cve = cve_in(id);
	bool names = cve.n > 0 ? at->vulnerability : !at->vulnerability;

	if (cve.n > 0)
		list_add(&at->cves, cve);
	if (at->named || !names || !feed_is_word(cve.n > 0 ? cve : id))
		return;
	oval_definition(at)->name = oval_keep(at, cve.n > 0 ? cve : id);
	oval_definition(at)->url = oval_keep(
	    at, feed_xml_attribute(attributes, "ref_url"));
	at->named = true;
}

uint32_t
oval_resolution(struct oval_reading *at, struct span state)
{
	static const struct {
		const char *text, *state;
	} states[] = {
	    {"Will not fix", "wont_fix"},
	    {"Fix deferred", "deferred"},
	    {"Out of support scope", "eol"},
	    {"Not affected", "not_affected"},
	};

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (span_is(state, states[i].text))
			return oval_keep(at, span_of(states[i].state));
	return oval_keep(at, SPAN("affected"));
}

static void
add_node(struct oval_reading *at, const struct oval_node *node)
{
	uint32_t number;

	if (at->oval.node_count == 0)
		at->oval.node_count = 1; /* 0 is no node */
	number = (uint32_t)at->oval.node_count;
	at->oval.nodes = memory_grow(at->oval.nodes, &at->oval.node_capacity,
	    at->oval.node_count + 1, sizeof(*at->oval.nodes));
	at->oval.nodes[at->oval.node_count++] = *node;
	if (at->depth == 0) {
		oval_definition(at)->root = number;
	} else {
		uint32_t *last = &at->last[at->depth - 1];

		if (*last == 0)
			at->oval.nodes[at->open[at->depth - 1]].first = number;
		else
			at->oval.nodes[*last].next = number;
		*last = number;
	}
	if (node->joins != OVAL_LEAF && at->depth < FEED_XML_DEPTH) {
		at->open[at->depth] = number;
		at->last[at->depth++] = 0;
	}
}

static bool
is_true(struct span value)
{
	return span_is(value, "true") || span_is(value, "1");
}

void
oval_criteria(struct oval_reading *at, const char **attributes)
{
	struct span joins = feed_xml_attribute(attributes, "operator");
	struct oval_node node = {
	    .joins = OVAL_AND,
	    .negate = is_true(feed_xml_attribute(attributes, "negate")),
	};

	if (span_is(joins, "OR"))
		node.joins = OVAL_OR;
	else if (joins.n > 0 && !span_is(joins, "AND"))
		node.negate = true; /* ONE and XOR: as little use as that */
	add_node(at, &node);
}

void
oval_criterion(struct oval_reading *at, const char **attributes)
{
	struct span comment = feed_xml_attribute(attributes, "comment");
	struct oval_node node = {
	    .joins = OVAL_LEAF,
	    .negate = is_true(feed_xml_attribute(attributes, "negate")),
	    .test = oval_id(at, feed_xml_attribute(attributes, "test_ref")),
	};

	/* what most comments say is in the tests too */
	if (memmem(comment.p, comment.n, " is earlier than ", 17) == NULL &&
	    memmem(comment.p, comment.n, " is signed with ", 16) == NULL)
		node.comment = oval_keep(at, comment);
	if (at->depth == 0 && oval_definition(at)->root != 0)
		return; /* no document has two trees */
	add_node(at, &node);
}

void
oval_definition_end(struct oval_reading *at)
{
	if (at->cves.count > 0) {
		buffer_reset(&at->text);
		list_join(&at->cves, &at->text);
		oval_definition(at)->cves = oval_keep(
		    at, buffer_span(&at->text));
	}
	at->in_definition = false;
}

void
oval_date(struct oval_reading *at, struct span date)
{
	if (!oval_definition(at)->dated)
		oval_definition(at)->dated = feed_xml_time(
		    date, &oval_definition(at)->date);
}
