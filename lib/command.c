#include "command.h"

void
command_add(struct command *command, const char *word)
{
	struct buffer copy = {0};

	if (command->count == COMMAND_WORDS)
		die(PM_EXIT_USAGE, "%s ...: more than %d words",
		    command->words[0], COMMAND_WORDS);
	buffer_add(&copy, word, strlen(word) + 1);
	command->words[command->count++] = copy.p;
}

/* One word of the text, moving *at behind it; false at the end. */
static bool
next_word(const char *option, const char **at, struct buffer *word)
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
		die(PM_EXIT_USAGE, "%s: a quote is not closed", option);
	buffer_add_byte(word, '\0');
	*at = p;
	return true;
}

void
command_split(struct command *command, const char *option, const char *text)
{
	struct buffer word = {0};

	while (buffer_reset(&word), next_word(option, &text, &word))
		command_add(command, word.p);
	buffer_release(&word);
	if (command->count == 0)
		die(PM_EXIT_USAGE, "%s: name a command such as ssh", option);
}

void
command_settle_ssh(struct command *command, int64_t connect_seconds)
{
	static const char *const options[] = {"BatchMode=yes",
	    "ServerAliveInterval=15", "ServerAliveCountMax=3",
	    "LogLevel=ERROR"};
	const char *slash = strrchr(command->words[0], '/');
	char timeout[64];

	if (strcmp(slash == NULL ? command->words[0] : slash + 1, "ssh") != 0)
		return;
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		command_add(command, "-o");
		command_add(command, options[i]);
	}
	snprintf(timeout, sizeof(timeout), "ConnectTimeout=%lld",
	    (long long)connect_seconds);
	command_add(command, "-o");
	command_add(command, timeout);
	command_add(command, "--");
}

char **
command_on(const struct command *command, struct arena *arena, struct span host)
{
	static char shell[] = "sh";
	char **argv = arena_allocate(
	    arena, (command->count + 3) * sizeof(*argv));
	char *name = arena_allocate(arena, host.n + 1);
	size_t n = 0;

	for (; n < command->count; n++)
		argv[n] = command->words[n];
	memcpy(name, host.p, host.n);
	argv[n++] = name;
	argv[n++] = shell;
	return argv;
}

bool
command_host_valid(struct span host)
{
	static const char others[] = "._-:%@[]";

	if (host.n == 0 || host.n > COMMAND_HOST_MAX || host.p[0] == '-')
		return false;
	for (size_t i = 0; i < host.n; i++) {
		char c = host.p[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') &&
		    !(c >= 'A' && c <= 'Z') &&
		    memchr(others, c, sizeof(others) - 1) == NULL)
			return false;
	}
	return true;
}

void
command_release(struct command *command)
{
	for (size_t i = 0; i < command->count; i++)
		free(command->words[i]);
	*command = (struct command){0};
}
