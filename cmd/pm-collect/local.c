/* pm-collect local: this machine. */
#include "options.h"
#include "source.h"
#include "survey.h"

static const char *host_option;
static bool facts;

static const struct option_row options[] = {
    {0, "host", "NAME", "call this machine NAME, not by its own name", NULL,
	&host_option, NULL, NULL},
    {0, "facts", NULL, "how it is set up too, for baselines", &facts, NULL,
	NULL, NULL},
    {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "local [options]",
    .summary = "take stock of this machine",
    .examples = "pm-collect local | grep '^svc'\n"
		"{ pm-collect local; pm-collect apt; } | pm-match",
    .options = options,
};

enum pm_exit
collect_local(int argc, char **argv)
{
	struct tree tree;
	enum pm_exit status;

	if (options_parse(&program, argc, argv) < argc)
		die(PM_EXIT_USAGE, "local takes no arguments");
	tree_open(&tree, "/");
	status = survey(&tree, host_option, "local", facts);
	tree_close(&tree);
	return status;
}
