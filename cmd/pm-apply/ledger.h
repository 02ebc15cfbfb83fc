/*
 * What became of each step: into the journal before and after, to standard
 * output when it is settled, and back from the journal of earlier runs.
 */
#ifndef PM_APPLY_LEDGER_H
#define PM_APPLY_LEDGER_H

#include "journal.h"
#include "output.h"
#include "plan.h"

struct ledger {
	struct plan *plan;
	struct output *output;
	struct journal *journal; /* NULL in a dry run */
	const char *path;	 /* of the journal, for messages */
	uint64_t settled[OUTCOMES];
	uint64_t later; /* of those refused, to be tried again */
	uint64_t known; /* records of the plan that were there before */
};

/* One thing to record. */
struct event {
	enum outcome outcome;
	bool back; /* rolling back: from and to change places */
	uint64_t try;
	int64_t started;    /* 0: it was not begun */
	int64_t ended;	    /* 0: not yet */
	int64_t rc;	    /* of the driver; negative: none */
	struct span detail; /* any bytes, made safe here */
};

/*
 * Read what earlier runs did, and from now on append to the journal; with
 * look_only it is neither made nor locked.
 */
void ledger_open(struct ledger *ledger, const char *path, bool look_only);

/* To the journal only: the step is about to be done. */
void ledger_begin(
    struct ledger *ledger, struct step *step, const struct event *event);

/* To the journal and the output: this is what became of it. */
void ledger_settle(
    struct ledger *ledger, struct step *step, const struct event *event);

/*
 * To the output only: nothing was done to the step in this run, the journal
 * says what it said before.
 */
void ledger_report(
    struct ledger *ledger, struct step *step, const struct event *event);

/*
 * To journal and output: what another journal says of the step.  False when it
 * is known here already.
 */
bool ledger_import(struct ledger *ledger, struct step *step,
    const struct journal_entry *entry);

/* Make sure of room in the journal for the records of that many steps. */
void ledger_reserve(struct ledger *ledger, size_t steps);

void ledger_close(struct ledger *ledger);

#endif
