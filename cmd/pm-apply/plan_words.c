/* The words for actions, outcomes and modes in plan and journal. */
#include "plan.h"

static const char *const action_names[ACTIONS] = {
    [ACTION_DOWNLOAD] = "download",
    [ACTION_EVIDENCE] = "evidence",
    [ACTION_SILENCE] = "silence",
    [ACTION_BACKUP] = "backup",
    [ACTION_SNAPSHOT] = "snapshot",
    [ACTION_INSTALL] = "install",
    [ACTION_REMOVE] = "remove",
    [ACTION_HARDEN] = "harden",
    [ACTION_RESTART] = "restart",
    [ACTION_REBOOT] = "reboot",
    [ACTION_CHECK] = "check",
    [ACTION_RECOVERY] = "recovery",
    [ACTION_UNSILENCE] = "unsilence",
};

const char *
action_name(enum step_action action)
{
	return action_names[action];
}

bool
action_find(struct span name, enum step_action *action)
{
	for (unsigned i = 0; i < ACTIONS; i++) {
		if (span_is(name, action_names[i])) {
			*action = (enum step_action)i;
			return true;
		}
	}
	return false;
}

bool
action_is_package(enum step_action action)
{
	return action == ACTION_INSTALL || action == ACTION_REMOVE;
}

bool
action_is_work(enum step_action action)
{
	return action_is_package(action) || action == ACTION_HARDEN;
}

static const char *const outcome_names[OUTCOMES] = {
    [OUTCOME_NONE] = "-",
    [OUTCOME_STARTED] = "started",
    [OUTCOME_DONE] = "done",
    [OUTCOME_SKIPPED] = "skipped",
    [OUTCOME_FAILED] = "failed",
    [OUTCOME_UNREACHABLE] = "unreachable",
    [OUTCOME_TIMEOUT] = "timeout",
    [OUTCOME_LOST] = "lost",
    [OUTCOME_REFUSED] = "refused",
    [OUTCOME_MANUAL] = "manual",
    [OUTCOME_ROLLED_BACK] = "rolled-back",
    [OUTCOME_DRY_RUN] = "dry-run",
};

const char *
outcome_name(enum outcome outcome)
{
	return outcome_names[outcome];
}

bool
outcome_find(struct span name, enum outcome *outcome)
{
	for (unsigned i = OUTCOME_STARTED; i < OUTCOMES; i++) {
		if (span_is(name, outcome_names[i])) {
			*outcome = (enum outcome)i;
			return true;
		}
	}
	return false;
}

static const char *const pull_modes[PULLS] = {
    [PULL_NOT] = "-",
    [PULL_INSTALL] = "pull",
    [PULL_DOWNLOAD] = "pull-download",
    [PULL_NOTIFY] = "pull-notify",
};

enum pull
pull_of(struct span mode)
{
	for (unsigned i = PULL_INSTALL; i < PULLS; i++)
		if (span_is(mode, pull_modes[i]))
			return (enum pull)i;
	return PULL_NOT;
}
