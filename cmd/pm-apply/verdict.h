/* What a reply says of steps: decided by the state of the packages alone. */
#ifndef PM_APPLY_VERDICT_H
#define PM_APPLY_VERDICT_H

#include "driver.h"
#include "plan.h"

/* The version that a step is to reach, forth or back. */
struct span verdict_target(const struct step *step, bool back);

/* Does the reply say that the package is there in order at that version? */
bool verdict_reached(struct span reply, const struct step *step, bool back);

/* Is anything of the step's package not in order, or another package? */
bool verdict_broken(struct span reply, struct span *package);

/*
 * Why the step did not reach its version, in one text for a person: what is
 * installed instead and the lines of the log that say why.
 */
void verdict_explain(
    struct buffer *out, struct span reply, const struct step *step);

/* What a person should know of a step that succeeded; often nothing. */
void verdict_remark(
    struct buffer *out, struct span reply, const struct step *step);

/* The errors in a reply, joined; when there are none, the given text. */
void verdict_errors(struct buffer *out, struct span reply, const char *other);

#endif
