/*
 * What the parts of a visit share among themselves; everybody else includes
 * visit.h.
 *
 *	visit.c        begins, takes the replies, what to do without one
 *	sequence.c     which step is next
 *	send.c         asks the host
 *	transaction.c  ask, start, follow
 *	ended.c        what a transaction has brought
 *	check.c        look again
 *	backout.c      back to the versions from before when a check fails
 *	hook.c         programs of the site
 *	rehearsal.c    look, simulate, have
 *	settle.c       what becomes of the steps
 */
#ifndef PM_APPLY_STAGES_H
#define PM_APPLY_STAGES_H

#include "visit.h"

enum {
	SECOND = 1000,
	CHECKS_MAX = 32 /* health checks of one host */
};

/* ---- sequence.c */

/* Go on with what is left of the visit, or end it. */
void visit_next(struct visit *visit);

/* Begin the packages that are left; false when there is nothing to do. */
bool visit_begin_packages(struct visit *visit);

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

/*
 * Of the pending packages, leave those that may begin; what is under way already
 * may be asked about unless it is to begin anew.
 */
void visit_admit_pending(struct visit *visit, bool begins);

/* An event of the try under way, ended now; and one of nothing done. */
struct event visit_event(
    const struct visit *visit, enum outcome outcome, struct span detail);
struct event visit_idle_event(
    const struct visit *visit, enum outcome outcome, struct span detail);

/* Nothing was done to the step in this run, and why; not in the journal. */
void visit_report(struct visit *visit, struct step *step, enum outcome outcome,
    const char *detail);

/* Settle one step, or all that are pending in the same way. */
void visit_settle(struct visit *visit, struct step *step, struct event event);
void visit_settle_all(
    struct visit *visit, enum outcome outcome, struct span detail, int64_t rc);

/* Settle those whose version is there already, whoever put it there. */
void visit_settle_reached(struct visit *visit, struct span reply, int64_t rc);

/* How many steps are pending. */
size_t visit_pending(const struct visit *visit);

/* ---- transaction.c */

/* The action that the transaction under way is for. */
enum step_action transaction_action(const struct visit *visit);

/* Ask for the transaction of the pending steps: begins the stage. */
void transaction_begin(struct visit *visit);

/* Ask for the state of the transaction and its packages. */
void transaction_ask(struct visit *visit);

/* Record that the pending steps begin, unless the journal says so already. */
void transaction_record(struct visit *visit, const char *what);

/* The answer before and after it was begun: its state and, ended, its status */
void transaction_asked(
    struct visit *visit, struct span reply, struct span state, uint64_t rc);
void transaction_followed(
    struct visit *visit, struct span reply, struct span state, uint64_t rc);
void transaction_started(struct visit *visit, struct span reply);

/* ---- ended.c */

/* The transaction has ended with rc: settle what is pending. */
void transaction_ended(struct visit *visit, struct span reply, uint64_t rc);

/* ---- check.c */

void check_begin(struct visit *visit, struct step *step);
void check_replied(struct visit *visit, struct span reply);

/* The checks of the host's role: NAME and text of each are handed to add. */
void check_each(struct visit *visit,
    void (*add)(void *context, struct span name, struct span text),
    void *context);

/* ---- backout.c */

/* Is the visit to be taken back when its check fails? */
bool backout_wanted(const struct visit *visit);

/* Take it back for that reason; false when there is nothing to take back. */
bool backout_begin(struct visit *visit, struct span reason);

/* What an earlier run began to take back, and did not end. */
bool backout_resume(struct visit *visit);

/* ---- hook.c */

/* Is there a program of the site for the action? */
bool hook_exists(const struct site *site, enum step_action action);

/* Run it for the step; hook_ended() is called. */
void hook_begin(struct visit *visit, struct step *step);

/* Run the one called restore, which brings the snapshot of step back. */
bool hook_restore(struct visit *visit, const struct step *step);
void hook_ended(struct visit *visit);

/* ---- rehearsal.c */

/* The answers of a dry run. */
void rehearsal_simulated(
    struct visit *visit, struct span reply, uint64_t status);
void rehearsal_way_back(struct visit *visit, struct span reply);

#endif
