/*
 * Several inventories as one: each host once, the newest of every value, in an
 * order that depends on nothing but the content.
 */
#include "merge_write.h"
#include "source.h"

static const char *max_age;

static const struct option_row options[] = {
    {0, "max-age", "DURATION", "name hosts not seen for longer (36h, 7d)", NULL,
	&max_age, NULL, "PM_MAX_AGE"},
    {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "merge [options] [FILE ...]",
    .summary = "several inventories as one: each host once, the newest of "
	       "every value",
    .examples =
	"pm-collect merge -o inventory.tsv inventory.tsv new.tsv\n"
	"{ pm-collect local; pm-collect csv assets.csv; } | pm-collect merge",
    .options = options,
};

enum pm_exit
merge_streams(struct merge_writer *writer, struct input *input)
{
	enum pm_exit status;

	input_require(input, RECORD_HOST, HOST_HOST);
	input_require(input, RECORD_PKG, PKG_HOST);
	input_require(input, RECORD_SVC, SVC_HOST);
	input_require(input, RECORD_FACT, FACT_HOST);
	merge_read(&writer->merge, input);
	status = input_finish(input);
	merge_gather(writer);
	if (writer->count == 0)
		die(PM_EXIT_NOTHING,
		    "the input has no host: there is nothing to merge");
	merge_settle_rows(writer);
	merge_settle_columns(writer);
	merge_write_others(writer);
	for (size_t i = 0; i < writer->count; i++)
		merge_write_machine(writer, writer->machines[i]);
	return status;
}

void
merge_writer_release(struct merge_writer *writer)
{
	for (size_t t = 0; t < HOST_TYPES; t++)
		relay_release(&writer->relay[t]);
	free(writer->machines);
	free(writer->order);
	arena_release(&writer->arena);
	merge_release(&writer->merge);
}

static enum pm_exit
verdict(const struct merge_writer *writer, enum pm_exit status)
{
	if (status == PM_EXIT_OK && writer->merge.rejected > 0)
		status = PM_EXIT_DATA;
	if (status == PM_EXIT_OK && common.strict &&
	    writer->stale + writer->incomplete > 0)
		status = PM_EXIT_CONDITION;
	return status;
}

enum pm_exit
collect_merge(int argc, char **argv)
{
	int first = options_parse(&program, argc, argv);
	struct merge_writer writer = {.limit = -1};
	struct input input;
	enum pm_exit status;

	if (max_age != NULL && !duration_parse(span_of(max_age), &writer.limit))
		die(PM_EXIT_USAGE,
		    "--max-age: '%s' is not a duration such as 36h or 7d",
		    max_age);
	writer.max_age = max_age;
	input_open(&input, argc - first, argv + first, &writer.output,
	    common.skip_bad);
	program_output(&writer.output);
	status = merge_streams(&writer, &input);
	if (!common.quiet)
		warning("%zu %s from %llu %s; %llu stale, %llu incomplete",
		    writer.count, PLURAL(writer.count, "host", "hosts"),
		    (unsigned long long)writer.merge.reports,
		    PLURAL(writer.merge.reports, "report", "reports"),
		    (unsigned long long)writer.stale,
		    (unsigned long long)writer.incomplete);
	status = verdict(&writer, status);
	merge_writer_release(&writer);
	return program_finish(&writer.output, status);
}
