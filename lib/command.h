/*
 * A command that reaches hosts, such as "ssh -F lab/ssh_config", as the words
 * of an argument list; and the names of hosts that may be put behind it.
 */
#ifndef PM_COMMAND_H
#define PM_COMMAND_H

#include "memory.h"

enum { COMMAND_WORDS = 64, COMMAND_HOST_MAX = 255 };

struct command {
	char *words[COMMAND_WORDS];
	size_t count;
};

/* Add a copy of a word; more than COMMAND_WORDS end the program, status 64. */
void command_add(struct command *command, const char *word);

/*
 * Add the words of a text that stands behind an option: split at blanks; quotes
 * and backslashes keep blanks together.  No shell looks at it.  A quote that is
 * not closed or no word at all end the program with status 64.
 */
void command_split(
    struct command *command, const char *option, const char *text);

/*
 * When the command is ssh: never ask, notice a dead host or line, say only
 * what matters.  What it was given before wins.
 */
void command_settle_ssh(struct command *command, int64_t connect_seconds);

/* The argument list COMMAND HOST sh, made in arena; borrows the words. */
char **command_on(
    const struct command *command, struct arena *arena, struct span host);

/*
 * May this be handed to a command as a host?  A name, an address or USER@NAME:
 * letters, digits and . _ - : % @ [ ], no hyphen in front, where it would be an
 * option.
 */
bool command_host_valid(struct span host);

void command_release(struct command *command);

#endif
