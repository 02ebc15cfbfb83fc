/* What must be shown before a host is patched: gates.c, gates_require.c */
#ifndef PM_PLAN_GATES_H
#define PM_PLAN_GATES_H

#include "plan.h"

/* Is the gate asked of the host? */
static inline bool
gates_has(
    const struct fleet *fleet, const struct host *host, enum gate_kind gate)
{
	return (host_setting(fleet, host)->gates & 1U << gate) != 0;
}

/* Does a visit begin with a backup? */
static inline bool
gates_makes_backup(const struct fleet *fleet, const struct host *host)
{
	return (host_setting(fleet, host)->actions &
		   (1U << ACTION_BACKUP | 1U << ACTION_SNAPSHOT)) != 0;
}

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
