/*
 * The data of Debian's security tracker in JSON (data/json).  Its
 * specification is the exporter: security-tracker, bin/tracker_data.py:
 *
 *	{ SOURCE: { CVE: { "releases": { CODENAME: {
 *		"status": "resolved" | "open" | "undetermined",
 *		"fixed_version": VERSION,	0: never affected
 *		"urgency": ...,
 *		"nodsa": TEXT, "nodsa_reason": "" | "ignored" | "postponed"
 *	} } } } }
 */
#include "debian_notes.h"
#include "feed_json.h"
#include "releases.h"

static const struct option_row options[] = {FEED_OPTION_NAME, FEED_OPTION_END};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "debian-tracker [options] [FILE ...]",
    .summary = "the data of Debian's security tracker, JSON",
    .examples = "pm-collect debian-tracker tracker.json.xz >debian.tsv\n"
		"curl -s URL | pm-collect debian-tracker | "
		"pm-match - hosts.tsv",
    .options = options,
};

static struct feed_json json;
static struct releases releases;

/* Which state is meant; DEBIAN_MALFORMED when the words are not known. */
static enum debian_state
state_of(const struct json_value *item)
{
	struct span status = feed_json_string(item, "status");
	const struct json_value *nodsa = json_member(item, "nodsa");

	if (span_is(status, "resolved"))
		return span_is(feed_json_string(item, "fixed_version"), "0")
			   ? DEBIAN_NOT_AFFECTED
			   : DEBIAN_FIXED;
	if (span_is(status, "undetermined"))
		return DEBIAN_UNDETERMINED;
	if (!span_is(status, "open"))
		return DEBIAN_MALFORMED;
	if (span_is(feed_json_string(item, "urgency"), "end-of-life"))
		return DEBIAN_EOL;
	if (span_is(feed_json_string(item, "nodsa_reason"), "postponed"))
		return DEBIAN_DEFERRED;
	return nodsa != NULL ? DEBIAN_WONT_FIX : DEBIAN_UNFIXED;
}

/* "low**" is the tracker's own guess. */
static struct span
severity_of(struct span urgency)
{
	while (span_ends(urgency, SPAN("*")))
		urgency.n--;
	return span_is(urgency, "not yet assigned") ||
		       span_is(urgency, "end-of-life")
		   ? SPAN("")
		   : urgency;
}

static const char *
take_release(
    struct feed *feed, const struct json_value *item, struct span *values)
{
	static const struct span debian = {"debian", 6};
	const struct release_row *row = releases_find(
	    &releases, debian, item->key);
	enum debian_state state = state_of(item);

	if (row == NULL && !span_is(item->key, "sid"))
		return "a release that the table of releases does not have";
	if (state == DEBIAN_MALFORMED)
		return "a status that is none of resolved, open, undetermined";
	values[ADV_OS] = debian;
	values[ADV_RELEASE] = row != NULL ? row->release : item->key;
	values[ADV_STATE] = debian_state_text(state);
	values[ADV_FIXED] = state == DEBIAN_FIXED
				? feed_json_string(item, "fixed_version")
				: SPAN("");
	if (state == DEBIAN_FIXED && !feed_is_word(values[ADV_FIXED]))
		return "resolved without a version";
	values[ADV_SEVERITY] = severity_of(feed_json_string(item, "urgency"));
	feed_advisory(feed, values);
	return NULL;
}

static void
take_entry(struct feed_json *self, const struct json_value *value)
{
	const struct json_value *item = feed_json_items(value, "releases");
	struct span values[ADV_COLUMNS] = {{0}};
	struct span name = feed_json_key(self, 1);
	const char *reason;

	values[ADV_ADV] = name;
	values[ADV_BY] = SPAN("source");
	values[ADV_PACKAGE] = feed_json_key(self, 0);
	values[ADV_KIND] = SPAN("security");
	if (!feed_is_word(name) || !feed_is_word(values[ADV_PACKAGE])) {
		feed_unused(self->feed, "no name of a package or vulnerability",
		    0, name);
		return;
	}
	if (item == NULL) {
		feed_unused(self->feed, "speaks of no release", 0, name);
		return;
	}
	if (feed_is_cve(name))
		values[ADV_CVES] = name;
	for (; item != NULL; item = item->next) {
		reason = take_release(self->feed, item, values);
		if (reason != NULL)
			feed_unused(self->feed, reason, 0, name);
	}
}

static const struct feed_json_part parts[] = {
    {"*/*", take_entry},
    {NULL, NULL},
};
static const char *const ignore[] = {
    "description", "scope", "debianbug", "repositories", NULL};
static const struct feed_json_form form = {.parts = parts, .ignore = ignore};

static void
read_tracker(struct feed *feed)
{
	if (releases.count == 0)
		releases_load(&releases);
	feed->origin = SPAN("Debian");
	feed_json_read(&json, feed, &form);
}

static void
release(void)
{
	feed_json_release(&json);
	releases_free(&releases);
}

const struct feed_source feed_debian_tracker = {
    .program = &program,
    .name = "debian-tracker",
    .kind = "advisories",
    .read = read_tracker,
    .release = release,
};
