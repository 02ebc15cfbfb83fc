/*
 * What Ubuntu publishes in JSON forms of its own; which one it is shows in the
 * file itself.
 *
 *	{ "4011-1": { "releases": ... } }	USN database (database.json)
 *	{ "notices": [...] }			the API's notices
 *	{ "cves": [...] }			the API's CVEs
 *	{ "statements": [...] }			OpenVEX 0.2.0, one file a CVE or USN
 *
 * Ubuntu's OSV is for pm-collect osv.  Only source packages are taken: the
 * binaries that stand beside them are built from these.
 */
#include "feed_json.h"
#include "feed_threat.h"
#include "purl.h"
#include "releases.h"
#include "timestamp.h"

static const struct option_row options[] = {FEED_OPTION_NAME, FEED_OPTION_END};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "ubuntu [options] [FILE ...]",
    .summary = "Ubuntu's notices, CVEs and VEX statements, JSON",
    .examples = "pm-collect ubuntu database.json.bz2 >ubuntu.tsv\n"
		"cat vex/cve/2026/*.json | pm-collect ubuntu | "
		"pm-match - hosts.tsv",
    .options = options,
};

static struct feed_json json;
static struct releases releases;
static struct list cves;
static struct buffer cve_text, name;

static const char no_package[] = "no name or version of a package";
static const char no_release[] =
    "a release that the table of releases does not have";
static const char special[] = "for a special build (FIPS, realtime and such)";

/* "jammy", "esm-infra/xenial"; NULL where it is not known. */
static const struct release_row *
find_release(struct span codename)
{
	const char *slash = span_find(codename, '/');

	if (slash != NULL)
		codename = span_skip(
		    codename, (size_t)(slash + 1 - codename.p));
	return releases_find(&releases, SPAN("ubuntu"), codename);
}

/* Is what lies in this pocket meant for every machine? */
static bool
is_common(struct span pocket)
{
	return !span_starts(pocket, SPAN("fips")) &&
	       !span_starts(pocket, SPAN("realtime")) &&
	       !span_starts(pocket, SPAN("ros-")) &&
	       !span_starts(pocket, SPAN("bluefield"));
}

static void
add_cve(struct span text)
{
	if (feed_is_cve(text))
		list_add(&cves, text);
}

static struct span
join_cves(void)
{
	return list_text(&cves, &cve_text);
}

/* Write the record of one source package in one release. */
static void
write_package(struct feed *feed, struct span codename, struct span package,
    struct span version, struct span *values)
{
	const struct release_row *row = find_release(codename);
	bool fixed = span_is(values[ADV_STATE], "fixed");

	if (row == NULL || !feed_is_word(package) ||
	    (fixed && !feed_is_word(version))) {
		feed_unused(feed, row == NULL ? no_release : no_package, 0,
		    values[ADV_ADV]);
		return;
	}
	values[ADV_OS] = row->os;
	values[ADV_RELEASE] = row->release;
	values[ADV_BY] = SPAN("source");
	values[ADV_PACKAGE] = package;
	values[ADV_FIXED] = fixed ? version : SPAN("");
	values[ADV_KIND] = SPAN("security");
	feed_advisory(feed, values);
}

/* ---- the USN database */

static void
take_usn(struct feed_json *self, const struct json_value *value)
{
	const struct json_value *release, *source, *item;
	struct span values[ADV_COLUMNS] = {{0}};
	struct span id = feed_json_key(self, 0), seconds;
	char stamp[TIMESTAMP_SIZE];
	uint64_t when;

	release = feed_json_items(value, "releases");
	if (value->type != JSON_OBJECT || id.n == 0 || id.p[0] < '0' ||
	    id.p[0] > '9')
		return; /* what stands beside the entries of other forms */
	buffer_reset(&name);
	buffer_printf(&name, "USN-%.*s", SPAN_ARG(id));
	values[ADV_ADV] = buffer_span(&name);
	if (release == NULL)
		feed_unused(
		    self->feed, "speaks of no release", 0, values[ADV_ADV]);
	list_reset(&cves);
	for (item = feed_json_items(value, "cves"); item != NULL;
	     item = item->next)
		add_cve(feed_json_text(item));
	values[ADV_CVES] = join_cves();
	values[ADV_STATE] = SPAN("fixed");
	values[ADV_TITLE] = feed_json_string(value, "title");
	seconds = feed_json_string(value, "timestamp");
	seconds = span_cut(&seconds, '.');
	if (span_number(seconds, &when) && when < INT64_C(253402300800))
		values[ADV_PUBLISHED] = timestamp_format((int64_t)when, stamp);
	feed_json_date(self->feed, values[ADV_PUBLISHED]);
	for (; release != NULL; release = release->next)
		for (source = feed_json_items(release, "sources");
		     source != NULL; source = source->next)
			write_package(self->feed, release->key, source->key,
			    feed_json_string(source, "version"), values);
}

/* ---- notices of the API */

static void
take_notice(struct feed_json *self, const struct json_value *value)
{
	const struct json_value *release, *package, *item;
	struct span values[ADV_COLUMNS] = {{0}};
	char stamp[TIMESTAMP_SIZE];
	bool any = false;

	values[ADV_ADV] = feed_json_string(value, "id");
	if (span_is(feed_json_string(value, "type"), "LSN")) {
		feed_unused(self->feed, "a live patch", 0, values[ADV_ADV]);
		return;
	}
	list_reset(&cves);
	for (item = feed_json_items(value, "cves_ids"); item != NULL;
	     item = item->next)
		add_cve(feed_json_text(item));
	values[ADV_CVES] = join_cves();
	values[ADV_STATE] = SPAN("fixed");
	values[ADV_TITLE] = feed_json_string(value, "title");
	values[ADV_PUBLISHED] = feed_json_stamp(
	    feed_json_string(value, "published"), stamp);
	feed_json_date(self->feed, values[ADV_PUBLISHED]);
	for (release = feed_json_items(value, "release_packages");
	     release != NULL; release = release->next)
		for (package = release->first; package != NULL;
		     package = package->next) {
			const struct json_value *is_source = json_member(
			    package, "is_source");

			if (is_source == NULL || is_source->type != JSON_TRUE)
				continue;
			any = true;
			if (!is_common(feed_json_string(package, "pocket")))
				feed_unused(
				    self->feed, special, 0, values[ADV_ADV]);
			else
				write_package(self->feed, release->key,
				    feed_json_string(package, "name"),
				    feed_json_string(package, "version"),
				    values);
		}
	if (!any)
		feed_unused(self->feed, "names no source package", 0,
		    values[ADV_ADV].n > 0 ? values[ADV_ADV] : SPAN("-"));
}

/* ---- CVEs of the API */

/* The word of the column state; empty where there is nothing to say. */
static struct span
state_of(struct span status, struct span description)
{
	static const struct {
		const char *status;
		const char *state;
	} states[] = {
	    {"released", "fixed"},
	    {"needed", "affected"},
	    {"needs-triage", "affected"},
	    {"in-triage", "affected"},
	    {"active", "affected"},
	    {"pending", "affected"},
	    {"not-affected", "not_affected"},
	    {"ignored", "wont_fix"},
	    {"deferred", "deferred"},
	};

	if (span_is(status, "ignored") &&
	    (span_starts(description, SPAN("end of ")) ||
		span_starts(description, SPAN("reached end-of-life"))))
		return SPAN("eol");
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (span_is(status, states[i].status))
			return span_of(states[i].state);
	return SPAN("");
}

static void
take_status(struct feed *feed, struct span package,
    const struct json_value *item, struct span *values)
{
	struct span release = feed_json_string(item, "release_codename");
	struct span status = feed_json_string(item, "status");
	struct span description = feed_json_string(item, "description");
	const char *reason = NULL;

	if (span_is(release, "upstream"))
		return; /* no release, but where the package comes from */
	values[ADV_STATE] = state_of(status, description);
	if (span_is(status, "DNE"))
		reason = "the release does not have the package";
	else if (values[ADV_STATE].n == 0)
		reason = "a status that is not known";
	else if (!is_common(feed_json_string(item, "pocket")))
		reason = special;
	if (reason != NULL)
		feed_unused(feed, reason, 0, values[ADV_ADV]);
	else
		write_package(feed, release, package, description, values);
}

static void
take_score(struct feed *feed, const struct json_value *value, struct span cve)
{
	struct span values[CVE_COLUMNS] = {{0}}, vector;
	struct feed_cvss best = {0};

	vector = feed_json_string(
	    json_member(
		json_member(json_member(value, "impact"), "baseMetricV3"),
		"cvssV3"),
	    "vectorString");
	if (vector.n == 0)
		return;
	values[CVE_CVE] = cve;
	feed_cvss_add(&best, feed, vector, cve);
	feed_cvss_set(&best, values);
	if (best.known)
		feed_vulnerability(feed, values);
}

static void
take_cve(struct feed_json *self, const struct json_value *value)
{
	const struct json_value *package, *status;
	struct span values[ADV_COLUMNS] = {{0}};
	char stamp[TIMESTAMP_SIZE];

	values[ADV_ADV] = feed_json_string(value, "id");
	if (!feed_is_cve(values[ADV_ADV])) {
		feed_unused(self->feed, "no CVE identifier", 0,
		    values[ADV_ADV].n > 0 ? values[ADV_ADV] : SPAN("-"));
		return;
	}
	values[ADV_CVES] = values[ADV_ADV];
	values[ADV_SEVERITY] = feed_json_string(value, "priority");
	values[ADV_PUBLISHED] = feed_json_stamp(
	    feed_json_string(value, "published"), stamp);
	feed_json_date(self->feed, feed_json_string(value, "updated_at"));
	for (package = feed_json_items(value, "packages"); package != NULL;
	     package = package->next)
		for (status = feed_json_items(package, "statuses");
		     status != NULL; status = status->next)
			take_status(self->feed,
			    feed_json_string(package, "name"), status, values);
	take_score(self->feed, value, values[ADV_ADV]);
}

/* ---- OpenVEX */

/* pkg:deb/ubuntu/curl@7.81.0-1ubuntu1.20?arch=source&distro=jammy */
static void
take_product(struct feed *feed, struct span purl, struct span *values)
{
	static const struct span start = {"pkg:deb/ubuntu/", 15};
	struct span rest = span_skip(purl, start.n);
	struct span distro = purl_text_qualifier(purl, "distro"), package,
		    version;

	if (!span_starts(purl, start)) {
		feed_unused(
		    feed, "a product that is no package of Ubuntu", 0, purl);
		return;
	}
	if (!span_is(purl_text_qualifier(purl, "arch"), "source"))
		return; /* binaries of the source that stands beside them */
	if (!is_common(distro)) {
		feed_unused(feed, special, 0, purl);
		return;
	}
	rest = span_cut(&rest, '?');
	package = span_cut(&rest, '@');
	version = rest.p == NULL ? SPAN("") : rest;
	write_package(feed, distro, package, version, values);
}

static struct span
vex_state(struct span status)
{
	if (span_is(status, "under_investigation"))
		return SPAN("affected");
	return span_is(status, "fixed") || span_is(status, "affected") ||
		       span_is(status, "not_affected")
		   ? status
		   : SPAN("");
}

static void
take_statement(struct feed_json *self, const struct json_value *value)
{
	const struct json_value *about = json_member(value, "vulnerability"),
				*item;
	struct span values[ADV_COLUMNS] = {{0}};
	char stamp[TIMESTAMP_SIZE];

	values[ADV_ADV] = feed_json_string(about, "name");
	values[ADV_STATE] = vex_state(feed_json_string(value, "status"));
	if (values[ADV_ADV].n == 0 || values[ADV_STATE].n == 0) {
		feed_unused(self->feed, "no statement with a name and status",
		    0, values[ADV_ADV].n > 0 ? values[ADV_ADV] : SPAN("-"));
		return;
	}
	list_reset(&cves);
	add_cve(values[ADV_ADV]);
	for (item = feed_json_items(about, "aliases"); item != NULL;
	     item = item->next)
		add_cve(feed_json_text(item));
	values[ADV_CVES] = join_cves();
	values[ADV_PUBLISHED] = feed_json_stamp(
	    feed_json_string(value, "timestamp"), stamp);
	feed_json_date(self->feed, values[ADV_PUBLISHED]);
	for (item = feed_json_items(value, "products"); item != NULL;
	     item = item->next)
		take_product(self->feed, feed_json_string(item, "@id"), values);
}

static const struct feed_json_part parts[] = {
    {"notices/*", take_notice},
    {"cves/*", take_cve},
    {"statements/*", take_statement},
    {"*", take_usn},
    {NULL, NULL},
};
static const char *const ignore[] = {"archs", "allbinaries", "binaries",
    "notes", "references", "patches", "subcomponents", "notices",
    "ubuntu_description", "instructions", NULL};
static const struct feed_json_form form = {
    .parts = parts, .ignore = ignore, .several = true};

static void
read_ubuntu(struct feed *feed)
{
	if (releases.count == 0)
		releases_load(&releases);
	feed->origin = SPAN("Ubuntu");
	feed_json_read(&json, feed, &form);
}

static void
release(void)
{
	feed_json_release(&json);
	releases_free(&releases);
	list_release(&cves);
	buffer_release(&cve_text);
	buffer_release(&name);
}

const struct feed_source feed_ubuntu = {
    .program = &program,
    .name = "ubuntu",
    .kind = "advisories",
    .read = read_ubuntu,
    .release = release,
};
