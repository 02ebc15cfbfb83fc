/* The drivers: sh that is sent to hosts, or run here. */
#ifndef PM_DRIVER_TEXT_H
#define PM_DRIVER_TEXT_H

#include "memory.h"

/*
 * Append the text of a driver, at most max bytes.  One that is not there ends
 * the program with status 66.
 */
void driver_text(struct buffer *text, const char *name, size_t max);

#endif
