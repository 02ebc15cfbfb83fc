/*
 * Messages and exit statuses.  A message names the program, then the file and
 * line where there is one, then the reason, then what to do about it.  All text
 * passes through vis(3), since file names and field values are hostile.
 */
#ifndef PM_DIAG_H
#define PM_DIAG_H

/* The one list of exit statuses; every man page repeats it. */
enum pm_exit {
	PM_EXIT_OK = 0,	       /* data was produced */
	PM_EXIT_CONDITION = 1, /* a condition asked for with --strict is true */
	PM_EXIT_PARTIAL = 3,   /* some hosts, steps or records failed */
	PM_EXIT_HALTED = 4,    /* halted by the failure budget */
	PM_EXIT_USAGE = 64,    /* wrong arguments */
	PM_EXIT_DATA = 65,     /* malformed input */
	PM_EXIT_NOTHING = 66,  /* an input is missing, nothing was examined */
	PM_EXIT_UNREACHED = 69, /* no host could be reached */
	PM_EXIT_SYSTEM = 71,	/* out of memory, cannot start a process */
	PM_EXIT_IO = 74,	/* input or output error */
	PM_EXIT_AGAIN = 75,	/* try again: lock held, window closed */
	PM_EXIT_REFUSED = 77,	/* refused by policy */
	PM_EXIT_POLICY = 78	/* policy does not parse */
};

#if defined(__GNUC__)
#define PM_PRINTF(text, first) \
	__attribute__((__format__(__printf__, text, first)))
#else
#define PM_PRINTF(text, first)
#endif

/*
 * Call first in main(): remembers the program's name, makes sure that file
 * descriptors 0 to 2 are taken (a closed one stays unusable, but is not handed
 * to the next file) and that SIGPIPE ends the process (parents such
 * as systemd hand it down ignored).
 */
void diag_start(const char *argv0);

/* The name given to diag_start(), for messages and usage. */
const char *diag_program(void);

/* A warning on standard error: "program: text". */
void warning(const char *format, ...) PM_PRINTF(1, 2);

/*
 * The word that goes with a count in a message: PLURAL(n, "host", "hosts"), or
 * with its verb, PLURAL(n, "host has", "hosts have").
 */
#define PLURAL(count, one, many) ((count) == 1 ? (one) : (many))

/* As warning(), then exit with the given status. */
_Noreturn void die(enum pm_exit status, const char *format, ...)
    PM_PRINTF(2, 3);

/* As die(), with ": " and the text of errno appended. */
_Noreturn void die_errno(enum pm_exit status, const char *format, ...)
    PM_PRINTF(2, 3);

#endif
