/*
 * What the readers of copied inventories have in common: a list of packages
 * that somebody brought from a machine which nobody can reach.
 *
 * A reader is one file with one struct dump_source.  Its function is called for
 * each input file: it reads dump->bytes to the end, hands over packages and what
 * the file says of the host, names what the file cannot tell, and ends the
 * program when the file is not what it should be.  The host record is written
 * when all is read, so nothing comes of a file that is cut short.
 */
#ifndef PM_DUMP_H
#define PM_DUMP_H

#include "bytes.h"
#include "host.h"
#include "lines.h"
#include "list.h"
#include "options.h"

struct dump_package; /* one installed package */

struct dump {
	struct bytes bytes; /* the file, unpacked */
	const char *file;   /* its name for messages */
	struct host host;   /* what the file says; options win */
	struct arena arena; /* the text of packages */

	/* dump.c's own */
	const struct dump_source *source;
	struct bytes packed;
	struct buffer ahead; /* what dump_peek() read, handed out from here */
	size_t ahead_at;
	struct lines lines;
	struct list unseen; /* facts not_seen */
	struct list facts;  /* KEY, tab, value */
	struct dump_package *packages;
	size_t count, capacity;
	uint64_t repeated;
	uint64_t *rejected; /* of all files */
	struct output *output;
};

struct dump_source {
	const struct program *program;
	const char *name;  /* the column source */
	const char *class; /* of the host, where the file does not say */
	bool names_host;   /* the file says whose it is */
	bool modules;	   /* packages can be part of a module stream */
	bool may_be_empty; /* a file without any package is one */
	const char *what;  /* it is, for messages: "a list of rpm packages" */
	void (*read)(struct dump *dump);
	/* the same for a directory; NULL where only files are taken */
	void (*read_directory)(struct dump *dump, const char *path);
	/* free what read left, also when it was ended half-way; may be NULL */
	void (*release)(void);
};

/* The readers, each in the file of its name. */
extern const struct dump_source apk_source;
extern const struct dump_source cyclonedx_source;
extern const struct dump_source dpkg_list_source;
extern const struct dump_source pacman_source;
extern const struct dump_source rpm_list_source;
extern const struct dump_source snmpwalk_source;
extern const struct dump_source spdx_source;
extern const struct dump_source systeminfo_source;

/* Options that the readers' tables take up; see the rows below. */
extern struct dump_options {
	const char *host, *os, *release, *arch, *seen;
} dump_options;

#define DUMP_OPTION_HOST                                                   \
	{                                                                  \
		0, "host", "NAME", "the host that the file is from", NULL, \
		    &dump_options.host, NULL, NULL                         \
	}
#define DUMP_OPTION_OS                                              \
	{                                                           \
		0, "os", "ID", "its system as in os-release", NULL, \
		    &dump_options.os, NULL, NULL                    \
	}
#define DUMP_OPTION_RELEASE                                       \
	{                                                         \
		0, "release", "VERSION", "and the release", NULL, \
		    &dump_options.release, NULL, NULL             \
	}
#define DUMP_OPTION_SEEN                                                    \
	{                                                                   \
		0, "seen", "TIME", "when it was true, not its file's time", \
		    NULL, &dump_options.seen, NULL, NULL                    \
	}
#define DUMP_OPTIONS \
	DUMP_OPTION_HOST, DUMP_OPTION_OS, DUMP_OPTION_RELEASE, DUMP_OPTION_SEEN
#define DUMP_OPTION_END                                     \
	{                                                   \
		0, NULL, NULL, NULL, NULL, NULL, NULL, NULL \
	}

/* Run a reader over the files of its command line. */
enum pm_exit dump_collect(
    const struct dump_source *source, int argc, char **argv);

/*
 * The steps of that for one file, around source->read(): packed are its bytes
 * as they are stored, which dump_release() closes.  dump_describe() settles what
 * is known of the host; dump_write() writes the
 * host and dump_write_contents(), which are its packages and facts.
 */
void dump_begin(struct dump *dump, const struct dump_source *source,
    struct output *output, uint64_t *rejected, const struct bytes *packed);
void dump_describe(struct dump *dump);
void dump_write(struct dump *dump);
void dump_write_contents(struct dump *dump);
void dump_release(struct dump *dump);

/*
 * The first bytes of the file, some thousand where it has as many, which will
 * be read again; to be called before anything is read.
 */
struct span dump_peek(struct dump *dump);

/*
 * The next line, without the CR that some systems put before the newline; false
 * at the end.  A cut or endless one is status 65.
 */
bool dump_line(struct dump *dump, struct span *line);

/* The number of the line that dump_line() gave. */
static inline uint64_t
dump_line_number(const struct dump *dump)
{
	return dump->lines.number;
}

/* The file is malformed: end the program, status 65.  line 0: not known. */
_Noreturn void dump_fail(const struct dump *dump, uint64_t line,
    const char *format, ...) PM_PRINTF(3, 4);

/*
 * One entry is malformed: the same, but with --skip-bad it becomes a warning and
 * a reject record, and reading goes on.
 */
void dump_bad(struct dump *dump, uint64_t line, const char *format, ...)
    PM_PRINTF(3, 4);

/*
 * A package; column is by enum pkg_column and holds any bytes, empty for
 * absent.  Copied.  False, and nothing is taken, when name or version are not
 * printable ASCII without blanks, commas and backslashes.
 */
bool dump_package(struct dump *dump, const struct span *column);

/*
 * Something that this file cannot tell: a fact not_seen, "what: why"; the state
 * of the host becomes partial.
 */
void dump_unseen(struct dump *dump, const char *format, ...) PM_PRINTF(2, 3);

/* A fact of the host. */
void dump_fact(struct dump *dump, const char *key, struct span value);

#endif
