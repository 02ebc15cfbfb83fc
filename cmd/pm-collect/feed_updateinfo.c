/*
 * rpm-md's updateinfo.xml, as libsolv, libdnf and createrepo_c read it: one
 * update with references and, in a pkglist, collections of packages, each maybe
 * of one stream of a module.
 */
#include "feed_system.h"
#include "feed_xml.h"
#include "timestamp.h"

static const struct option_row options[] = {FEED_OPTION_NAME, FEED_OPTION_OS,
    FEED_OPTION_RELEASE("its release; else what the packages or the file say"),
    FEED_OPTION_END};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "updateinfo [options] [FILE ...]",
    .summary = "advisories of an rpm repository: updateinfo.xml",
    .examples = "pm-collect updateinfo --os rocky --release 9 "
		"updateinfo.xml.gz\n"
		"curl -s URL | pm-collect updateinfo --os almalinux | "
		"pm-match - hosts.tsv",
    .options = options,
};

enum {
	UPDATES = 1,
	UPDATE,
	ID,
	TITLE,
	SEVERITY,
	RELEASE,
	ISSUED,
	UPDATED,
	REFERENCE,
	COLLECTION,
	NAME,
	MODULE,
	PACKAGE,
	REBOOT
};

static const char *const elements[] = {"updates", "update", "id", "title",
    "severity", "release", "issued", "updated", "reference", "collection",
    "name", "module", "package", "reboot_suggested", NULL};

struct package {
	struct span name, version, arch; /* version is [E:]V-R */
	struct span number;		 /* of the release, by its dist tag */
	struct span module;
	bool reboot;
	uint64_t line;
};

/* The update that is being read. */
static struct {
	struct arena text;
	struct span id, title, severity, release, type, status, url;
	struct span collection, module;
	bool issued, reboot;
	int64_t date;
	struct list cves;
	struct package *packages;
	size_t count, capacity;
	uint64_t line;
	bool source; /* the package that is being read is a source package */
} update;

static struct feed_xml xml;
static struct buffer cves, text;

static struct span
keep(struct span s)
{
	return arena_copy(&update.text, s);
}

static void
forget_update(void)
{
	arena_reset(&update.text);
	list_reset(&update.cves);
	update.id = update.title = update.severity = SPAN("");
	update.release = update.url = update.collection = SPAN("");
	update.module = update.type = update.status = SPAN("");
	update.issued = update.reboot = false;
	update.count = 0;
}

static void
begin_update(struct feed_xml *reader, const char **attributes)
{
	forget_update();
	update.line = feed_xml_line(reader);
	update.type = keep(feed_xml_attribute(attributes, "type"));
	update.status = keep(feed_xml_attribute(attributes, "status"));
}

/* Every CVE-YEAR-NUMBER in a text. */
static void
find_cves(struct span in)
{
	for (; in.n > 4; in = span_skip(in, 1)) {
		struct span name = in;

		if (!span_starts(in, SPAN("CVE-")))
			continue;
		name.n = 4;
		while (name.n < in.n &&
		       ((in.p[name.n] >= '0' && in.p[name.n] <= '9') ||
			   in.p[name.n] == '-'))
			name.n++;
		while (name.n > 4 && name.p[name.n - 1] == '-')
			name.n--;
		if (feed_is_cve(name))
			list_add(&update.cves, name);
	}
}

static void
take_reference(const char **attributes)
{
	find_cves(feed_xml_attribute(attributes, "id"));
	find_cves(feed_xml_attribute(attributes, "title"));
	if (span_is(feed_xml_attribute(attributes, "type"), "self"))
		update.url = keep(feed_xml_attribute(attributes, "href"));
}

static void
take_module(const char **attributes)
{
	struct span name = feed_xml_attribute(attributes, "name");
	struct span stream = feed_xml_attribute(attributes, "stream");

	if (!feed_is_word(name) || !feed_is_word(stream))
		return;
	buffer_reset(&text);
	buffer_printf(&text, "module:%s:%s", name.p, stream.p);
	update.module = keep(buffer_span(&text));
}

static void
take_package(struct feed_xml *reader, const char **attributes)
{
	struct span epoch = feed_xml_attribute(attributes, "epoch");
	struct span version = feed_xml_attribute(attributes, "version");
	struct span release = feed_xml_attribute(attributes, "release");
	struct package package = {
	    .name = feed_xml_attribute(attributes, "name"),
	    .arch = feed_xml_attribute(attributes, "arch"),
	    .module = update.module,
	    .line = feed_xml_line(reader),
	};

	update.source = span_is(package.arch, "src") ||
			span_is(package.arch, "nosrc");
	if (update.source) {
		feed_unused(reader->feed,
		    "a source package, which hosts do not have", package.line,
		    package.name);
		return;
	}
	if (!feed_is_word(package.name) || !feed_is_word(version) ||
	    !feed_is_word(release) ||
	    (package.arch.n > 0 && !feed_is_word(package.arch)) ||
	    (epoch.n > 0 && !feed_is_word(epoch))) {
		feed_unused(reader->feed,
		    "a package without a proper name, version or release",
		    package.line, update.id);
		update.source = true;
		return;
	}
	buffer_reset(&text);
	if (epoch.n > 0 && !span_is(epoch, "0")) {
		buffer_add_span(&text, epoch);
		buffer_add_byte(&text, ':');
	}
	buffer_add_span(&text, version);
	buffer_add_byte(&text, '-');
	buffer_add_span(&text, release);
	package.version = keep(buffer_span(&text));
	package.name = keep(package.name);
	package.arch = keep(package.arch);
	package.number = feed_dist_number(keep(release));
	update.packages = memory_grow(update.packages, &update.capacity,
	    update.count + 1, sizeof(*update.packages));
	update.packages[update.count++] = package;
}

static void
on_start(struct feed_xml *reader, int element, const char **attributes)
{
	switch (element) {
	case UPDATE:
		begin_update(reader, attributes);
		break;
	case ISSUED:
	case UPDATED:
		if (element == ISSUED || !update.issued)
			update.issued = feed_xml_time(
			    feed_xml_attribute(attributes, "date"),
			    &update.date);
		break;
	case REFERENCE:
		take_reference(attributes);
		break;
	case COLLECTION:
		update.module = SPAN("");
		break;
	case MODULE:
		take_module(attributes);
		break;
	case PACKAGE:
		take_package(reader, attributes);
		break;
	default:
		break;
	}
}

static bool
wants_text(int element)
{
	return element == ID || element == TITLE || element == SEVERITY ||
	       element == RELEASE || element == NAME || element == REBOOT;
}

/* ---- writing */

static struct span
option(const char *value)
{
	return value != NULL ? span_of(value) : SPAN("");
}

static struct span
first_of(struct span a, struct span b, struct span c)
{
	if (a.n > 0)
		return a;
	return b.n > 0 ? b : c;
}

/* The words of the file that name a system: the release, the collection. */
static struct feed_system
system_of_update(void)
{
	struct feed_system found = feed_system_in(update.release);

	if (found.os.n == 0)
		found = feed_system_in(update.collection);
	return found;
}

static void
write_package(struct feed_xml *reader, struct span *values,
    const struct feed_system *found, const struct package *package)
{
	struct span release = first_of(
	    option(feed_options.release), package->number, found->release);

	if (release.n == 0) {
		feed_xml_refuse(reader, package->line,
		    "neither the file nor the package says which release it "
		    "is for: name it with --release");
		return;
	}
	values[ADV_RELEASE] = release;
	values[ADV_ARCH] = package->arch;
	values[ADV_PACKAGE] = package->name;
	values[ADV_FIXED] = package->version;
	values[ADV_REQUIRES] = package->module;
	values[ADV_REBOOT] = update.reboot || package->reboot ? SPAN("yes")
							      : SPAN("");
	feed_advisory(reader->feed, values);
}

static const char *
unusable(void)
{
	if (!feed_is_word(update.id))
		return "an update without a proper id";
	if (span_is(update.status, "retracted"))
		return "the update was retracted";
	if (update.count == 0)
		return "an update that lists no package";
	return NULL;
}

static void
write_update(struct feed_xml *reader)
{
	struct feed *feed = reader->feed;
	struct feed_system found = system_of_update();
	struct span values[ADV_COLUMNS] = {{0}};
	const char *reason = unusable();
	char stamp[TIMESTAMP_SIZE];

	if (reason != NULL) {
		feed_unused(feed, reason, update.line, update.id);
		return;
	}
	values[ADV_OS] = first_of(option(feed_options.os), found.os, SPAN(""));
	if (values[ADV_OS].n == 0) {
		feed_xml_refuse(reader, update.line,
		    "'%.*s' does not say which system it is for: name it with "
		    "--os and --release",
		    (int)(update.id.n > 60 ? 60 : update.id.n), update.id.p);
		return;
	}
	if (update.issued && (!feed->dated || update.date > feed->date)) {
		feed->dated = true;
		feed->date = update.date;
	}
	buffer_reset(&cves);
	find_cves(update.title);
	list_join(&update.cves, &cves);
	values[ADV_ADV] = update.id;
	values[ADV_BY] = SPAN("binary");
	values[ADV_STATE] = span_is(update.status, "testing") ? SPAN("manual")
							      : SPAN("fixed");
	values[ADV_SEVERITY] = feed_lower(update.severity);
	if (span_is(values[ADV_SEVERITY], "none"))
		values[ADV_SEVERITY] = SPAN("");
	if (update.issued)
		values[ADV_PUBLISHED] = timestamp_format(update.date, stamp);
	values[ADV_CVES] = buffer_span(&cves);
	values[ADV_TITLE] = update.title;
	values[ADV_URL] = update.url;
	values[ADV_KIND] = span_is(update.type, "security") ? SPAN("security")
							    : SPAN("update");
	for (size_t i = 0; i < update.count && !feed_xml_stopped(reader); i++)
		write_package(reader, values, &found, &update.packages[i]);
}

/* <reboot_suggested>True</reboot_suggested>, 1 or nothing in it. */
static void
take_reboot(const struct feed_xml *reader, struct span value)
{
	if (span_is(value, "False") || span_is(value, "false") ||
	    span_is(value, "0"))
		return;
	if (feed_xml_parent(reader) != PACKAGE)
		update.reboot = true;
	else if (!update.source && update.count > 0)
		update.packages[update.count - 1].reboot = true;
}

static void
on_end(struct feed_xml *reader, int element, struct span value)
{
	int parent = feed_xml_parent(reader);

	if (element == UPDATE)
		write_update(reader);
	else if (element == REBOOT)
		take_reboot(reader, value);
	else if (element == NAME && parent == COLLECTION)
		update.collection = keep(value);
	else if (parent == UPDATE && element == ID)
		update.id = keep(value);
	else if (parent == UPDATE && element == TITLE)
		update.title = keep(value);
	else if (parent == UPDATE && element == SEVERITY)
		update.severity = keep(value);
	else if (parent == UPDATE && element == RELEASE)
		update.release = keep(value);
}

static const struct feed_xml_reader reader = {
    .elements = elements,
    .root = "updates",
    .wants_text = wants_text,
    .start = on_start,
    .end = on_end,
};

static void
read_updateinfo(struct feed *feed)
{
	struct span os = option(feed_options.os);
	struct span release = option(feed_options.release);

	if (os.n > 0 && release.n > 0)
		feed_covers(feed, os, release);
	forget_update();
	feed_xml_read(&xml, feed, &reader);
}

static void
release(void)
{
	feed_xml_release(&xml);
	arena_release(&update.text);
	list_release(&update.cves);
	free(update.packages);
	update.packages = NULL;
	update.capacity = update.count = 0;
	buffer_release(&cves);
	buffer_release(&text);
}

const struct feed_source feed_updateinfo = {
    .program = &program,
    .name = "updateinfo",
    .kind = "advisories",
    .read = read_updateinfo,
    .release = release,
};
