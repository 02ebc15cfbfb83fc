#include "survey.h"

#include <unistd.h>

#include "databases.h"
#include "facts.h"
#include "machine.h"
#include "network.h"
#include "options.h"
#include "release.h"
#include "service.h"
#include "settings.h"

enum { USER_MAX = 64 };

/* Everything that is seen before any of it is written. */
struct machine {
	const struct tree *tree;
	struct host host;
	struct databases databases;
	struct processes processes;
	struct services services;
	struct owners owners;
	struct list not_seen;
	struct output output;
	bool no_packages; /* or not all of them */
};

static void
see_host(struct machine *machine, const char *name, const char *source)
{
	struct host *host = &machine->host;
	struct release release;

	if (name != NULL)
		host_set(host, HOST_HOST, span_of(name));
	machine_describe(host, machine->tree);
	network_describe(host, machine->tree);
	if (host_name(host).n == 0)
		die(PM_EXIT_NOTHING,
		    "this machine has no name; give one with --host");
	release_read(machine->tree, &host->arena, &release);
	host->column[HOST_OS] = release.os;
	host->column[HOST_RELEASE] = release.release;
	host->column[HOST_SOURCE] = span_of(source);
}

/* What the packages tell of the system counts where nothing else does. */
static void
see_packages(struct machine *machine)
{
	struct databases *databases = &machine->databases;
	struct host *told = &databases->dump.host;
	struct span *column = machine->host.column;

	told->column[HOST_HOST] = host_name(&machine->host);
	databases_read(databases, machine->tree, &machine->output);
	column[HOST_ARCH] = databases_architecture(databases);
	if (column[HOST_ARCH].n == 0 && databases->dump.count > 0)
		column[HOST_ARCH] = machine_processor(
		    machine->tree, &machine->host.arena);
	if (column[HOST_ARCH].n == 0)
		column[HOST_ARCH] = machine_architecture(machine->tree);
	if (column[HOST_OS].n == 0) {
		column[HOST_OS] = told->column[HOST_OS];
		column[HOST_RELEASE] = told->column[HOST_RELEASE];
	}
}

static void
see_services(struct machine *machine)
{
	if (!processes_read(&machine->processes, machine->tree)) {
		if (machine->tree->reply == NULL)
			die(PM_EXIT_SYSTEM, "/proc: not mounted; it is needed "
					    "to look at processes");
		machine->processes.hidden = false; /* the probe has told */
	}
	services_read(&machine->services, &machine->processes, machine->tree);
	for (size_t i = 0; i < machine->services.count; i++) {
		const struct process *process =
		    machine->services.item[i].process;

		if (process == NULL)
			continue;
		if (process->program.n > 0)
			owners_want(&machine->owners, process->program);
		if (process->script.n > 0)
			owners_want(&machine->owners, process->script);
	}
	owners_read(
	    &machine->owners, machine->tree, machine->host.column[HOST_ARCH]);
}

static void
not_seen(struct machine *machine, const char *what, uint64_t count,
    const char *reason)
{
	struct buffer text = {0};

	if (count == 0)
		return;
	buffer_printf(
	    &text, "%s: %llu, %s", what, (unsigned long long)count, reason);
	list_add(&machine->not_seen, buffer_span(&text));
	buffer_release(&text);
}

/* Did root look? */
static bool
is_root(const struct tree *tree)
{
	struct buffer user = {0};
	bool root;

	if (tree->reply == NULL)
		return geteuid() == 0;
	root = tree_slurp(tree, "/probe/user", &user, USER_MAX) &&
	       span_is(buffer_span(&user), "0\n");
	buffer_release(&user);
	return root;
}

/* Say what could not be looked at; nothing of it passes for clean. */
static void
see_gaps(struct machine *machine)
{
	const struct processes *processes = &machine->processes;
	const char *reason = is_root(machine->tree) ? "not permitted"
						    : "not root";
	const struct reply *reply = machine->tree->reply;
	struct list *unseen = &machine->databases.dump.unseen;

	not_seen(machine, "open files of processes", processes->no_descriptors,
	    reason);
	not_seen(
	    machine, "mapped files of processes", processes->no_maps, reason);
	not_seen(machine, "processes behind listening sockets",
	    machine->services.unknown, reason);
	not_seen(machine, "processes with another root directory",
	    processes->contained, "look inside the container");
	not_seen(machine, "listeners in other network namespaces",
	    machine->services.elsewhere, "look inside the container");
	if (processes->hidden)
		list_add(&machine->not_seen,
		    SPAN("processes of other users: hidden by hidepid"));
	machine->no_packages = unseen->count > 0;
	for (size_t i = 0; i < unseen->count; i++)
		list_add(&machine->not_seen, unseen->item[i]);
	list_reset(unseen); /* written with the others */
	for (size_t i = 0; reply != NULL && i < reply->not_seen.count; i++)
		list_add(&machine->not_seen, reply->not_seen.item[i]);
	list_sort(&machine->not_seen);
	machine->host.column[HOST_STATE] = machine->not_seen.count > 0
					       ? SPAN("partial")
					       : SPAN("ok");
}

static enum pm_exit
write_machine(struct machine *machine, bool settings)
{
	const struct host *host = &machine->host;
	struct output *output = &machine->output;
	struct buffer listening = {0};

	/* Packages last: what is made of them may need all that is before. */
	host_write(&machine->host, output);
	services_write(&machine->services, &machine->owners, host, output);
	buffer_add_number(&listening, machine->services.count);
	host_fact(host, "listening", buffer_span(&listening), output);
	buffer_release(&listening);
	facts_space(host, machine->tree, output);
	facts_kernels(host, machine->tree, output);
	for (size_t i = 0; i < machine->not_seen.count; i++)
		host_fact(host, "not_seen", machine->not_seen.item[i], output);
	facts_reboot(host, machine->tree, output);
	facts_stale(host, &machine->processes, output);
	settings_leftovers(host, machine->tree, output);
	if (settings)
		settings_write(host, machine->tree, &machine->processes,
		    machine->databases.packages.count > 0
			? &machine->databases.packages
			: NULL,
		    output);
	databases_write(&machine->databases, host_name(host), output);
	host_totals(output);
	if (machine->databases.rejected > 0)
		return program_finish(output, PM_EXIT_DATA);
	if (machine->no_packages)
		return program_finish(output, PM_EXIT_PARTIAL);
	if (common.strict && machine->not_seen.count > 0)
		return program_finish(output, PM_EXIT_CONDITION);
	return program_finish(output, PM_EXIT_OK);
}

enum pm_exit
survey(const struct tree *tree, const char *name, const char *source,
    bool settings)
{
	struct machine machine = {.tree = tree};
	enum pm_exit status;

	program_output(&machine.output);
	see_host(&machine, name, source);
	see_packages(&machine);
	see_services(&machine);
	see_gaps(&machine);
	status = write_machine(&machine, settings);
	services_release(&machine.services);
	processes_release(&machine.processes);
	owners_release(&machine.owners);
	databases_release(&machine.databases);
	host_release(&machine.host);
	list_release(&machine.not_seen);
	return status;
}
