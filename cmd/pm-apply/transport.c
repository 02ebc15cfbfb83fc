#include "transport.h"

#include <sys/stat.h>
#include <unistd.h>

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

/* One word of the command, moving *at behind it; false at the end. */
static bool
next_word(const char **at, struct buffer *word)
{
	const char *p = *at;
	char quote = '\0';

	p += strspn(p, " \t");
	if (*p == '\0')
		return false;
	for (; *p != '\0' && (quote != '\0' || strchr(" \t", *p) == NULL);
	     p++) {
		if (quote == '\0' && (*p == '\'' || *p == '"')) {
			quote = *p;
			continue;
		}
		if (*p == quote) {
			quote = '\0';
			continue;
		}
		if (*p == '\\' && quote != '\'' && p[1] != '\0')
			p++;
		buffer_add_byte(word, *p);
	}
	if (quote != '\0')
		die(PM_EXIT_USAGE, "-e: a quote is not closed");
	buffer_add_byte(word, '\0');
	*at = p;
	return true;
}

void
transport_command(struct transport *transport, const char *command)
{
	struct buffer word = {0};

	*transport = (struct transport){.kind = TRANSPORT_COMMAND};
	while (next_word(&command, &word)) {
		/* the host's name, sh and NULL come behind */
		if (transport->count == TRANSPORT_WORDS)
			die(PM_EXIT_USAGE, "-e: more than %d words",
			    TRANSPORT_WORDS);
		transport->words[transport->count++] = word.p;
		word = (struct buffer){0};
	}
	if (transport->count == 0)
		die(PM_EXIT_USAGE, "-e: name a command such as ssh");
}

void
transport_prepare(const struct transport *transport, struct arena *arena,
    struct span host, struct run_job *job)
{
	static char shell[] = "sh", here[] = "/bin/sh";
	size_t room = transport->count + 3, n = 0;
	char **argv = arena_allocate(arena, room * sizeof(*argv));
	char *name;

	job->enter = NULL;
	switch (transport->kind) {
	case TRANSPORT_ROOT:
		job->enter = enter_image;
		job->enter_context = transport->root;
		argv[n++] = here;
		break;
	case TRANSPORT_LOCAL:
		argv[n++] = here;
		break;
	case TRANSPORT_COMMAND:
		for (; n < transport->count; n++)
			argv[n] = transport->words[n];
		name = arena_allocate(arena, host.n + 1);
		memcpy(name, host.p, host.n);
		argv[n++] = name;
		argv[n++] = shell;
	}
	argv[n] = NULL;
	job->argv = argv;
}

void
transport_release(struct transport *transport)
{
	free(transport->root);
	for (size_t i = 0; i < transport->count; i++)
		free(transport->words[i]);
}
