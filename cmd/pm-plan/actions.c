/*
 * What is done in a visit, and how long each takes.  Download, installation,
 * restarts or a reboot, and the check follow from the work; what is done around
 * them is the policy's list of actions.
 */
#include "plan.h"

const char *const action_names[ACTIONS] = {
    [ACTION_DOWNLOAD] = "download",
    [ACTION_EVIDENCE] = "evidence",
    [ACTION_SILENCE] = "silence",
    [ACTION_BACKUP] = "backup",
    [ACTION_SNAPSHOT] = "snapshot",
    [ACTION_INSTALL] = "install",
    [ACTION_RESTART] = "restart",
    [ACTION_REBOOT] = "reboot",
    [ACTION_CHECK] = "check",
    [ACTION_RECOVERY] = "recovery",
    [ACTION_UNSILENCE] = "unsilence",
};

bool
action_planned(
    const struct fleet *fleet, const struct visit *visit, enum action action)
{
	const struct setting *setting = host_setting(
	    fleet, &fleet->hosts[visit->host]);

	switch (action) {
	case ACTION_DOWNLOAD:
		return visit->download > 0;
	case ACTION_INSTALL:
		return visit->installs > 0;
	case ACTION_RESTART:
		return visit->installs > 0 && !visit->reboot;
	case ACTION_REBOOT:
		return visit->reboot;
	case ACTION_CHECK:
		return true;
	default:
		return (setting->actions >> action & 1) != 0;
	}
}

int64_t
action_seconds(
    const struct fleet *fleet, const struct visit *visit, enum action action)
{
	const struct setting *setting = host_setting(
	    fleet, &fleet->hosts[visit->host]);

	return action == ACTION_DOWNLOAD
		   ? download_seconds(setting, visit->bytes)
		   : setting->seconds[action];
}

int64_t
download_seconds(const struct setting *setting, uint64_t bytes)
{
	const uint64_t bits = 8;

	if (bytes == BYTES_UNKNOWN || setting->link == 0)
		return 0;
	if (bytes > (uint64_t)INT64_MAX / bits)
		return INT64_MAX / 2;
	return (int64_t)((bytes * bits + setting->link - 1) / setting->link);
}
