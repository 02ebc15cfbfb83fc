#include "options.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "atomic.h"
#include "timestamp.h"

enum { OPTIONS_MAX = 48 };

struct common_options common;

static struct atomic_file output_file;

static void
set_now(const char *argument)
{
	int64_t now;

	if (!timestamp_parse(span_of(argument), &now))
		die(PM_EXIT_USAGE,
		    "--now: '%s' is not a time such as "
		    "2026-11-23T02:00:00Z",
		    argument);
	timestamp_set_now(now);
}

static bool want_help, want_version;

static const struct option_row common_rows[] = {
    {'N', "no-header", NULL, "write no header lines", &common.no_header, NULL,
	NULL, NULL},
    {'o', "output", "FILE", "write FILE, whole or not at all", NULL,
	&common.output, NULL, NULL},
    {'q', "quiet", NULL, "no totals on standard error", &common.quiet, NULL,
	NULL, NULL},
    {0, "skip-bad", NULL, "go on behind malformed lines; exit 65 at the end",
	&common.skip_bad, NULL, NULL, NULL},
    {0, "strict", NULL, "exit 1 when something is not as it should be",
	&common.strict, NULL, NULL, NULL},
    {0, "now", "TIME", "take TIME for the present", NULL, NULL, set_now,
	"PM_NOW"},
    {'h', "help", NULL, "print this help", &want_help, NULL, NULL, NULL},
    {'V', "version", NULL, "print the version", &want_version, NULL, NULL,
	NULL},
    {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

static void
help_rows(const struct option_row *row)
{
	for (; row->name != NULL; row++) {
		char form[64];
		const char *argument = row->argument;

		snprintf(form, sizeof(form), "--%s%s%s", row->name,
		    argument != NULL ? "=" : "",
		    argument != NULL ? argument : "");
		if (row->letter != 0)
			printf(
			    "  -%c, %-22s %s\n", row->letter, form, row->help);
		else
			printf("      %-22s %s\n", form, row->help);
	}
}

static _Noreturn void
help(const struct program *program)
{
	struct span rest = span_of(program->examples);

	printf("usage: %s %s\n%s.\n\n", program->name, program->synopsis,
	    program->summary);
	if (program->details != NULL)
		printf("%s\n", program->details);
	help_rows(program->options);
	help_rows(common_rows);
	printf("\nExamples:\n");
	while (rest.p != NULL) {
		struct span line = span_cut(&rest, '\n');

		printf("  %.*s\n", SPAN_ARG(line));
	}
	printf("\nSee man %s and man 7 pm.\n", program->name);
	if (fflush(stdout) == EOF)
		die_errno(PM_EXIT_IO, "standard output");
	exit(PM_EXIT_OK);
}

static void
apply(const struct option_row *row, const char *argument)
{
	if (row->flag != NULL)
		*row->flag = true;
	if (row->value != NULL)
		*row->value = argument;
	if (row->each != NULL)
		row->each(argument);
}

/* The rows of the program and the common ones, as getopt_long(3) wants them */
struct option_set {
	const struct option_row *rows[OPTIONS_MAX];
	struct option longs[OPTIONS_MAX + 1];
	char shorts[2 * OPTIONS_MAX + 2];
	int count;
};

static void
set_add(struct option_set *set, const struct option_row *row)
{
	size_t shorts = strlen(set->shorts);

	for (; row->name != NULL; row++) {
		if (set->count == OPTIONS_MAX)
			die(PM_EXIT_SYSTEM, "more than %d options in the table",
			    OPTIONS_MAX);
		set->rows[set->count] = row;
		set->longs[set->count] = (struct option){
		    .name = row->name,
		    .has_arg = row->argument != NULL ? required_argument
						     : no_argument,
		    .val = 256 + set->count,
		};
		set->count++;
		if (row->letter == 0)
			continue;
		set->shorts[shorts++] = row->letter;
		if (row->argument != NULL)
			set->shorts[shorts++] = ':';
	}
	set->shorts[shorts] = '\0';
}

static const struct option_row *
set_find(const struct option_set *set, int value)
{
	if (value >= 256)
		return set->rows[value - 256];
	for (int i = 0; i < set->count; i++)
		if (set->rows[i]->letter == value)
			return set->rows[i];
	return NULL;
}

int
options_parse(const struct program *program, int argc, char **argv)
{
	static struct option_set set;
	int value;

	memset(&set, 0, sizeof(set));
	set_add(&set, program->options);
	set_add(&set, common_rows);
	for (int i = 0; i < set.count; i++) {
		const char *name = set.rows[i]->environment;
		const char *given = name == NULL ? NULL : getenv(name);

		if (given != NULL && *given != '\0')
			apply(set.rows[i], given);
	}
	optind = 1;
	while ((value = getopt_long(argc, argv, set.shorts, set.longs, NULL)) !=
	       -1) {
		const struct option_row *row = set_find(&set, value);

		if (row == NULL) {
			fprintf(stderr, "usage: %s %s\ntry '%s --help'\n",
			    program->name, program->synopsis, program->name);
			exit(PM_EXIT_USAGE);
		}
		apply(row, optarg);
	}
	if (want_help)
		help(program);
	if (want_version) {
		printf("%s %s\n", program->name, PM_VERSION);
		exit(fflush(stdout) == EOF ? PM_EXIT_IO : PM_EXIT_OK);
	}
	return optind;
}

static void
abandon_output(void)
{
	if (output_file.path != NULL)
		atomic_abandon(&output_file);
}

int64_t
option_duration(const char *option, const char *text)
{
	int64_t value;

	if (!duration_parse(span_of(text), &value) || value <= 0)
		die(PM_EXIT_USAGE,
		    "%s: '%s' is not a duration such as 90, 15m or 2h", option,
		    text);
	return value;
}

void
program_output(struct output *output)
{
	if (common.output == NULL || strcmp(common.output, "-") == 0) {
		output_open(output, STDOUT_FILENO, "standard output",
		    !common.no_header);
		return;
	}
	atexit(abandon_output);
	atomic_open(&output_file, common.output);
	output_open(output, output_file.fd, common.output, !common.no_header);
}

enum pm_exit
program_finish(struct output *output, enum pm_exit status)
{
	output_close(output);
	if (output_file.path == NULL) {
		/* Some file systems report a full disk only here. */
		if (close(STDOUT_FILENO) == -1)
			die_errno(PM_EXIT_IO, "standard output");
		return status;
	}
	/* With lines skipped the result is partial: do not replace a whole. */
	if (status == PM_EXIT_DATA)
		atomic_abandon(&output_file);
	else
		atomic_commit(&output_file);
	output_file.path = NULL;
	return status;
}
