/* Files that one program at a time appends to: the journal, the ledger. */
#ifndef PM_LOCKED_H
#define PM_LOCKED_H

#include "memory.h"

/*
 * Open or create a regular file for reading and appending, and lock it.  what
 * names it in messages ("journal").  Status 75, with the process id of the
 * holder where it can be told, when another program has it; 74 when it cannot
 * be opened.  Closing the descriptor releases it.
 */
int locked_open(const char *path, const char *what);

/* Append all that can be read from fd to text; status 74 on failure. */
void locked_read(int fd, const char *path, struct buffer *text);

#endif
