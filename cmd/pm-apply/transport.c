#include "transport.h"

#include <sys/stat.h>
#include <unistd.h>

enum { CONNECT_SECONDS = 10 };

void
transport_local(struct transport *transport)
{
	*transport = (struct transport){.kind = TRANSPORT_LOCAL};
}

void
transport_root(struct transport *transport, const char *directory)
{
	static char *path; /* as long as the process */
	struct stat status;

	*transport = (struct transport){.kind = TRANSPORT_ROOT};
	path = realpath(directory, NULL);
	if (path == NULL || stat(path, &status) == -1)
		die_errno(PM_EXIT_NOTHING, "%s", directory);
	if (!S_ISDIR(status.st_mode))
		die(PM_EXIT_USAGE, "%s: is not a directory", directory);
	if (strcmp(path, "/") == 0)
		die(PM_EXIT_USAGE, "--root /: leave it out to work on this "
				   "machine");
	if (geteuid() != 0)
		die(PM_EXIT_REFUSED, "--root needs root: start it with sudo");
	transport->root = path;
}

void
transport_command(struct transport *transport, const char *command)
{
	*transport = (struct transport){.kind = TRANSPORT_COMMAND};
	command_split(&transport->command, "-e", command);
	command_settle_ssh(&transport->command, CONNECT_SECONDS);
}

void
transport_prepare(const struct transport *transport, struct arena *arena,
    struct span host, struct run_job *job)
{
	static char here[] = "/bin/sh";
	static char *const argv[] = {here, NULL};

	job->enter = NULL;
	job->argv = argv;
	switch (transport->kind) {
	case TRANSPORT_ROOT:
		job->enter = enter_image;
		job->enter_context = transport->root;
		break;
	case TRANSPORT_LOCAL:
		break;
	case TRANSPORT_COMMAND:
		if (!command_host_valid(host))
			die(PM_EXIT_DATA,
			    "%.*s: no name that -e can take to a host",
			    SPAN_ARG(host));
		job->argv = command_on(&transport->command, arena, host);
	}
}

void
transport_release(struct transport *transport)
{
	free(transport->root);
	command_release(&transport->command);
}
