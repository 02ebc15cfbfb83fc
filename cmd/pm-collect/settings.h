/*
 * How a system is set up, as facts: what the list of drivers/watch names.
 *
 * Each kind of line there has a file or two of functions here.  What cannot be
 * looked at makes no fact, so that nobody takes it for good; what was looked
 * for and is not there says so (unset, absent, no).  pm-collect(1), section
 * Settings, has the keys.
 */
#ifndef PM_SETTINGS_H
#define PM_SETTINGS_H

#include "packages.h"
#include "process.h"

enum {
	SETTINGS_TEXT_MAX = 4 * 1024 * 1024, /* of one file */
	SETTINGS_USERS_MAX = 200,	     /* with facts of their own */
	SETTINGS_LEFTOVERS_MAX = 500,
	SETTINGS_VALUE_MAX = 4096
};

/* A file that was read, or that could not be. */
struct settings_file {
	struct span path;
	struct span text;
	int error; /* errno, or 0 */
};

struct settings {
	const struct tree *tree;
	const struct processes *processes; /* NULL: nothing runs */
	const struct packages *packages;   /* NULL: not of dpkg */
	struct arena arena;
	struct list facts; /* KEY TAB VALUE */
	struct settings_file *files;
	size_t file_count, file_capacity;
};

/* Add a fact; value may be any bytes, key must have no tab. */
void settings_fact(struct settings *settings, struct span value,
    const char *key, ...) PM_PRINTF(3, 4);

/* The fact that a list is, or none; the list is let go of. */
void settings_list(
    struct settings *settings, struct list *list, const char *key);

/* The text of a file, which lives as long as the settings. */
const struct settings_file *settings_read(
    struct settings *settings, const char *path);

/* A copy with a NUL behind it. */
const char *settings_string(struct settings *settings, struct span text);

/* The next line of *rest that is no comment and not blank, trimmed. */
bool settings_line(struct span *rest, struct span *line);

/* The next word of *rest, blanks around it; empty at the end. */
struct span settings_word(struct span *rest);

/* ---- settings_files.c */
void settings_file(struct settings *settings, struct span rest);
void settings_conf(struct settings *settings, struct span rest);
void settings_has_word(struct settings *settings, struct span rest);
void settings_mount(struct settings *settings, struct span rest);

/* ---- settings_kernel.c */
void settings_sysctl(struct settings *settings, struct span rest);
void settings_module(struct settings *settings, struct span rest);
void settings_service(struct settings *settings, struct span rest);

/* ---- settings_sysctl.c */

/* boot.sysctl.NAME: what the files set it to at boot, unset when none does. */
void settings_sysctl_boot(struct settings *settings, struct span name);

/* ---- settings_users.c */
void settings_users(struct settings *settings, struct span none);

/* The name of a user or group of the system, or the number. */
struct span settings_owner(
    struct settings *settings, const char *table, unsigned long number);

/* ---- settings_programs.c */
void settings_sshd(struct settings *settings, struct span rest);
void settings_apt(struct settings *settings, struct span rest);
void settings_repositories(struct settings *settings, struct span none);

/* ---- settings_leftover.c */

/*
 * leftover_config: files below /etc that a package manager put beside a file
 * that somebody had changed, and that nobody has merged.
 */
void settings_leftovers(
    const struct host *host, const struct tree *tree, struct output *output);

/* ---- settings.c */

/*
 * The facts that the list asks for: of a probe the list that it was given, else
 * drivers/watch.  Nothing of a probe that had none.
 */
void settings_write(const struct host *host, const struct tree *tree,
    const struct processes *processes, const struct packages *packages,
    struct output *output);

/* Append the list to a text for the probe, or to be read. */
void settings_watch(struct buffer *text);

#endif
