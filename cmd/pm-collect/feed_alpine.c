/*
 * Alpine's secdb in JSON or, as it once was, YAML, one file a release and
 * repository, and those of Wolfi and Chainguard, which are alike.  Specification: alpine-secdb, README.
 *
 *	{ "distroversion": "v3.22", "urlprefix": ..., "packages": [ { "pkg": {
 *		"name": ORIGIN, "secfixes": { VERSION: ["CVE-... CVE-..."] } } } ] }
 *
 * Version 0 has those that the package never had.
 */
#include "feed_yaml.h"

static const struct option_row options[] = {FEED_OPTION_NAME, FEED_OPTION_OS,
    FEED_OPTION_RELEASE("its release; else as the file says"), FEED_OPTION_END};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "alpine [options] [FILE ...]",
    .summary = "secdb of Alpine, Wolfi and Chainguard, JSON or YAML",
    .examples = "pm-collect alpine main.json community.json >alpine.tsv\n"
		"curl -s URL | pm-collect alpine | pm-match - hosts.tsv",
    .options = options,
};

static struct feed_json json;
static struct list cves;
static struct buffer cve_text, name;
static struct span os, release_name; /* of the feed's arena; empty: not known */

static void
take_release(struct feed_json *self, const struct json_value *value)
{
	struct span text = feed_json_text(value);

	if (text.n > 1 && text.p[0] == 'v')
		text = span_skip(text, 1);
	if (feed_is_word(text) && feed_options.release == NULL)
		release_name = arena_copy(&self->feed->arena, text);
}

/* Does the text have this part? */
static bool
has(struct span text, struct span part)
{
	for (; text.n >= part.n; text = span_skip(text, 1))
		if (span_starts(text, part))
			return true;
	return false;
}

static void
take_prefix(struct feed_json *self, const struct json_value *value)
{
	struct span text = feed_json_text(value);

	(void)self;
	if (feed_options.os != NULL)
		return;
	os = has(text, SPAN("wolfi.dev")) ? SPAN("wolfi")
	     : has(text, SPAN("cgr.dev")) ? SPAN("chainguard")
					  : SPAN("alpine");
	/* these two roll */
	if (!span_is(os, "alpine") && release_name.n == 0)
		release_name = SPAN("-");
}

static struct span
collect_cves(const struct json_value *fix)
{
	list_reset(&cves);
	for (const struct json_value *item = fix->first; item != NULL;
	     item = item->next) {
		struct span rest = feed_json_text(item);

		while (rest.p != NULL) {
			struct span word = span_cut(&rest, ' ');

			if (feed_is_cve(word))
				list_add(&cves, word);
		}
	}
	return list_text(&cves, &cve_text);
}

static void
take_fix(struct feed *feed, const struct json_value *fix, struct span *values)
{
	struct span version = fix->key;
	bool never = span_is(version, "0");

	if (!feed_is_word(version)) {
		feed_unused(
		    feed, "a version that is none", 0, values[ADV_PACKAGE]);
		return;
	}
	buffer_reset(&name);
	buffer_printf(&name, "%.*s-%.*s", SPAN_ARG(values[ADV_PACKAGE]),
	    SPAN_ARG(version));
	values[ADV_ADV] = buffer_span(&name);
	values[ADV_CVES] = collect_cves(fix);
	values[ADV_STATE] = never ? SPAN("not_affected") : SPAN("fixed");
	values[ADV_FIXED] = never ? SPAN("") : version;
	if (never && values[ADV_CVES].n == 0)
		feed_unused(feed, "names no CVE", 0, values[ADV_PACKAGE]);
	else
		feed_advisory(feed, values);
}

static void
take_package(struct feed_json *self, const struct json_value *value)
{
	const struct json_value *package = json_member(value, "pkg");
	struct span values[ADV_COLUMNS] = {{0}};

	values[ADV_PACKAGE] = feed_json_string(package, "name");
	if (!feed_is_word(values[ADV_PACKAGE])) {
		feed_unused(self->feed, "no name of a package", 0,
		    values[ADV_PACKAGE].n > 0 ? values[ADV_PACKAGE]
					      : SPAN("-"));
		return;
	}
	if (release_name.n == 0)
		feed_json_fail(self, "no distroversion before the packages; "
				     "name it with --release");
	values[ADV_OS] = os;
	values[ADV_RELEASE] = release_name;
	values[ADV_BY] = SPAN("source");
	values[ADV_KIND] = SPAN("security");
	for (const struct json_value *fix =
		 feed_json_items(package, "secfixes");
	     fix != NULL; fix = fix->next)
		take_fix(self->feed, fix, values);
}

static const struct feed_json_part parts[] = {
    {"distroversion", take_release},
    {"urlprefix", take_prefix},
    {"packages/*", take_package},
    {NULL, NULL},
};
static const struct feed_json_form form = {.parts = parts};

static void
read_alpine(struct feed *feed)
{
	os = feed_options.os != NULL ? span_of(feed_options.os)
				     : SPAN("alpine");
	release_name = feed_options.release != NULL
			   ? span_of(feed_options.release)
			   : SPAN("");
	feed->origin = SPAN("secdb");
	if (feed_yaml_likely(feed))
		feed_yaml_read(&json, feed, &form);
	else
		feed_json_read(&json, feed, &form);
}

static void
release(void)
{
	feed_yaml_release();
	feed_json_release(&json);
	list_release(&cves);
	buffer_release(&cve_text);
	buffer_release(&name);
}

const struct feed_source feed_alpine = {
    .program = &program,
    .name = "alpine",
    .kind = "advisories",
    .read = read_alpine,
    .release = release,
};
