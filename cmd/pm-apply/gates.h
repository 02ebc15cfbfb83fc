/*
 * What the plan requires of its steps, the column requires: who has approved,
 * and what must be shown.  pm-plan has asked before; here it is asked again, of
 * what is there now.
 */
#ifndef PM_APPLY_GATES_H
#define PM_APPLY_GATES_H

#include "gate.h"

/* Set the file of allowed signers: only signed approvals count then. */
void gates_signers(const char *file);

/*
 * Check the signatures of the approvals for this plan; those that do not count
 * are named on standard error.  back: for a rollback, which an approval that
 * has expired since allows too.
 */
void gates_check_signatures(struct plan *plan, bool back);

/* Has everybody approved whom the step requires?  Returns as gate_step(). */
enum pm_exit gates_approved(
    const struct gate *gate, const struct step *step, struct buffer *reason);

/* Is the evidence there that the step requires?  Returns as gate_step(). */
enum pm_exit gates_evidence(
    const struct gate *gate, const struct step *step, struct buffer *reason);

/*
 * May this change of hardening be made?  Returns as gate_step(); and the words
 * for the journal, when somebody has taken it on him.
 */
enum pm_exit gates_harden(
    const struct gate *gate, const struct step *step, struct buffer *reason);
void gates_harden_journal(
    const struct gate *gate, const struct step *step, struct buffer *detail);

/* An approval that counts for the step and was given in this role, or NULL. */
const struct approval *gates_approval_as(
    const struct gate *gate, const struct step *step, const char *role);

/* Keep a check record of pm-verify, for the rings. */
void gates_ring_read(struct plan *plan, const struct record *record);

/* Is everything verified that the plan does in the rings before? */
bool gates_ring_verified(
    const struct plan *plan, const struct step *step, struct buffer *reason);

#endif
