/* pm-verify --baseline: are hosts set up as they should be? */
#include <inttypes.h>
#include <stdlib.h>

#include "baseline.h"
#include "datadir.h"
#include "options.h"

enum { PATHS_MAX = 64, BATCH = 64 };

static const char *paths[PATHS_MAX];
static size_t path_count;

void
baseline_add(const char *path)
{
	if (path_count == PATHS_MAX)
		die(PM_EXIT_USAGE, "more than %d baselines", PATHS_MAX);
	paths[path_count++] = path;
}

bool
baseline_given(void)
{
	return path_count > 0;
}

static void
read_machines(struct machines *machines, struct input *input,
    struct output *output, bool keep)
{
	struct record records[BATCH];
	size_t count;

	while ((count = input_batch(input, records, BATCH)) > 0)
		for (size_t i = 0; i < count; i++)
			if ((machines_record(machines, &records[i]) || keep) &&
			    output != NULL)
				output_pass(output, &records[i]);
	machines_settle(machines);
}

static void
totals(const struct checks *checks, uint64_t examined)
{
	struct buffer text = {0};

	if (common.quiet)
		return;
	buffer_printf(&text, "%" PRIu64 " %s examined; checks: ", examined,
	    PLURAL(examined, "host", "hosts"));
	checks_tally(checks->others, ", ", &text);
	buffer_add_byte(&text, '\0');
	warning("%s", text.p);
	buffer_release(&text);
}

/* Only the host that the script is for; status 66 when it is not there. */
static void
keep_only(struct machines *machines, const char *name)
{
	for (size_t i = 0; i < machines->count; i++)
		if (span_is(machines->items[i].name, name)) {
			struct machine found = machines->items[i];

			machines->items[i] = machines->items[0];
			machines->items[0] = found;
			for (size_t k = 1; k < machines->count; k++)
				machines->items[k].name = SPAN("-");
			return;
		}
	die(PM_EXIT_NOTHING, "--script %s: no such host in the inventory",
	    name);
}

static void
add_baseline(struct baseline *baseline, const char *path)
{
	char *found;

	if (strcmp(path, "default") != 0) {
		baseline_read(baseline, path);
		return;
	}
	found = datadir_find("PM_BASELINES", "baselines");
	baseline_read(baseline, found);
	free(found);
}

enum pm_exit
baseline_verify(struct input *input, struct output *output,
    const struct baseline_request *request)
{
	struct baseline baseline = {0};
	struct machines machines = {.baseline = &baseline};
	struct checks checks = {0};
	struct buffer script = {0};
	struct verdicts verdicts = {.baseline = &baseline,
	    .machines = &machines,
	    .checks = &checks,
	    .output = output,
	    .remedies = request->remedies,
	    .script = request->script != NULL ? &script : NULL};
	enum pm_exit status;
	uint64_t examined;

	for (size_t i = 0; i < path_count; i++)
		add_baseline(&baseline, paths[i]);
	baseline_select(&baseline, request->only);
	machines.keep_text = baseline.custom_count > 0;
	read_machines(&machines, input, request->script == NULL ? output : NULL,
	    request->keep);
	status = input_finish(input);
	if (request->script != NULL) {
		keep_only(&machines, request->script);
		script_begin(&script, span_of(request->script));
	}
	custom_run(&verdicts);
	examined = judge_baseline(&verdicts);
	if (request->script != NULL) {
		script_end(&script);
		script.n--; /* the last newline */
		output_line(output, buffer_span(&script));
	}
	totals(&checks, examined);
	if (status == PM_EXIT_OK && examined == 0 &&
	    baseline.rule_count + baseline.custom_count > 0) {
		warning("no rule could be examined: give an inventory with "
			"facts, as pm-collect --facts makes it");
		status = PM_EXIT_NOTHING;
	}
	if (status == PM_EXIT_OK && common.strict && checks_finding(&checks))
		status = PM_EXIT_CONDITION;
	custom_release();
	machines_release(&machines);
	baseline_release(&baseline);
	arena_release(&verdicts.text);
	checks_release(&checks);
	buffer_release(&script);
	return status;
}
