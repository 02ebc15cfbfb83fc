/* OVAL definitions: reading the document; see oval.h. */
#include "feed_system.h"
#include "feed_xml.h"
#include "oval_definition.h"
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

static struct oval_reading reading; /* the document */

/* ---- tests and what they refer to */

static void
begin_item(int element, const char **attributes)
{
	struct oval_item *item;

	reading.item = oval_id(&reading, feed_xml_attribute(attributes, "id"));
	if (reading.item == 0)
		return;
	item = &reading.oval.items[reading.item];
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
	return &reading.oval.items[reading.item];
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
		other = oval_id(
		    &reading, feed_xml_attribute(attributes, "object_ref"));
		item()->object = other;
		break;
	case STATE:
		other = oval_id(
		    &reading, feed_xml_attribute(attributes, "state_ref"));
		/* two states of one test: more than a version is looked at */
		if (item()->state != 0)
			item()->absence = true;
		item()->state = other;
		break;
	case NAME:
	case PATTERN:
		other = oval_id(
		    &reading, feed_xml_attribute(attributes, "var_ref"));
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
	reading.oval.values = memory_grow(reading.oval.values,
	    &reading.oval.value_capacity, reading.oval.value_count + 1,
	    sizeof(*reading.oval.values));
	if (item()->count == 0)
		item()->value = (uint32_t)reading.oval.value_count;
	reading.oval.values[reading.oval.value_count++] = oval_keep(
	    &reading, value);
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
		oval_definition_begin(&reading, attributes);
		return;
	}
	if (is_item(element)) {
		begin_item(element, attributes);
		return;
	}
	if (!reading.in_definition) {
		if (reading.item != 0)
			start_in_item(element, attributes);
	} else if (element == REFERENCE) {
		oval_reference(&reading, attributes);
	} else if (element == ISSUED || element == UPDATED) {
		oval_date(&reading, feed_xml_attribute(attributes, "date"));
	} else if (element == RESOLUTION) {
		oval_definition(&reading)->resolution = oval_resolution(
		    &reading, feed_xml_attribute(attributes, "state"));
	} else if (element == CRITERIA) {
		oval_criteria(&reading, attributes);
	} else if (element == CRITERION || element == EXTEND) {
		oval_criterion(&reading, attributes);
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
		oval_definition_end(&reading);
	else if (element == TITLE)
		oval_definition(&reading)->title = oval_keep(&reading, value);
	else if (element == PLATFORM &&
		 oval_definition(&reading)->platform == 0 &&
		 feed_system_in(value).os.n > 0)
		oval_definition(&reading)->platform = oval_keep(
		    &reading, value);
	else if (element == SEVERITY)
		oval_definition(&reading)->severity = oval_keep(
		    &reading, feed_lower(value));
	else if (element == CVE && feed_is_cve(value))
		list_add(&reading.cves, value);
	else if (element == CRITERIA && reading.depth > 0)
		reading.depth--;
}

static void
end_in_item(int element, struct span value)
{
	if (element == NAME && item()->variable == 0)
		item()->name = oval_keep(&reading, value);
	else if (element == EVR || element == SUBEXPRESSION)
		item()->version = oval_keep(&reading, value);
	else if (element == ARCH)
		item()->arch = oval_keep(&reading, value);
	else if (element == VALUE)
		add_value(value);
}

static void
on_end(struct feed_xml *reader, int element, struct span value)
{
	if (element == TIMESTAMP)
		reader->feed->dated = feed_xml_time(value, &reader->feed->date);
	else if (reading.in_definition)
		end_in_definition(element, value);
	else if (is_item(element))
		reading.item = 0;
	else if (reading.item != 0)
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
	for (size_t i = 0; i < reading.oval.item_count; i++) {
		struct oval_item *test = &reading.oval.items[i];
		const struct oval_item *object =
		    &reading.oval.items[test->object];

		if (test->object != 0 && object->variable != 0)
			test->package_test = true;
	}
}

static void
release(void)
{
	feed_xml_release(&reading.xml);
	buffer_release(&reading.text);
	list_release(&reading.cves);
	intern_release(&reading.oval.ids);
	intern_release(&reading.oval.text);
	free(reading.oval.items);
	free(reading.oval.nodes);
	free(reading.oval.definitions);
	free(reading.oval.values);
	reading.oval = (struct oval){0};
	reading.item = 0;
	reading.in_definition = false;
	reading.depth = 0;
}

static void
read_oval(struct feed *feed)
{
	if (feed_options.os != NULL && feed_options.release != NULL)
		feed_covers(feed, span_of(feed_options.os),
		    span_of(feed_options.release));
	feed_xml_read(&reading.xml, feed, &reader);
	mark_manifests();
	oval_reduce(&reading.oval, feed);
	release();
}

const struct feed_source feed_oval = {
    .program = &program,
    .name = "oval",
    .kind = "advisories",
    .read = read_oval,
    .release = release,
};
