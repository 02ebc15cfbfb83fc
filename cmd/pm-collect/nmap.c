/*
 * pm-collect nmap FILE: what nmap -oX wrote; nmap's DTD, nmap.dtd.  What nmap
 * guesses (the system, the kind of device) becomes facts, not columns.
 */
#include <expat.h>

#include "discovery.h"
#include "source.h"
#include "timestamp.h"

enum {
	DEPTH_MAX = 64,
	BLOCK = 64 * 1024,
	VALUE_MAX = 4096,
	TOKEN_MAX = 1024 * 1024 /* a tag or comment that is not whole yet */
};

static const struct option_row options[] = {
    DISCOVERY_OPTION_INVENTORY,
    {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "nmap [options] FILE ...",
    .summary = "read what nmap -oX wrote; - is standard input",
    .examples = "nmap -sn -oX - 192.0.2.0/24 | pm-collect nmap "
		"--inventory inventory.tsv -\n"
		"pm-collect nmap scan.xml | grep '^svc'",
    .options = options,
};

struct scan {
	struct discovery *discovery;
	const char *file;
	XML_Parser parser;
	unsigned depth;
	struct noticed host;
	struct buffer name; /* of the host */
	bool named_by_user; /* whose name wins over that of the DNS */
	bool up, finished;
	struct buffer service; /* PROTO, port and state of a port */
	struct buffer port;    /* "tcp/22" */
	uint64_t guess;	       /* accuracy of the best one */
	uint64_t class_guess;
	struct buffer os, class;
	const char *reason; /* NULL, or why reading stops */
	uint64_t reason_line;
};

static struct scan scan_state; /* one document at a time */

static _Noreturn void
fail(const struct scan *scan, uint64_t line, const char *reason)
{
	die(PM_EXIT_DATA, "%s:%llu: %s", scan->file, (unsigned long long)line,
	    reason);
}

/* Stop: expat must be left before the program ends or its parser is freed. */
static void
stop(struct scan *scan, const char *reason)
{
	if (scan->reason != NULL)
		return;
	scan->reason = reason;
	scan->reason_line = XML_GetCurrentLineNumber(scan->parser);
	XML_StopParser(scan->parser, XML_FALSE);
}

/* An attribute's value, empty when it is not there. */
static struct span
attribute(const char **attributes, const char *name)
{
	for (; *attributes != NULL; attributes += 2)
		if (strcmp(attributes[0], name) == 0) {
			struct span value = span_of(attributes[1]);

			if (value.n > VALUE_MAX)
				value.n = VALUE_MAX;
			return value;
		}
	return SPAN("");
}

static void
add_fact(struct scan *scan, const char *key, struct span value)
{
	struct buffer text = {0};

	buffer_printf(&text, "%s\t", key);
	buffer_add_span(&text, value);
	list_add(&scan->host.facts, buffer_span(&text));
	buffer_release(&text);
}

/* ---- elements */

static void
start_root(struct scan *scan, const char **attributes)
{
	if (!span_is(attribute(attributes, "scanner"), "nmap"))
		stop(scan, "the document is not what nmap wrote");
}

static void
start_host(struct scan *scan, const char **attributes)
{
	static const uint64_t year_9999 = UINT64_C(253402300799);
	uint64_t seconds;

	noticed_release(&scan->host);
	buffer_reset(&scan->name);
	buffer_reset(&scan->os);
	buffer_reset(&scan->class);
	scan->named_by_user = false;
	scan->up = false;
	scan->guess = 0;
	scan->class_guess = 0;
	if (!span_number(attribute(attributes, "endtime"), &seconds) &&
	    !span_number(attribute(attributes, "starttime"), &seconds))
		return;
	if (seconds > year_9999)
		stop(scan, "the host's time is none");
	else
		scan->host.seen = (int64_t)seconds;
}

static void
start_status(struct scan *scan, const char **attributes)
{
	scan->up = span_is(attribute(attributes, "state"), "up");
}

static void
start_address(struct scan *scan, const char **attributes)
{
	struct span address = attribute(attributes, "addr");
	struct span vendor = attribute(attributes, "vendor");
	bool good;

	if (span_is(attribute(attributes, "addrtype"), "mac"))
		good = discovery_mac(&scan->host.macs, address);
	else
		good = discovery_address(&scan->host.addresses, address);
	if (!good)
		stop(scan, "the address is none");
	else if (vendor.n > 0)
		add_fact(scan, "mac_vendor", vendor);
}

static void
start_hostname(struct scan *scan, const char **attributes)
{
	bool user = span_is(attribute(attributes, "type"), "user");

	if (scan->name.n > 0 && (scan->named_by_user || !user))
		return;
	buffer_reset(&scan->name);
	buffer_add_span(&scan->name, attribute(attributes, "name"));
	scan->named_by_user = user;
}

static void
start_port(struct scan *scan, const char **attributes)
{
	struct span proto = attribute(attributes, "protocol");
	struct span port = attribute(attributes, "portid");

	buffer_reset(&scan->port);
	buffer_printf(
	    &scan->port, "%.*s/%.*s", SPAN_ARG(proto), SPAN_ARG(port));
	buffer_reset(&scan->service);
	buffer_printf(&scan->service, "%.*s\t%.*s\t%.*s\t", SPAN_ARG(proto),
	    scan->host.addresses.count == 0
		? 1
		: (int)scan->host.addresses.item[0].n,
	    scan->host.addresses.count == 0 ? "-"
					    : scan->host.addresses.item[0].p,
	    SPAN_ARG(port));
}

static void
start_state(struct scan *scan, const char **attributes)
{
	struct span state = attribute(attributes, "state");

	if (!span_starts(state, SPAN("open"))) {
		buffer_reset(&scan->port); /* its service is no news */
		return;
	}
	buffer_add_span(&scan->service, state);
	list_add(&scan->host.services, buffer_span(&scan->service));
}

/* What answered: "tcp/22 ssh OpenSSH 5.3 (protocol 2.0)" */
static void
start_service(struct scan *scan, const char **attributes)
{
	static const char *const parts[] = {"name", "product", "version"};
	struct span extra = attribute(attributes, "extrainfo");
	struct buffer text = {0};

	if (scan->port.n == 0 || attribute(attributes, "product").n == 0)
		return;
	buffer_add_span(&text, buffer_span(&scan->port));
	for (size_t i = 0; i < 3; i++) {
		struct span part = attribute(attributes, parts[i]);

		if (part.n > 0)
			buffer_printf(&text, " %.*s", SPAN_ARG(part));
	}
	if (extra.n > 0)
		buffer_printf(&text, " (%.*s)", SPAN_ARG(extra));
	add_fact(scan, "service", buffer_span(&text));
	buffer_release(&text);
}

/* Keep the guess that nmap is surest of, the first among equals. */
static void
keep_guess(struct buffer *best, uint64_t *accuracy, const char **attributes,
    const char *name)
{
	uint64_t percent;

	if (!span_number(attribute(attributes, "accuracy"), &percent) ||
	    percent <= *accuracy)
		return;
	*accuracy = percent;
	buffer_reset(best);
	buffer_printf(best, "%.*s (%llu %%)",
	    SPAN_ARG(attribute(attributes, name)), (unsigned long long)percent);
}

static void
start_match(struct scan *scan, const char **attributes)
{
	keep_guess(&scan->os, &scan->guess, attributes, "name");
}

static void
start_class(struct scan *scan, const char **attributes)
{
	keep_guess(&scan->class, &scan->class_guess, attributes, "type");
}

static void
start_finished(struct scan *scan, const char **attributes)
{
	if (span_is(attribute(attributes, "exit"), "error"))
		stop(scan, "nmap ended with an error: the scan is not whole");
	scan->finished = true;
}

static const struct element {
	const char *name;
	void (*start)(struct scan *scan, const char **attributes);
} elements[] = {
    {"nmaprun", start_root},
    {"host", start_host},
    {"status", start_status},
    {"address", start_address},
    {"hostname", start_hostname},
    {"port", start_port},
    {"state", start_state},
    {"service", start_service},
    {"osmatch", start_match},
    {"osclass", start_class},
    {"finished", start_finished},
};

static void
end_host(struct scan *scan)
{
	if (!scan->up) {
		noticed_release(&scan->host);
		discovery_silent(scan->discovery);
		return;
	}
	if (scan->host.addresses.count == 0) {
		stop(scan, "a host without an address");
		return;
	}
	scan->host.name = buffer_span(&scan->name);
	if (scan->os.n > 0)
		add_fact(scan, "os_guess", buffer_span(&scan->os));
	if (scan->class.n > 0)
		add_fact(scan, "class_guess", buffer_span(&scan->class));
	discovery_notice(scan->discovery, &scan->host);
}

/* ---- the document */

static void
on_start(void *context, const char *name, const char **attributes)
{
	struct scan *scan = context;

	if (scan->depth == 0 && strcmp(name, "nmaprun") != 0)
		stop(scan, "the document is not what nmap wrote");
	if (++scan->depth > DEPTH_MAX)
		stop(scan, "nested too deeply");
	if (scan->reason != NULL)
		return;
	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++)
		if (strcmp(name, elements[i].name) == 0)
			elements[i].start(scan, attributes);
}

static void
on_end(void *context, const char *name)
{
	struct scan *scan = context;

	scan->depth--;
	if (scan->reason == NULL && strcmp(name, "host") == 0)
		end_host(scan);
}

static void
on_entity(void *context, const char *name, int parameter, const char *value,
    int length, const char *base, const char *system_id, const char *public_id,
    const char *notation)
{
	(void)name, (void)parameter, (void)value, (void)length, (void)base;
	(void)system_id, (void)public_id, (void)notation;
	stop(context, "the document declares entities of its own");
}

static uint64_t
line(const struct scan *scan)
{
	return XML_GetCurrentLineNumber(scan->parser);
}

static void
parse(struct scan *scan, struct bytes *bytes)
{
	uint64_t handed = 0;
	XML_Index at, moved = 0;
	ssize_t n;

	do {
		void *room = XML_GetBuffer(scan->parser, BLOCK);

		if (room == NULL)
			die(PM_EXIT_SYSTEM, "out of memory for XML");
		n = bytes->read(bytes, room, BLOCK);
		if (n == -1)
			die_errno(PM_EXIT_IO, "%s", bytes->file);
		if (XML_ParseBuffer(scan->parser, (int)n, n == 0) !=
		    XML_STATUS_OK) {
			if (scan->reason != NULL)
				fail(scan, scan->reason_line, scan->reason);
			fail(scan, line(scan),
			    XML_ErrorString(XML_GetErrorCode(scan->parser)));
		}
		handed += (uint64_t)n;
		at = XML_GetCurrentByteIndex(scan->parser);
		if (at > moved)
			moved = at;
		if (handed - (uint64_t)moved > TOKEN_MAX)
			fail(scan, line(scan),
			    "a tag or comment of more than a megabyte");
	} while (n > 0);
	if (!scan->finished)
		fail(scan, line(scan),
		    "nmap did not finish: the scan is not whole");
}

static void
release(void)
{
	struct scan *scan = &scan_state;

	XML_ParserFree(scan->parser);
	noticed_release(&scan->host);
	buffer_release(&scan->name);
	buffer_release(&scan->service);
	buffer_release(&scan->port);
	buffer_release(&scan->os);
	buffer_release(&scan->class);
	*scan = (struct scan){.depth = 0};
}

static void
read_scan(struct discovery *discovery, struct bytes *bytes)
{
	struct scan *scan = &scan_state;

	*scan = (struct scan){.discovery = discovery,
	    .file = bytes->file,
	    .parser = XML_ParserCreate(NULL)};
	if (scan->parser == NULL)
		die(PM_EXIT_SYSTEM, "out of memory for XML");
	XML_SetUserData(scan->parser, scan);
	XML_SetElementHandler(scan->parser, on_start, on_end);
	XML_SetEntityDeclHandler(scan->parser, on_entity);
	parse(scan, bytes);
	release();
}

const struct discovery_source nmap_source = {
    .program = &program,
    .name = "nmap",
    .what = "the output of nmap -oX",
    .names_prove = true,
    .read = read_scan,
    .release = release,
};

enum pm_exit
collect_nmap(int argc, char **argv)
{
	return discovery_collect(&nmap_source, argc, argv);
}
