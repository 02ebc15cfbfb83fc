/*
 * The journal of pm-apply, pm-journal(5): an append-only stream of done
 * records, one before and one after each step, each on disk before the program
 * goes on.  The last column, chain, is the SHA-256 of the previous chain value
 * and this line up to the TAB before it (for the first record the previous
 * value is that of the header line), so that a line which was changed, added
 * or removed shows.
 *
 * What a crash can leave is a torn last line: one without its newline, or with
 * NUL bytes where the data did not reach the disk.  It is cut off and said.
 * Anything else that does not hold is corruption, and nothing goes on.
 */
#ifndef PM_JOURNAL_H
#define PM_JOURNAL_H

#include "digest.h"
#include "schema.h"

struct journal;

/* One done record; every span is canonical field text. */
struct journal_entry {
	struct span value[DONE_COLUMNS];
};

/*
 * Called for every record that is already in the journal, in order.
 * The entry's spans are valid during the call.
 */
typedef void journal_replay(void *context, const struct journal_entry *entry);

/*
 * Open or create the journal, lock it (status 75 and the holder's process id
 * when another program has it) and replay it.  Corruption is status 65.
 */
struct journal *journal_open(
    const char *path, journal_replay *replay, void *context);

/*
 * Take disk space for that many more bytes, so that a full disk ends the
 * program (status 74) before an action and not between it and its record.
 * Opening takes some by itself.
 */
void journal_reserve(struct journal *journal, size_t bytes);

/*
 * Append a record and wait until it is on disk.  Failure ends the program with
 * status 74: a step must never run without its record.
 */
void journal_append(struct journal *journal, const struct journal_entry *entry);

void journal_close(struct journal *journal);

/*
 * Check a journal without locking or changing it.  Returns true when the chain
 * holds; else *line and *reason say where and why.  A torn last line is
 * reported as such.  An empty file is a journal of nothing.
 */
bool journal_verify(int fd, const char *path, journal_replay *replay,
    void *context, uint64_t *line, const char **reason);

#endif
