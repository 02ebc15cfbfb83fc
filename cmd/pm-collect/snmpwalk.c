/*
 * pm-collect snmpwalk FILE: what snmpwalk printed of a switch, router or
 * printer: at least the system group of SNMPv2-MIB (RFC 3418).
 *
 * Lines are OID = TYPE: VALUE, the OID by name or by number; a line without
 * " = " goes on with the value before it, which descriptions of many devices
 * need.
 */
#include "dump.h"
#include "source.h"

static const struct option_row options[] = {DUMP_OPTIONS, DUMP_OPTION_END};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "snmpwalk [options] FILE ...",
    .summary = "read what snmpwalk printed of a device; - is standard input",
    .examples = "snmpwalk -v2c -c public 192.0.2.2 system | "
		"pm-collect snmpwalk -\n"
		"pm-collect snmpwalk --host printer3 printer3.walk",
    .options = options,
};

/* What is of interest, by the end of its name or number. */
enum object {
	DESCRIPTION,
	OBJECT_ID,
	NAME,
	LOCATION,
	CONTACT,
	SERVICES,
	OBJECTS
};

static const struct {
	const char *name, *number;
} objects[OBJECTS] = {
    [DESCRIPTION] = {"sysDescr.0", "1.3.6.1.2.1.1.1.0"},
    [OBJECT_ID] = {"sysObjectID.0", "1.3.6.1.2.1.1.2.0"},
    [NAME] = {"sysName.0", "1.3.6.1.2.1.1.5.0"},
    [LOCATION] = {"sysLocation.0", "1.3.6.1.2.1.1.6.0"},
    [CONTACT] = {"sysContact.0", "1.3.6.1.2.1.1.4.0"},
    [SERVICES] = {"sysServices.0", "1.3.6.1.2.1.1.7.0"},
};

/* Objects whose presence says what kind of device this is. */
static const struct {
	const char *start; /* of the name or number */
	const char *value; /* that it must begin with; NULL for any */
	const char *class;
} signs[] = {
    {"HOST-RESOURCES-MIB::hrDeviceType",
	"HOST-RESOURCES-TYPES::hrDevicePrinter", "printer"},
    {"Printer-MIB::", NULL, "printer"},
    {"1.3.6.1.2.1.43.", NULL, "printer"},
    {"1.3.6.1.2.1.25.3.2.1.2.", "1.3.6.1.2.1.25.3.1.5", "printer"},
};

/*
 * Devices whose description says the system and its version: the words that
 * show it, and those behind which the version stands.
 */
static const struct {
	const char *sign, *os, *version;
} known_systems[] = {
    {"Cisco IOS XR Software", "ios-xr", "Version "},
    {"Cisco IOS-XE", "ios-xe", "Version "},
    {"IOS-XE Software", "ios-xe", "Version "},
    {"Cisco IOS Software", "ios", "Version "},
    {"Cisco Internetwork Operating System", "ios", "Version "},
    {"Cisco NX-OS", "nx-os", "Version "},
    {"Juniper Networks", "junos", "JUNOS "},
    {"Arista Networks EOS", "eos", "version "},
    {"RouterOS", "routeros", "RouterOS "},
    {"ProCurve", "procurve", "revision "},
    {"ArubaOS", "arubaos", "Version "},
    {"JETDIRECT", "jetdirect", "FN:"},
};

struct walk {
	struct buffer value[OBJECTS];
	const char *class;
	int open; /* the object that the next line may go on with, or -1 */
	uint64_t objects;
};

/* The OID without what comes before its first known node. */
static struct span
short_oid(struct span oid)
{
	if (span_starts(oid, SPAN("SNMPv2-MIB::")))
		return span_skip(oid, 12);
	if (span_starts(oid, SPAN("iso.")))
		return span_skip(oid, 4);
	if (span_starts(oid, SPAN(".1.")))
		return span_skip(oid, 1);
	return oid;
}

static bool
is_object(struct span oid, size_t i)
{
	struct span number = span_of(objects[i].number);

	/* iso.3.6... is 1.3.6... */
	return span_is(oid, objects[i].name) || span_equal(oid, number) ||
	       span_equal(oid, span_skip(number, 2));
}

/* "STRING: \"text\"" is text. */
static struct span
bare_value(struct span text)
{
	static const char *const types[] = {
	    "STRING: ", "OID: ", "INTEGER: ", "Hex-STRING: "};

	text = span_trim(text);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (span_starts(text, span_of(types[i])))
			return span_trim(span_skip(text, strlen(types[i])));
	return text;
}

static void
note_sign(struct walk *walk, struct span oid, struct span value)
{
	if (span_starts(value, SPAN(".1.")))
		value = span_skip(value, 1);
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (span_starts(oid, span_of(signs[i].start)) &&
		    (signs[i].value == NULL ||
			span_starts(value, span_of(signs[i].value))))
			walk->class = signs[i].class;
}

/* Where " = " stands in a line that begins with an OID; NULL for none. */
static const char *
find_equals(struct span line)
{
	const char *blank = span_find(line, ' ');

	if (blank == NULL || blank == line.p ||
	    !span_starts(
		span_skip(line, (size_t)(blank - line.p)), SPAN(" = ")))
		return NULL;
	return blank;
}

static void
take_line(struct dump *dump, struct walk *walk, struct span line)
{
	const char *equals = find_equals(line);
	struct span oid, value;

	if (equals == NULL) {
		if (walk->objects == 0)
			dump_fail(dump, dump_line_number(dump),
			    "no OID = VALUE stands here; this is not %s",
			    dump->source->what);
		if (walk->open >= 0) {
			buffer_add_byte(&walk->value[walk->open], ' ');
			buffer_add_span(
			    &walk->value[walk->open], span_trim(line));
		}
		return;
	}
	walk->objects++;
	walk->open = -1;
	oid = short_oid((struct span){line.p, (size_t)(equals - line.p)});
	value = bare_value(
	    span_skip(line, oid.n > 0 ? (size_t)(equals - line.p) + 3 : 0));
	note_sign(walk, oid, value);
	for (size_t i = 0; i < OBJECTS; i++)
		if (is_object(oid, i)) {
			walk->open = (int)i;
			buffer_reset(&walk->value[i]);
			buffer_add_span(&walk->value[i], value);
		}
}

/* Without the quotes that snmpwalk puts around a text that it does not name. */
static struct span
value_of(const struct walk *walk, enum object object)
{
	struct span value = span_trim(buffer_span(&walk->value[object]));

	if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
		value = (struct span){value.p + 1, value.n - 2};
	return span_trim(value);
}

static bool
find_text(struct span text, const char *wanted, struct span *behind)
{
	const char *at;

	if (text.n == 0)
		return false;
	at = memmem(text.p, text.n, wanted, strlen(wanted));
	if (at == NULL)
		return false;
	*behind = span_skip(text, (size_t)(at - text.p) + strlen(wanted));
	return true;
}

static void
take_system(struct dump *dump, struct span description)
{
	struct span behind, version;
	size_t n = 0;

	for (size_t i = 0; i < sizeof(known_systems) / sizeof(known_systems[0]);
	     i++) {
		if (!find_text(description, known_systems[i].sign, &behind))
			continue;
		host_set(&dump->host, HOST_OS, span_of(known_systems[i].os));
		if (!find_text(description, known_systems[i].version, &version))
			return;
		while (n < version.n && strchr(" ,;\t", version.p[n]) == NULL)
			n++;
		host_set(
		    &dump->host, HOST_RELEASE, (struct span){version.p, n});
		return;
	}
}

/*
 * The kind of device: a printer where its MIBs are there or it says so; else by
 * sysServices, the sum of 2^(L-1) for each layer L at which it works: a switch
 * at layer 2, a router at layer 3 alone, a host at 7 alone.
 */
static const char *
class_of(const struct walk *walk, struct span description)
{
	struct span behind;
	uint64_t services = 0;

	if (walk->class != NULL)
		return walk->class;
	if (find_text(description, "JETDIRECT", &behind) ||
	    find_text(description, "Printer", &behind) ||
	    find_text(description, "printer", &behind))
		return "printer";
	if (!span_number(value_of(walk, SERVICES), &services))
		return NULL;
	if ((services & 2) != 0)
		return "switch";
	return (services & 4) != 0 && (services & 64) == 0 ? "router" : NULL;
}

static void
describe(struct dump *dump, const struct walk *walk)
{
	struct span description = value_of(walk, DESCRIPTION);
	const char *class = class_of(walk, description);

	if (description.n == 0)
		dump_fail(dump, 0,
		    "no sysDescr (1.3.6.1.2.1.1.1.0) in it; walk the system "
		    "group");
	host_set(&dump->host, HOST_HOST, value_of(walk, NAME));
	host_set(&dump->host, HOST_SITE, value_of(walk, LOCATION));
	host_set(&dump->host, HOST_CONTACT, value_of(walk, CONTACT));
	if (class != NULL)
		host_set(&dump->host, HOST_CLASS, span_of(class));
	else
		dump_unseen(dump, "class: nothing says what kind of device "
				  "this is");
	take_system(dump, description);
	dump_fact(dump, "snmp_description", description);
	dump_fact(dump, "snmp_object_id", value_of(walk, OBJECT_ID));
}

static struct walk current; /* one file at a time */

static void
read_walk(struct dump *dump)
{
	struct span line;

	current = (struct walk){.open = -1};
	while (dump_line(dump, &line))
		take_line(dump, &current, line);
	describe(dump, &current);
}

static void
release(void)
{
	for (size_t i = 0; i < OBJECTS; i++)
		buffer_release(&current.value[i]);
	current = (struct walk){.open = -1};
}

const struct dump_source snmpwalk_source = {
    .program = &program,
    .name = "snmpwalk",
    .names_host = true,
    .may_be_empty = true,
    .what = "the output of snmpwalk",
    .read = read_walk,
    .release = release,
};

enum pm_exit
collect_snmpwalk(int argc, char **argv)
{
	return dump_collect(&snmpwalk_source, argc, argv);
}
