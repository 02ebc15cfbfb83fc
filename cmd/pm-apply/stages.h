/*
 * What the parts of a visit share among themselves; everybody else includes
 * visit.h.
 *
 *	visit.c        begins, takes the replies, what to do without one
 *	send.c         asks the host
 *	transaction.c  ask, start, follow
 *	afterwards.c   boot, check
 *	rehearsal.c    look, simulate, have
 *	settle.c       what becomes of the steps
 */
#ifndef PM_APPLY_STAGES_H
#define PM_APPLY_STAGES_H

#include "visit.h"

enum { SECOND = 1000 };

/* ---- send.c */

/* What the driver is asked in each phase. */
extern const char *const visit_verbs[PHASES];

/* Ask the host what belongs to the phase; visit_replied() is called. */
void visit_send(struct visit *visit, enum phase phase);

/* PACKAGE=VERSION, until the next visit_send(). */
struct span visit_wanted(
    struct visit *visit, struct span package, struct span version);

/* Is this step's package asked about in the present phase? */
bool visit_concerns(const struct visit *visit, const struct step *step);

/* ---- visit.c */

void visit_replied(struct run_job *job);

/* ---- settle.c */

/* What the journal says of the step in the direction of this run. */
struct history *visit_history(const struct visit *visit, struct step *step);

/* Does the journal have it begun and not ended? */
bool visit_is_open(const struct visit *visit, struct step *step);

/* Is there something to do for the step in this run? */
bool visit_is_left(const struct visit *visit, struct step *step);

/*
 * May the step begin?  If not, that is its outcome in this run.  A dry run goes
 * on and only says so.
 */
bool visit_admits(struct visit *visit, struct step *step);

/* An event of the try under way, ended now; and one of nothing done. */
struct event visit_event(
    const struct visit *visit, enum outcome outcome, struct span detail);
struct event visit_idle_event(
    const struct visit *visit, enum outcome outcome, struct span detail);

/* Settle one step, or all that are pending in the same way. */
void visit_settle(struct visit *visit, struct step *step, struct event event);
void visit_settle_all(struct visit *visit, enum outcome outcome,
    struct span detail, int64_t rc);

/* Settle those whose version is there already, whoever put it there. */
void visit_settle_reached(struct visit *visit, struct span reply, int64_t rc);

/* How many steps are pending. */
size_t visit_pending(const struct visit *visit);

/* ---- transaction.c */

/* The open try of the visit, or the one after the last. */
void transaction_find_try(struct visit *visit);

/* Ask for the state of the transaction and its packages. */
void transaction_ask(struct visit *visit);

/* The answer before and after it was begun: its state and, ended, its status */
void transaction_asked(
    struct visit *visit, struct span reply, struct span state, uint64_t rc);
void transaction_followed(
    struct visit *visit, struct span reply, struct span state, uint64_t rc);

/* ---- afterwards.c */

/* Go on with the next step that comes after the transaction, or end the visit */
void visit_look_after(struct visit *visit);

/* The answers that the reboot and the check under way were waiting for. */
void afterwards_boot_seen(struct visit *visit, struct span reply);
void afterwards_checked(struct visit *visit, struct span reply);

/* ---- rehearsal.c */

/* The answers of a dry run. */
void rehearsal_simulated(
    struct visit *visit, struct span reply, uint64_t status);
void rehearsal_way_back(struct visit *visit, struct span reply);

#endif
