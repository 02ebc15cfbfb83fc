/*
 * What the readers of published feeds have in common.
 *
 * A reader is one file feed_NAME.c with one struct feed_source.  Its function
 * is called for each input file: it reads feed->bytes to the end, writes adv or
 * cve records, tells of every entry that it could not use and why, and ends the
 * program through feed_fail() when the file is not what it should be.  Behind
 * the records of a file come its reject records, one a reason, and its feed
 * records, one for each system and release that it spoke of: a stream that was
 * cut short has no feed that vouches for it.
 */
#ifndef PM_FEED_H
#define PM_FEED_H

#include "bytes.h"
#include "digest.h"
#include "hash.h"
#include "list.h"
#include "options.h"

struct feed_reason; /* why entries could not be used, and how many */
struct feed_scope;  /* a system and release that records are for */

struct feed {
	struct output output;
	struct bytes bytes; /* the file, unpacked; the digest is taken here */
	const char *file;   /* its name for messages */

	/* Set by the reader where the file says it, valid until it returns. */
	bool dated;
	int64_t date;
	struct span origin; /* who published it; "-" or field text */
	struct span suite;

	/* feed.c's own */
	const struct feed_source *source;
	struct bytes packed;
	struct digest digest;
	struct buffer ahead; /* what feed_peek() read, handed out from here */
	size_t ahead_at;
	struct arena arena;
	struct feed_reason *reasons;
	size_t reason_count, reason_capacity;
	struct feed_scope *scopes;
	size_t scope_count, scope_capacity, scope_last;
	struct hash_table scope_table; /* scope by os and release */
	uint64_t records, unused;
	uint64_t total_records, total_unused;
};

struct feed_source {
	const struct program *program;
	const char *name;    /* feeds are called NAME:OS/RELEASE */
	const char *kind;    /* column kind of the feed record */
	bool zlib;	     /* the file may be a bare zlib stream (RFC 1950) */
	void (*start)(void); /* look at the options; may be NULL */
	void (*read)(struct feed *feed);
	/* free what read left, also when it was ended half-way; may be NULL */
	void (*release)(void);
};

/* Options that the readers' tables take up; see the rows below. */
extern struct feed_options {
	const char *name, *os, *release;
} feed_options;

#define FEED_OPTION_NAME                                       \
	{                                                      \
		0, "feed", "NAME", "call the feed NAME", NULL, \
		    &feed_options.name, NULL, NULL             \
	}
#define FEED_OPTION_OS                                                        \
	{                                                                     \
		0, "os", "ID", "the system that it is for, as in os-release", \
		    NULL, &feed_options.os, NULL, NULL                        \
	}
#define FEED_OPTION_RELEASE(help)                                           \
	{                                                                   \
		0, "release", "VERSION", help, NULL, &feed_options.release, \
		    NULL, NULL                                              \
	}
#define FEED_OPTION_END                                     \
	{                                                   \
		0, NULL, NULL, NULL, NULL, NULL, NULL, NULL \
	}

/* Run a reader over the files of its command line. */
enum pm_exit feed_collect(
    const struct feed_source *source, int argc, char **argv);

/*
 * The steps of that for one file, around source->read(): open the file, or
 * begin with bytes that are open already, and end.
 */
void feed_open(
    struct feed *feed, const struct feed_source *source, const char *file);
void feed_begin(struct feed *feed, const struct feed_source *source,
    const struct bytes *packed);
void feed_end(struct feed *feed);
void feed_release(struct feed *feed);

/*
 * The first bytes of the file, some thousand where it has as many, which will
 * be read again; to be called before anything is read.
 */
struct span feed_peek(struct feed *feed);

/* The file is malformed: end the program, status 65.  line 0: not known. */
_Noreturn void feed_fail(const struct feed *feed, uint64_t line,
    const char *format, ...) PM_PRINTF(3, 4);

/*
 * An entry cannot be used.  reason is a phrase that lives as long as the
 * program and is the same for all such entries; what names this one.
 */
void feed_unused(
    struct feed *feed, const char *reason, uint64_t line, struct span what);

/*
 * The same where each name is to be counted and told by itself, one reject
 * record each: names that a table should have.
 */
void feed_unused_name(
    struct feed *feed, const char *reason, uint64_t line, struct span name);

/*
 * Write an adv record; the values are any bytes, empty for absent, except for
 * lists (cves, supersedes, requires), which are field text.  The column feed is
 * filled in here.
 */
void feed_advisory(struct feed *feed, const struct span *values);

/* The same for a cve record. */
void feed_vulnerability(struct feed *feed, const struct span *values);

/*
 * The feed speaks of this system and release, whether or not there are records
 * for it.  Values are field text.
 */
void feed_covers(struct feed *feed, struct span os, struct span release);

/* Is it CVE-YEAR-NUMBER, with the digits that the CVE programme gives? */
bool feed_is_cve(struct span name);

/*
 * May it be used as a package's name or version: printable ASCII without
 * blanks, commas and backslashes?
 */
bool feed_is_word(struct span word);

/* Letters made small, in a static buffer; empty when it is over 63 bytes. */
struct span feed_lower(struct span text);

#endif
