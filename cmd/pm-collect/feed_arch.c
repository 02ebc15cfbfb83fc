/*
 * Arch Linux' security tracker, all.json: groups of vulnerabilities (AVG) of
 * some packages.  Its specification is the tracker's own exporter,
 * arch-security-tracker, tracker/view/index.py.  Arch rolls: there is but one
 * release, "-".
 */
#include "feed_json.h"

static const struct option_row options[] = {FEED_OPTION_NAME, FEED_OPTION_END};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "arch [options] [FILE ...]",
    .summary = "Arch Linux' security tracker, JSON",
    .examples = "pm-collect arch all.json >arch.tsv\n"
		"curl -s URL | pm-collect arch | pm-match - hosts.tsv",
    .options = options,
};

static struct feed_json json;
static struct list cves;
static struct buffer cve_text;

/* The word of the column state for a status; empty when it is not known. */
static struct span
state_of(struct span status)
{
	static const struct {
		const char *status;
		const char *state;
	} states[] = {
	    {"Fixed", "fixed"},
	    {"Testing", "affected"}, /* the fix is not in the stable ones yet */
	    {"Vulnerable", "affected"},
	    {"Unknown", "affected"},
	    {"Not affected", "not_affected"},
	};

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (span_is(status, states[i].status))
			return span_of(states[i].state);
	return SPAN("");
}

static struct span
collect_cves(const struct json_value *group)
{
	const struct json_value *item = feed_json_items(group, "issues");

	list_reset(&cves);
	for (; item != NULL; item = item->next)
		if (feed_is_cve(feed_json_text(item)))
			list_add(&cves, item->text);
	return list_text(&cves, &cve_text);
}

static void
take_group(struct feed_json *self, const struct json_value *value)
{
	const struct json_value *item = feed_json_items(value, "packages");
	struct span values[ADV_COLUMNS] = {{0}};
	struct span name = feed_json_string(value, "name"), severity;

	values[ADV_STATE] = state_of(feed_json_string(value, "status"));
	if (name.n == 0 || item == NULL || values[ADV_STATE].n == 0) {
		feed_unused(self->feed, "no group with packages and a status",
		    0, name.n > 0 ? name : SPAN("-"));
		return;
	}
	values[ADV_ADV] = name;
	values[ADV_OS] = SPAN("arch");
	values[ADV_RELEASE] = SPAN("-");
	values[ADV_BY] = SPAN("binary");
	severity = feed_lower(feed_json_string(value, "severity"));
	if (!span_is(severity, "unknown"))
		values[ADV_SEVERITY] = severity;
	values[ADV_TITLE] = feed_json_string(value, "type");
	values[ADV_CVES] = collect_cves(value);
	values[ADV_KIND] = SPAN("security");
	if (span_is(values[ADV_STATE], "fixed"))
		values[ADV_FIXED] = feed_json_string(value, "fixed");
	if (span_is(values[ADV_STATE], "fixed") &&
	    !feed_is_word(values[ADV_FIXED])) {
		feed_unused(self->feed, "fixed without a version", 0, name);
		return;
	}
	for (; item != NULL; item = item->next) {
		values[ADV_PACKAGE] = feed_json_text(item);
		if (feed_is_word(values[ADV_PACKAGE]))
			feed_advisory(self->feed, values);
		else
			feed_unused(
			    self->feed, "no name of a package", 0, name);
	}
}

static const struct feed_json_part parts[] = {
    {"*", take_group},
    {NULL, NULL},
};
static const struct feed_json_form form = {.parts = parts};

static void
read_arch(struct feed *feed)
{
	feed->origin = SPAN("Arch Linux");
	feed_json_read(&json, feed, &form);
}

static void
release(void)
{
	feed_json_release(&json);
	list_release(&cves);
	buffer_release(&cve_text);
}

const struct feed_source feed_arch = {
    .program = &program,
    .name = "arch",
    .kind = "advisories",
    .read = read_arch,
    .release = release,
};
