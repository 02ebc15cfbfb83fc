/* Between the files of a ledger. */
#ifndef PM_SCORE_LEDGER_PARTS_H
#define PM_SCORE_LEDGER_PARTS_H

#include "ledger.h"

/* What the file says, replayed row by row. */
struct ledger_row {
	uint64_t line;
	int64_t when;
	struct span event, host, package, cve, installed, detail;
};

enum { LEDGER_BATCH = 64, LEDGER_FIELDS = 8 };

/* ---- ledger_items.c: what is known, and finding it */

/* The number of a word, quickly when it is the same as the last of its kind. */
uint32_t ledger_word(
    struct ledger *ledger, enum ledger_text kind, struct span text);

/*
 * The number of the host that has this name now; when it is new it is made, or
 * 0 is returned.
 */
uint32_t ledger_host_named(struct ledger *ledger, struct span name, bool make);

/* Move what is known of a host to a new name; the old one is free again. */
bool ledger_rename(struct ledger *ledger, struct span from, struct span to);

/*
 * The number of an item, added (as one that is not open) when it is new.  The
 * installed version tells items apart only where no vulnerability does.
 */
uint32_t ledger_item_of(struct ledger *ledger, uint32_t host, uint32_t package,
    uint32_t cve, uint32_t installed);

/* The same as a pointer, until the next item is added. */
struct ledger_item *ledger_item_find(struct ledger *ledger, uint32_t host,
    uint32_t package, uint32_t cve, uint32_t installed);

/* The number of a term that is added. */
uint32_t ledger_term_add(struct ledger *ledger, struct ledger_term term);

/* As ledger_expect(), of rows that will be applied. */
void ledger_expect_rows(
    struct ledger *ledger, const struct ledger_row *rows, size_t count);

/* ---- ledger.c: a run */

void ledger_start(struct ledger *ledger);

/* A row of an earlier run. */
void ledger_apply(struct ledger *ledger, const struct ledger_row *row);

/* After the last record: what was not seen on a host that was looked at. */
void ledger_settle(struct ledger *ledger, bool complete);

/* ---- ledger_read.c */

/* The first line, with its newline. */
extern const struct span ledger_header;

/* "FILE:LINE", in a static buffer. */
const char *ledger_where(
    const struct ledger *ledger, const struct ledger_row *row);

#endif
