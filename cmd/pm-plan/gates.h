/* What must be shown before a host is patched: gates.c, promote.c */
#ifndef PM_PLAN_GATES_H
#define PM_PLAN_GATES_H

#include "plan.h"

/* Block a planned need that does not pass, and remember what is missing. */
void gates_apply(struct fleet *fleet, struct need *need);

/* Of which step: one that only follows, one that begins, an installation. */
enum requirer { REQUIRER_FOLLOWS, REQUIRER_BEGINS, REQUIRER_INSTALLS };

/* What pm-apply is to ask again; need is that of an installation, or NULL. */
struct span gates_require(struct fleet *fleet, const struct visit *visit,
    enum requirer requirer, const struct need *need);

/* Who verifies what runs on the host: a list, or "-". */
struct span gates_tester(struct fleet *fleet, const struct host *host);

/* The gate records. */
void gates_write(struct fleet *fleet, struct output *output);

#endif
