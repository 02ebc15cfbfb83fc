/* pkg records and facts in, closures solved, rows out, and the totals. */
#include "prerequisites.h"

#include <inttypes.h>

#include "closures.h"
#include "free_space.h"
#include "grant.h"

static struct {
	struct installed *installed;
	struct repositories repositories;
	uint64_t without_packages, without_repository, solved; /* hosts */
	uint64_t guessed; /* packages, of all hosts */
	uint64_t foreign; /* hosts with some */
	size_t closures;
} state;

void
prerequisites_read(const struct record *record)
{
	if (record_type(record) == RECORD_FACT) {
		free_space_read(record);
		return;
	}
	if (state.installed == NULL)
		state.installed = installed_new();
	installed_read(state.installed, record);
}

struct installed *
prerequisites_installed(void)
{
	if (state.installed != NULL)
		installed_share(state.installed);
	return state.installed;
}

static void
solve_host(struct closures *closures, struct fleet *fleet, uint32_t at)
{
	const struct host *host = &fleet->hosts[at];
	const struct closure *closure;
	uint32_t set;
	bool any = false;

	for (uint32_t i = 0; i < host->need_count && !any; i++)
		any = need_is_wish(&fleet->needs[host->first_need + i]);
	if (!any)
		return;
	if (state.installed == NULL ||
	    !installed_of(state.installed, host->name, &set)) {
		state.without_packages++;
		return;
	}
	closure = closures_of(closures, fleet, host, set);
	if (closure == NULL) {
		state.without_repository++;
		return;
	}
	state.guessed += closure->guessed;
	state.foreign += closure->foreign > 0;
	state.solved++;
	grant_closure(fleet, at, closure);
}

void
prerequisites_solve(struct fleet *fleet)
{
	struct closures closures = {
	    .repositories = &state.repositories, .installed = state.installed};
	size_t hosts = fleet->host_count;

	if (!repository_named())
		return;
	repositories_open(&state.repositories);
	for (uint32_t i = 0; i < hosts; i++)
		solve_host(&closures, fleet, i);
	fleet_sort_needs(fleet);
	state.closures = closures.count;
	closures_release(&closures);
}

void
prerequisites_report(void)
{
	if (!repository_named())
		return;
	warning("prerequisites of %" PRIu64 " %s, solved as %zu", state.solved,
	    PLURAL(state.solved, "host", "hosts"), state.closures);
	if (state.without_packages > 0)
		warning("%" PRIu64 " %s no pkg records, so %s "
			"prerequisites are not known; pipe with pm-match -k",
		    state.without_packages,
		    PLURAL(state.without_packages, "host has", "hosts have"),
		    PLURAL(state.without_packages, "its", "their"));
	if (state.without_repository > 0)
		warning("%" PRIu64 " %s that no --repository "
			"is for, so %s prerequisites are not known",
		    state.without_repository,
		    PLURAL(state.without_repository, "host is of a system",
			"hosts are of systems"),
		    PLURAL(state.without_repository, "its", "their"));
	if (state.guessed > 0)
		warning("%" PRIu64 " installed %s in no repository; "
			"%s dependencies are taken from the next version, "
			"or name a status file of such a host",
		    state.guessed,
		    PLURAL(state.guessed, "package is", "packages are"),
		    PLURAL(state.guessed, "its", "their"));
	if (state.foreign > 0)
		warning("%" PRIu64 " %s packages of foreign "
			"architectures, whose dependencies are not looked at",
		    state.foreign,
		    PLURAL(state.foreign, "host has", "hosts have"));
}
