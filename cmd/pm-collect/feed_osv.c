/*
 * Records of the Open Source Vulnerability format, of the systems that publish
 * in it: one, an array of them, or many one behind the other as `unzip -p`
 * prints an archive of them.  OSV schema 1.7, ossf.github.io/osv-schema.
 */
#include "ecosystem.h"
#include "feed_json.h"
#include "feed_threat.h"
#include "timestamp.h"
#include "version.h"

static const struct option_row options[] = {FEED_OPTION_NAME, FEED_OPTION_END};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "osv [options] [FILE ...]",
    .summary = "advisories in the OSV format, of Linux systems",
    .examples = "unzip -p all.zip | pm-collect osv >alma.tsv\n"
		"pm-collect osv ALSA-2026:1234.json | pm-match - hosts.tsv",
    .options = options,
};

static struct feed_json json;
static struct list cves;
static struct buffer cve_text;

/* A run of affected versions: from, and up to before or including. */
struct range {
	struct span introduced, fixed, last;
};

enum { INTRODUCED, LAST_AFFECTED, FIXED, LIMIT, EVENTS };
static const char *const event_names[EVENTS] = {
    "introduced", "last_affected", "fixed", "limit"};

struct event {
	unsigned what;
	struct span version;
};

static struct {
	struct range *range;
	size_t count, capacity;
	struct event *event;
	size_t event_count, event_capacity;
} runs;

/* ---- what a record says as a whole */

/* The CVE in a name such as UBUNTU-CVE-2026-1; empty when there is none. */
static struct span
cve_within(struct span id)
{
	static const struct span starts[] = {
	    {"", 0}, {"UBUNTU-", 7}, {"DEBIAN-", 7}, {"ALPINE-", 7}};

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (span_starts(id, starts[i]) &&
		    feed_is_cve(span_skip(id, starts[i].n)))
			return span_skip(id, starts[i].n);
	return SPAN("");
}

static void
add_cves(const struct json_value *record, const char *name)
{
	for (const struct json_value *item = feed_json_items(record, name);
	     item != NULL; item = item->next) {
		struct span cve = cve_within(feed_json_text(item));

		if (cve.n > 0)
			list_add(&cves, cve);
	}
}

/*
 * The vulnerabilities: its own name, its aliases and what it was made from.  An
 * advisory has them in "related" where it has neither; a record about one
 * vulnerability has other ones there.
 */
static struct span
collect_cves(const struct json_value *record, struct span id)
{
	struct span own = cve_within(id);

	list_reset(&cves);
	if (own.n > 0)
		list_add(&cves, own);
	add_cves(record, "aliases");
	add_cves(record, "upstream");
	if (cves.count == 0)
		add_cves(record, "related");
	return list_text(&cves, &cve_text);
}

static struct span
kind_of(struct span id, struct span cve_list)
{
	static const char *const updates[] = {
	    "ALBA-", "ALEA-", "RHBA-", "RHEA-", "RLBA-", "RLEA-"};

	for (size_t i = 0;
	     cve_list.n == 0 && i < sizeof(updates) / sizeof(updates[0]); i++)
		if (span_starts(id, span_of(updates[i])))
			return SPAN("update");
	return SPAN("security");
}

/* "Important: kernel security update" */
static struct span
severity_of(struct span summary)
{
	static const char *const words[] = {
	    "Critical", "Important", "Moderate", "Low"};
	static const char *const small[] = {
	    "critical", "important", "moderate", "low"};
	struct span rest = summary, word = span_cut(&rest, ':');

	for (unsigned i = 0; i < 4; i++)
		if (rest.p != NULL && span_is(word, words[i]))
			return span_of(small[i]);
	return SPAN("");
}

static struct span
url_of(const struct json_value *record)
{
	const struct json_value *item = feed_json_items(record, "references");

	for (; item != NULL; item = item->next)
		if (span_is(json_text(item, "type"), "ADVISORY"))
			return feed_json_string(item, "url");
	return SPAN("");
}

/* ---- which versions */

static void
add_range(struct range range)
{
	if (span_is(range.introduced, "0"))
		range.introduced = SPAN("");
	runs.range = memory_grow(
	    runs.range, &runs.capacity, runs.count + 1, sizeof(*runs.range));
	runs.range[runs.count++] = range;
}

static bool
before(enum version_scheme scheme, const struct event *a, const struct event *b)
{
	enum version_order order;

	if (a->what == INTRODUCED && span_is(a->version, "0"))
		return b->what != INTRODUCED || !span_is(b->version, "0");
	if (b->what == INTRODUCED && span_is(b->version, "0"))
		return false;
	order = version_compare(scheme, a->version, b->version);
	return order == VERSION_LESS ||
	       (order == VERSION_EQUAL && a->what > b->what);
}

/* Events come in any order; they mean what they say in that of versions. */
static void
sort_events(enum version_scheme scheme)
{
	for (size_t i = 1; i < runs.event_count; i++)
		for (size_t j = i; j > 0 && before(scheme, &runs.event[j],
						&runs.event[j - 1]);
		     j--) {
			struct event other = runs.event[j];

			runs.event[j] = runs.event[j - 1];
			runs.event[j - 1] = other;
		}
}

static void
collect_events(const struct json_value *range)
{
	const struct json_value *item = feed_json_items(range, "events"), *at;

	runs.event_count = 0;
	for (; item != NULL; item = item->next)
		for (at = item->first; at != NULL; at = at->next)
			for (unsigned i = 0; i < EVENTS; i++) {
				if (!span_is(at->key, event_names[i]))
					continue;
				runs.event = memory_grow(runs.event,
				    &runs.event_capacity, runs.event_count + 1,
				    sizeof(*runs.event));
				runs.event[runs.event_count++] = (struct event){
				    i, feed_json_text(at)};
			}
}

/* More would be sorted too slowly; no feed has them. */
enum { EVENTS_MAX = 1000 };

static const char *
collect_ranges(const struct json_value *range, enum version_scheme scheme)
{
	struct range run = {0};
	bool open = false;

	if (span_is(json_text(range, "type"), "GIT"))
		return "a range of commits";
	collect_events(range);
	if (runs.event_count > EVENTS_MAX || runs.count > EVENTS_MAX)
		return "more than 1000 events or ranges";
	sort_events(scheme);
	for (size_t i = 0; i < runs.event_count; i++) {
		const struct event *event = &runs.event[i];

		if (event->what == INTRODUCED && !open) {
			run = (struct range){.introduced = event->version};
			open = true;
		} else if (open && event->what == FIXED) {
			run.fixed = event->version;
			add_range(run);
			open = false;
		} else if (open && event->what == LAST_AFFECTED) {
			run.last = event->version;
			add_range(run);
			open = false;
		}
	}
	if (open)
		add_range(run);
	return NULL;
}

static bool
within(
    enum version_scheme scheme, const struct range *range, struct span version)
{
	enum version_order order;

	if (range->introduced.n > 0 &&
	    version_compare(scheme, version, range->introduced) == VERSION_LESS)
		return false;
	if (range->fixed.n > 0)
		return version_compare(scheme, version, range->fixed) ==
		       VERSION_LESS;
	if (range->last.n == 0)
		return true;
	order = version_compare(scheme, version, range->last);
	return order == VERSION_LESS || order == VERSION_EQUAL;
}

/* Single versions that are in none of the ranges. */
static void
collect_versions(const struct json_value *affected, enum version_scheme scheme)
{
	const struct json_value *item = feed_json_items(affected, "versions");
	size_t ranges = runs.count, i;

	for (; item != NULL; item = item->next) {
		struct span version = feed_json_text(item);

		for (i = 0; i < ranges; i++)
			if (within(scheme, &runs.range[i], version))
				break;
		if (i == ranges)
			add_range((struct range){
			    .introduced = version, .last = version});
	}
}

/* ---- one affected package */

/* Empty, or a word. */
static bool
is_version(struct span version)
{
	return version.n == 0 || feed_is_word(version);
}

static void
write_ranges(struct feed *feed, struct span *values)
{
	bool eol = span_is(values[ADV_SEVERITY], "end-of-life");

	if (eol || span_is(values[ADV_SEVERITY], "not yet assigned"))
		values[ADV_SEVERITY] = SPAN("");
	for (size_t i = 0; i < runs.count; i++) {
		const struct range *range = &runs.range[i];

		if (!is_version(range->introduced) ||
		    !is_version(range->fixed) || !is_version(range->last)) {
			feed_unused(
			    feed, "a version that is none", 0, values[ADV_ADV]);
			continue;
		}
		values[ADV_INTRODUCED] = range->introduced;
		values[ADV_FIXED] = range->fixed;
		values[ADV_LAST_AFFECTED] = range->last;
		values[ADV_STATE] = range->fixed.n > 0 ? SPAN("fixed")
				    : eol	       ? SPAN("eol")
						       : SPAN("affected");
		feed_advisory(feed, values);
	}
}

/* What systems say of urgency beside their packages. */
static struct span
urgency_of(const struct json_value *affected, struct span otherwise)
{
	static const char *const names[] = {
	    "urgency", "ubuntu_priority", "severity"};
	const struct json_value *specific = json_member(
	    affected, "ecosystem_specific");
	struct span text;

	for (unsigned i = 0; i < 3; i++) {
		text = feed_json_string(specific, names[i]);
		if (text.n > 0)
			return text;
	}
	return otherwise;
}

static const char *
take_affected(
    struct feed *feed, const struct json_value *affected, struct span *values)
{
	const struct json_value *package = json_member(affected, "package");
	const struct json_value *range;
	struct span severity = values[ADV_SEVERITY];
	struct ecosystem ecosystem;
	enum version_scheme scheme;
	const char *reason;

	reason = ecosystem_parse(
	    feed_json_string(package, "ecosystem"), &ecosystem);
	if (reason != NULL)
		return reason;
	values[ADV_OS] = span_of(ecosystem.os);
	values[ADV_RELEASE] = ecosystem.release;
	values[ADV_BY] = span_of(ecosystem.by);
	values[ADV_PACKAGE] = feed_json_string(package, "name");
	if (!feed_is_word(values[ADV_PACKAGE]) ||
	    !(span_absent(ecosystem.release) ||
		feed_is_word(ecosystem.release)))
		return "no name of a package or release";
	if (span_starts(json_text(json_member(affected, "ecosystem_specific"),
			    "availability"),
		SPAN("Livepatch")))
		return "a live patch";
	scheme = version_scheme_of(values[ADV_OS]);
	runs.count = 0;
	for (range = feed_json_items(affected, "ranges"); range != NULL;
	     range = range->next) {
		reason = collect_ranges(range, scheme);
		if (reason != NULL)
			return reason;
	}
	collect_versions(affected, scheme);
	if (runs.count == 0)
		return "names no version";
	values[ADV_SEVERITY] = urgency_of(affected, severity);
	write_ranges(feed, values);
	values[ADV_SEVERITY] = severity;
	return NULL;
}

/* A score belongs to the record: to a CVE if it is about that one only. */
static void
take_severity(struct feed *feed, const struct json_value *record)
{
	struct span values[CVE_COLUMNS] = {{0}};
	struct feed_cvss best = {0};
	const struct json_value *item = feed_json_items(record, "severity");

	if (cves.count != 1)
		return;
	values[CVE_CVE] = cves.item[0];
	for (; item != NULL; item = item->next)
		if (span_starts(json_text(item, "type"), SPAN("CVSS_")))
			feed_cvss_add(&best, feed,
			    feed_json_string(item, "score"), values[CVE_CVE]);
	feed_cvss_set(&best, values);
	if (best.known)
		feed_vulnerability(feed, values);
}

static void
take_record(struct feed_json *self, const struct json_value *record)
{
	const struct json_value *item = feed_json_items(record, "affected");
	struct span values[ADV_COLUMNS] = {{0}}, id;
	char published[TIMESTAMP_SIZE];
	struct feed *feed = self->feed;
	const char *reason;

	id = values[ADV_ADV] = feed_json_string(record, "id");
	if (id.n == 0) {
		feed_unused(feed, "no record with an id", 0, SPAN("-"));
		return;
	}
	if (feed_json_string(record, "withdrawn").n > 0) {
		feed_unused(feed, "withdrawn", 0, id);
		return;
	}
	if (item == NULL) {
		feed_unused(feed, "names no package", 0, id);
		return;
	}
	values[ADV_CVES] = collect_cves(record, id);
	values[ADV_KIND] = kind_of(id, values[ADV_CVES]);
	values[ADV_TITLE] = feed_json_string(record, "summary");
	values[ADV_SEVERITY] = severity_of(values[ADV_TITLE]);
	values[ADV_URL] = url_of(record);
	values[ADV_PUBLISHED] = feed_json_stamp(
	    feed_json_string(record, "published"), published);
	feed_json_date(feed, feed_json_string(record, "modified"));
	for (; item != NULL; item = item->next) {
		reason = take_affected(feed, item, values);
		if (reason != NULL)
			feed_unused(feed, reason, 0, id);
	}
	take_severity(feed, record);
}

static const struct feed_json_part parts[] = {
    {"", take_record},
    {"*", take_record},
    {NULL, NULL},
};
static const char *const ignore[] = {
    "details", "credits", "purl", "binaries", NULL};
static const struct feed_json_form form = {
    .parts = parts, .ignore = ignore, .several = true};

static void
read_osv(struct feed *feed)
{
	feed->origin = SPAN("OSV");
	feed_json_read(&json, feed, &form);
}

static void
release(void)
{
	feed_json_release(&json);
	list_release(&cves);
	buffer_release(&cve_text);
	free(runs.range);
	free(runs.event);
	memset(&runs, 0, sizeof(runs));
}

const struct feed_source feed_osv = {
    .program = &program,
    .name = "osv",
    .kind = "advisories",
    .read = read_osv,
    .release = release,
};
