/* OVAL definitions: reading the document; see oval.h. */
#include "feed_system.h"
#include "feed_xml.h"
#include "oval.h"
#include "timestamp.h"

static const struct option_row options[] = {FEED_OPTION_NAME, FEED_OPTION_OS,
    FEED_OPTION_RELEASE("its release; else what the definitions say"),
    FEED_OPTION_END};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "oval [options] [FILE ...]",
    .summary = "OVAL definitions of packages: Red Hat and its kin, SUSE, "
	       "Oracle, Ubuntu,\nDebian",
    .examples = "pm-collect oval rhel-9.oval.xml.bz2\n"
		"curl -s URL | pm-collect oval --os ubuntu --release 22.04 | "
		"pm-match - hosts.tsv",
    .options = options,
};

enum {
	ROOT = 1,
	TIMESTAMP,
	DEFINITION,
	TITLE,
	PLATFORM,
	REFERENCE,
	SEVERITY,
	ISSUED,
	UPDATED,
	CVE,
	RESOLUTION,
	CRITERIA,
	CRITERION,
	EXTEND,
	RPM_TEST,
	DPKG_TEST,
	TEXT_TEST,
	OBJECT,
	STATE,
	RPM_OBJECT,
	DPKG_OBJECT,
	TEXT_OBJECT,
	NAME,
	PATTERN,
	RPM_STATE,
	DPKG_STATE,
	TEXT_STATE,
	EVR,
	SUBEXPRESSION,
	ARCH,
	SIGNATURE,
	VERSION,
	VARIABLE,
	VALUE
};

static const char *const elements[] = {"oval_definitions", "timestamp",
    "definition", "title", "platform", "reference", "severity", "issued",
    "updated", "cve", "resolution", "criteria", "criterion",
    "extend_definition", "rpminfo_test", "dpkginfo_test",
    "textfilecontent54_test", "object", "state", "rpminfo_object",
    "dpkginfo_object", "textfilecontent54_object", "name", "pattern",
    "rpminfo_state", "dpkginfo_state", "textfilecontent54_state", "evr",
    "subexpression", "arch", "signature_keyid", "version", "constant_variable",
    "value", NULL};

static struct oval oval;
static struct feed_xml xml;
static struct buffer text;

/* Where the parser is in the document. */
static struct {
	uint32_t item; /* the test, object, state or variable */
	bool in_definition;
	struct list cves;
	uint32_t open[FEED_XML_DEPTH]; /* criteria, the innermost last */
	uint32_t last[FEED_XML_DEPTH]; /* the last child of each */
	unsigned depth;
	bool vulnerability; /* the definition's class; else a patch */
	bool named;	    /* by a reference */
} at;

static uint32_t
keep(struct span s)
{
	return s.n == 0 ? 0 : intern_add(&oval.text, s);
}

/* The number of an id, and room for what it stands for. */
static uint32_t
id_number(struct span id)
{
	size_t old = oval.item_count;
	uint32_t number;

	if (id.n == 0)
		return 0;
	number = intern_add(&oval.ids, id);
	if (number >= oval.item_count) {
		oval.items = memory_grow(oval.items, &oval.item_capacity,
		    (size_t)number + 1, sizeof(*oval.items));
		oval.item_count = (size_t)number + 1;
		memset(&oval.items[old], 0,
		    (oval.item_count - old) * sizeof(*oval.items));
	}
	return number;
}

static struct oval_definition *
definition(void)
{
	return &oval.definitions[oval.definition_count - 1];
}

/* ---- definitions */

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

static void
begin_definition(const char **attributes)
{
	struct span id = feed_xml_attribute(attributes, "id");

	oval.definitions = memory_grow(oval.definitions,
	    &oval.definition_capacity, oval.definition_count + 1,
	    sizeof(*oval.definitions));
	oval.definitions[oval.definition_count++] = (struct oval_definition){
	    .name = keep(span_skip(
		id, feed_is_word(id) ? 0 : (size_t)(last_word(id) - id.p))),
	    .unaffected = memmem(id.p, id.n, "unaffected", 10) != NULL,
	    .line = feed_xml_line(&xml),
	};
	list_reset(&at.cves);
	at.in_definition = true;
	at.vulnerability = span_is(
	    feed_xml_attribute(attributes, "class"), "vulnerability");
	at.named = false;
	at.depth = 0;
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
static void
take_reference(const char **attributes)
{
	struct span id = feed_xml_attribute(attributes, "ref_id");
	struct span cve = cve_in(id);
	bool names = cve.n > 0 ? at.vulnerability : !at.vulnerability;

	if (cve.n > 0)
		list_add(&at.cves, cve);
	if (at.named || !names || !feed_is_word(cve.n > 0 ? cve : id))
		return;
	definition()->name = keep(cve.n > 0 ? cve : id);
	definition()->url = keep(feed_xml_attribute(attributes, "ref_url"));
	at.named = true;
}

static uint32_t
resolution_of(struct span state)
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
			return keep(span_of(states[i].state));
	return keep(SPAN("affected"));
}

static void
add_node(const struct oval_node *node)
{
	uint32_t number;

	if (oval.node_count == 0)
		oval.node_count = 1; /* 0 is no node */
	number = (uint32_t)oval.node_count;
	oval.nodes = memory_grow(oval.nodes, &oval.node_capacity,
	    oval.node_count + 1, sizeof(*oval.nodes));
	oval.nodes[oval.node_count++] = *node;
	if (at.depth == 0) {
		definition()->root = number;
	} else {
		uint32_t *last = &at.last[at.depth - 1];

		if (*last == 0)
			oval.nodes[at.open[at.depth - 1]].first = number;
		else
			oval.nodes[*last].next = number;
		*last = number;
	}
	if (node->operator!= OVAL_LEAF && at.depth<FEED_XML_DEPTH) {
		at.open[at.depth] = number;
		at.last[at.depth++] = 0;
	}
}

static bool
is_true(struct span value)
{
	return span_is(value, "true") || span_is(value, "1");
}

static void
begin_criteria(const char **attributes)
{
	struct span operator= feed_xml_attribute(attributes, "operator");
	struct oval_node node = {
	    .operator= OVAL_AND,
	    .negate = is_true(feed_xml_attribute(attributes, "negate")),
	};

	if (span_is(operator, "OR"))
		node.operator= OVAL_OR;
	else if (operator.n> 0 && !span_is(operator, "AND"))
		node.negate = true; /* ONE and XOR: as little use as that */
	add_node(&node);
}

static void
take_criterion(const char **attributes)
{
	struct span comment = feed_xml_attribute(attributes, "comment");
	struct oval_node node = {
	    .operator= OVAL_LEAF,
	    .negate = is_true(feed_xml_attribute(attributes, "negate")),
	    .test = id_number(feed_xml_attribute(attributes, "test_ref")),
	};

	/* what most comments say is in the tests too */
	if (memmem(comment.p, comment.n, " is earlier than ", 17) == NULL &&
	    memmem(comment.p, comment.n, " is signed with ", 16) == NULL)
		node.comment = keep(comment);
	if (at.depth == 0 && definition()->root != 0)
		return; /* no document has two trees */
	add_node(&node);
}

static void
end_definition(void)
{
	if (at.cves.count > 0) {
		buffer_reset(&text);
		list_join(&at.cves, &text);
		definition()->cves = keep(buffer_span(&text));
	}
	at.in_definition = false;
}

static void
take_date(struct span date)
{
	if (!definition()->dated)
		definition()->dated = feed_xml_time(date, &definition()->date);
}

/* ---- tests and what they refer to */

static void
begin_item(int element, const char **attributes)
{
	struct oval_item *item;

	at.item = id_number(feed_xml_attribute(attributes, "id"));
	if (at.item == 0)
		return;
	item = &oval.items[at.item];
	if (element == RPM_TEST || element == DPKG_TEST ||
	    element == TEXT_TEST) {
		item->package_test = element != TEXT_TEST;
		item->absence = span_is(
		    feed_xml_attribute(attributes, "check_existence"),
		    "none_exist");
	}
}

static struct oval_item *
item(void)
{
	return &oval.items[at.item];
}

static uint8_t
operation_of(const char **attributes)
{
	struct span operation = feed_xml_attribute(attributes, "operation");

	if (span_is(operation, "less than"))
		return OVAL_LESS;
	if (span_is(operation, "greater than or equal"))
		return OVAL_NOT_LESS;
	return OVAL_OTHER;
}

static void
start_in_item(int element, const char **attributes)
{
	uint32_t other;

	switch (element) {
	case OBJECT:
		other = id_number(feed_xml_attribute(attributes, "object_ref"));
		item()->object = other;
		break;
	case STATE:
		other = id_number(feed_xml_attribute(attributes, "state_ref"));
		/* two states of one test: more than a version is looked at */
		if (item()->state != 0)
			item()->absence = true;
		item()->state = other;
		break;
	case NAME:
	case PATTERN:
		other = id_number(feed_xml_attribute(attributes, "var_ref"));
		item()->variable = other;
		break;
	case EVR:
	case SUBEXPRESSION:
		item()->operation = operation_of(attributes);
		break;
	case SIGNATURE:
	case VERSION:
		item()->condition = true;
		break;
	default:
		break;
	}
}

static void
add_value(struct span value)
{
	oval.values = memory_grow(oval.values, &oval.value_capacity,
	    oval.value_count + 1, sizeof(*oval.values));
	if (item()->count == 0)
		item()->value = (uint32_t)oval.value_count;
	oval.values[oval.value_count++] = keep(value);
	item()->count++;
}

/* ---- the handlers */

static bool
is_item(int element)
{
	return (element >= RPM_TEST && element <= TEXT_TEST) ||
	       (element >= RPM_OBJECT && element <= TEXT_OBJECT) ||
	       (element >= RPM_STATE && element <= TEXT_STATE) ||
	       element == VARIABLE;
}

static void
on_start(struct feed_xml *reader, int element, const char **attributes)
{
	(void)reader;
	if (element == DEFINITION) {
		begin_definition(attributes);
		return;
	}
	if (is_item(element)) {
		begin_item(element, attributes);
		return;
	}
	if (!at.in_definition) {
		if (at.item != 0)
			start_in_item(element, attributes);
	} else if (element == REFERENCE) {
		take_reference(attributes);
	} else if (element == ISSUED || element == UPDATED) {
		take_date(feed_xml_attribute(attributes, "date"));
	} else if (element == RESOLUTION) {
		definition()->resolution = resolution_of(
		    feed_xml_attribute(attributes, "state"));
	} else if (element == CRITERIA) {
		begin_criteria(attributes);
	} else if (element == CRITERION || element == EXTEND) {
		take_criterion(attributes);
	}
}

static bool
wants_text(int element)
{
	return element == TIMESTAMP || element == TITLE ||
	       element == PLATFORM || element == SEVERITY || element == CVE ||
	       element == NAME || element == EVR || element == SUBEXPRESSION ||
	       element == ARCH || element == VALUE;
}

static void
end_in_definition(int element, struct span value)
{
	if (element == DEFINITION)
		end_definition();
	else if (element == TITLE)
		definition()->title = keep(value);
	else if (element == PLATFORM && definition()->platform == 0 &&
		 feed_system_in(value).os.n > 0)
		definition()->platform = keep(value);
	else if (element == SEVERITY)
		definition()->severity = keep(feed_lower(value));
	else if (element == CVE && feed_is_cve(value))
		list_add(&at.cves, value);
	else if (element == CRITERIA && at.depth > 0)
		at.depth--;
}

static void
end_in_item(int element, struct span value)
{
	if (element == NAME && item()->variable == 0)
		item()->name = keep(value);
	else if (element == EVR || element == SUBEXPRESSION)
		item()->version = keep(value);
	else if (element == ARCH)
		item()->arch = keep(value);
	else if (element == VALUE)
		add_value(value);
}

static void
on_end(struct feed_xml *reader, int element, struct span value)
{
	if (element == TIMESTAMP)
		reader->feed->dated = feed_xml_time(value, &reader->feed->date);
	else if (at.in_definition)
		end_in_definition(element, value);
	else if (is_item(element))
		at.item = 0;
	else if (at.item != 0)
		end_in_item(element, value);
}

static const struct feed_xml_reader reader = {
    .elements = elements,
    .root = "oval_definitions",
    .wants_text = wants_text,
    .start = on_start,
    .end = on_end,
};

/*
 * Ubuntu looks for packages in a text: such a test is one of packages when the
 * names come from a variable.
 */
static void
mark_manifests(void)
{
	for (size_t i = 0; i < oval.item_count; i++) {
		struct oval_item *test = &oval.items[i];
		const struct oval_item *object = &oval.items[test->object];

		if (test->object != 0 && object->variable != 0)
			test->package_test = true;
	}
}

static void
release(void)
{
	feed_xml_release(&xml);
	buffer_release(&text);
	list_release(&at.cves);
	intern_release(&oval.ids);
	intern_release(&oval.text);
	free(oval.items);
	free(oval.nodes);
	free(oval.definitions);
	free(oval.values);
	oval = (struct oval){0};
	at.item = 0;
	at.in_definition = false;
	at.depth = 0;
}

static void
read_oval(struct feed *feed)
{
	if (feed_options.os != NULL && feed_options.release != NULL)
		feed_covers(feed, span_of(feed_options.os),
		    span_of(feed_options.release));
	feed_xml_read(&xml, feed, &reader);
	mark_manifests();
	oval_reduce(&oval, feed);
	release();
}

const struct feed_source feed_oval = {
    .program = &program,
    .name = "oval",
    .kind = "advisories",
    .read = read_oval,
    .release = release,
};
