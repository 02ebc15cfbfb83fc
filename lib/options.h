/*
 * Command lines.  Each program has one table of options; the common ones are
 * added here, so that the same letter means the same in all six.  Usage text
 * and shell completions come from the table.
 */
#ifndef PM_OPTIONS_H
#define PM_OPTIONS_H

#include <stdbool.h>

#include "output.h"

struct option_row {
	char letter;	      /* 0 when there is only the long form */
	const char *name;     /* long form without the dashes */
	const char *argument; /* what it takes, for the help; NULL for a flag */
	const char *help;     /* one line */
	bool *flag;	      /* set to true when given, or NULL */
	const char **value;   /* set to the argument, or NULL */
	void (*each)(const char *argument); /* called each time, or NULL */
	const char *environment; /* PM_... that gives the default, or NULL */
};

struct program {
	const char *name;
	const char *synopsis; /* behind the name: "[options] [file ...]" */
	const char *summary;  /* one line */
	const char *details;  /* whole lines for the help below it, or NULL */
	const char *examples; /* two real pipelines, newline separated */
	const struct option_row *options; /* ends with a zero name */
};

/* What the common options set. */
struct common_options {
	bool no_header;	    /* -N --no-header */
	bool skip_bad;	    /* --skip-bad */
	bool quiet;	    /* -q --quiet: no totals on standard error */
	bool strict;	    /* --strict: a finding is exit status 1 */
	const char *output; /* -o --output FILE, written whole or not at all */
};
extern struct common_options common;

/*
 * Parse; handles --help, --version and --now.  A wrong option ends the program
 * with status 64.  Returns the index of the first operand.
 */
int options_parse(const struct program *program, int argc, char **argv);

/*
 * The seconds of a duration given to an option; none, or anything else, ends
 * the program with status 64.
 */
int64_t option_duration(const char *option, const char *text);

/*
 * Open standard output, or the file of -o, beside which it is written until
 * program_finish() renames it (and leaves it alone when nothing changed).
 */
void program_output(struct output *output);

/*
 * Flush, close, rename; prints nothing.  Returns status, or 74 by way of
 * die_errno() when the output cannot be completed.
 */
enum pm_exit program_finish(struct output *output, enum pm_exit status);

#endif
