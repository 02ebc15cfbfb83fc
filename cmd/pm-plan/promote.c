/*
 * Letting patches through to production: those that a plan has installed on its
 * test systems and that pm-verify has found verified on every one of them.
 */
#include "promote.h"

#include <inttypes.h>

#include "evidence.h"
#include "input.h"
#include "options.h"
#include "timestamp.h"

/* One installation on a test system. */
struct tried {
	struct span plan, host, package, version;
	struct span os, release;
	bool verified;
};

struct trials {
	struct arena text;
	struct evidence evidence; /* of which the hosts */
	struct tried *items;
	size_t count, capacity;
	struct hash_table index; /* by host and package */
};

static uint64_t
trial_hash(struct span host, struct span package)
{
	return hash_mix(hash_span(host), hash_span(package));
}

static void
read_step(struct trials *trials, const struct record *record)
{
	struct tried *tried;

	if (!span_is(record_get(record, STEP_ACTION), "install") ||
	    !span_is(record_get(record, STEP_STATE), "planned") ||
	    !evidence_is_test_host(
		&trials->evidence, record_get(record, STEP_HOST)))
		return;
	trials->items = memory_grow(trials->items, &trials->capacity,
	    trials->count + 1, sizeof(*trials->items));
	tried = &trials->items[trials->count];
	*tried = (struct tried){
	    .plan = arena_copy(&trials->text, record_get(record, STEP_PLAN)),
	    .host = arena_copy(&trials->text, record_get(record, STEP_HOST)),
	    .package = arena_copy(
		&trials->text, record_get(record, STEP_PACKAGE)),
	    .version = arena_copy(&trials->text, record_get(record, STEP_TO)),
	};
	tried->os = evidence_column(&trials->evidence, tried->host, HOST_OS);
	tried->release = evidence_column(
	    &trials->evidence, tried->host, HOST_RELEASE);
	hash_insert(&trials->index, trial_hash(tried->host, tried->package),
	    (uint32_t)trials->count++);
}

/* The last word of those on this plan counts. */
static void
read_check(struct trials *trials, const struct record *record)
{
	struct span host = record_get(record, CHECK_HOST);
	struct span package = record_get(record, CHECK_SUBJECT);
	struct hash_probe probe = hash_first(
	    &trials->index, trial_hash(host, package));

	if (!span_is(record_get(record, CHECK_KIND), "package"))
		return;
	for (; hash_found(&trials->index, &probe);
	     hash_next(&trials->index, &probe)) {
		struct tried *tried = &trials->items[probe.index];

		if (span_equal(tried->plan, record_get(record, CHECK_PLAN)) &&
		    span_equal(tried->host, host) &&
		    span_equal(tried->package, package) &&
		    span_equal(
			tried->version, record_get(record, CHECK_EXPECTED)))
			tried->verified = span_is(
			    record_get(record, CHECK_VERDICT), "verified");
	}
}

/* Hosts may stand behind the steps, so they are read first. */
static void
read_files(struct trials *trials, int count, char **files, bool hosts)
{
	struct record record;
	struct input input;

	input_open(&input, count, files, NULL, false);
	while (input_next(&input, &record)) {
		enum record_type type = record_type(&record);

		if (hosts && type == RECORD_HOST)
			evidence_read(&trials->evidence, &record);
		else if (!hosts && type == RECORD_STEP)
			read_step(trials, &record);
		else if (!hosts && type == RECORD_CHECK)
			read_check(trials, &record);
	}
	input_finish(&input);
}

static int
patch_compare(const void *a, const void *b)
{
	const struct tried *x = a, *y = b;
	int order = span_compare(x->os, y->os);

	if (order == 0)
		order = span_compare(x->release, y->release);
	if (order == 0)
		order = span_compare(x->package, y->package);
	return order != 0 ? order : span_compare(x->version, y->version);
}

static int
trial_compare(const void *a, const void *b)
{
	int order = patch_compare(a, b);

	return order != 0 ? order
			  : span_compare(((const struct tried *)a)->host,
				((const struct tried *)b)->host);
}

static void
write_promotion(struct output *output, const struct tried *tried,
    const struct promotion *promotion)
{
	struct buffer patch = {0};
	char time[TIMESTAMP_SIZE];

	evidence_patch(
	    &patch, tried->os, tried->release, tried->package, tried->version);
	output_begin(output, layout_default(RECORD_PROMOTE, true));
	output_field(output, buffer_span(&patch));
	output_text(output, span_of(promotion->channel));
	output_field(output, tried->package);
	output_field(output, tried->version);
	output_text(output, span_of(promotion->who));
	output_field(output, timestamp_format(timestamp_now(), time));
	output_text(output,
	    promotion->reason == NULL ? SPAN("") : span_of(promotion->reason));
	if (promotion->expiry != INT64_MAX)
		output_field(output, timestamp_format(promotion->expiry, time));
	output_end(output);
	buffer_release(&patch);
}

/* The first of the count trials of one patch that is not verified, or NULL. */
static const struct tried *
unverified(const struct tried *tried, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!tried[i].verified)
			return &tried[i];
	return NULL;
}

static enum pm_exit
write_all(struct output *output, struct trials *trials,
    const struct promotion *promotion)
{
	size_t next, promoted = 0, held = 0;

	qsort(trials->items, trials->count, sizeof(*trials->items),
	    trial_compare);
	for (size_t i = 0; i < trials->count; i = next) {
		const struct tried *tried = &trials->items[i], *bad;

		for (next = i + 1;
		     next < trials->count &&
		     patch_compare(tried, &trials->items[next]) == 0;
		     next++)
			;
		bad = unverified(tried, next - i);
		if (bad == NULL) {
			write_promotion(output, tried, promotion);
			promoted++;
			continue;
		}
		held++;
		warning("not promoted: %.*s %.*s is not verified on %.*s",
		    SPAN_ARG(bad->package), SPAN_ARG(bad->version),
		    SPAN_ARG(bad->host));
	}
	if (!common.quiet)
		warning("%zu %s promoted to %s, %zu held back", promoted,
		    PLURAL(promoted, "patch", "patches"), promotion->channel,
		    held);
	return held > 0 ? PM_EXIT_PARTIAL : PM_EXIT_OK;
}

enum pm_exit
promote_write(struct output *output, int count, char **files,
    const struct promotion *promotion)
{
	struct trials trials = {0};
	enum pm_exit status;

	if (*promotion->who == '\0' || strcmp(promotion->who, "-") == 0)
		die(PM_EXIT_USAGE, "--promote: say who promotes");
	for (int i = 0; i < count; i++)
		if (strcmp(files[i], "-") == 0)
			die(PM_EXIT_USAGE, "--promote: name the plan and the "
					   "checks as files");
	read_files(&trials, count, files, true);
	read_files(&trials, count, files, false);
	if (trials.count == 0)
		die(PM_EXIT_NOTHING,
		    "%s: the plan installs nothing on a test system", files[0]);
	status = write_all(output, &trials, promotion);
	hash_release(&trials.index);
	evidence_release(&trials.evidence);
	arena_release(&trials.text);
	free(trials.items);
	return status;
}
