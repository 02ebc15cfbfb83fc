/*
 * What must hold before a step may begin: an approval of exactly this plan
 * that covers the host, the evidence that the plan requires, an operator where
 * one has to be present, the open window, and the steps that come first.
 */
#ifndef PM_APPLY_GATE_H
#define PM_APPLY_GATE_H

#include "plan.h"

struct gate {
	const struct plan *plan;
	const char *attended; /* who is present, or NULL */
	bool back;	      /* rolling back: the window does not matter */
	bool later;	      /* the window is looked at on the host */
};

/*
 * May the step begin now?  PM_EXIT_OK; or PM_EXIT_REFUSED or PM_EXIT_AGAIN and
 * in reason what is missing and what to do about it.
 */
enum pm_exit gate_step(
    const struct gate *gate, const struct step *step, struct buffer *reason);

/* Are the steps done that it comes after?  Returns as gate_step(). */
enum pm_exit gate_after(
    const struct gate *gate, const struct step *step, struct buffer *reason);

/*
 * May any of the work begin that these steps, those of a visit, are for?  Also
 * when some of it has begun, or nothing is left of it; but not when something
 * may not that others need.  Otherwise nothing around it is to begin either.
 * Returns as gate_step().
 */
enum pm_exit gate_visit(const struct gate *gate, struct step *const *steps,
    size_t count, struct buffer *reason);

/*
 * The present: --now or the clock when the program started, plus the time it
 * has been running.
 */
int64_t gate_now(void);

#endif
