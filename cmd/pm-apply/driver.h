/*
 * Drivers are scripts in sh that do the work on the target, share/drivers.
 * Here the words they are called with are put before them, and their replies
 * are read: lines of fields separated by TABs, the last one "end".
 */
#ifndef PM_APPLY_DRIVER_H
#define PM_APPLY_DRIVER_H

#include "memory.h"

enum { REPLY_FIELDS = 4 };

/* One line of a reply; fields that are not there are empty. */
struct reply_line {
	struct span field[REPLY_FIELDS];
};

enum driver_name {
	DRIVER_APT,
	DRIVER_DNF,
	DRIVER_ZYPPER,
	DRIVER_APK,
	DRIVER_PACMAN,
	DRIVERS
};

/* The texts of the drivers; empty where one is missing. */
struct drivers {
	struct buffer text[DRIVERS];
};

/*
 * Read them, each with what all have in common behind it, from the folder
 * PM_DRIVERS or where they are installed.  Ends the program when there is none.
 */
void drivers_load(struct drivers *drivers);

/* The one for a system, by the ID of its os-release; empty: there is none. */
struct span driver_for(const struct drivers *drivers, struct span os);

void drivers_release(struct drivers *drivers);

/* Append a further file of their folder; ends the program without it. */
void driver_file(const char *name, struct buffer *text);

/* 'text' for the shell, whatever text is. */
void driver_quote(struct buffer *out, struct span text);

/* The script that calls the driver with the given words, into script. */
void driver_script(struct buffer *script, struct span driver,
    const struct span *words, size_t count);

/*
 * Did the whole reply to this verb arrive?  *status is then what the driver
 * ended with.
 */
bool reply_whole(struct span reply, const char *verb, uint64_t *status);

/* Take the next line of a reply; false when there are no more. */
bool reply_next(struct span *rest, struct reply_line *line);

/*
 * The first line whose first fields are type and, unless it is NULL, name.
 */
bool reply_find(struct span reply, const char *type, const struct span *name,
    struct reply_line *line);

#endif
