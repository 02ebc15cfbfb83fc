/* The files of a folder such as apt.conf.d, which apt reads in their order. */
#ifndef PM_APT_PARTS_H
#define PM_APT_PARTS_H

#include "tree.h"

/*
 * Call each with the path of the parts: files NAME or NAME and the suffix, NAME
 * of letters, digits, "_" and "-".  An unreadable folder ends the program, none
 * is none.
 */
void apt_parts(const struct tree *tree, const char *directory,
    const char *suffix, void (*each)(void *context, const char *path),
    void *context);

/* The text of a file; false when there is none, other faults end the program. */
bool apt_part_slurp(
    const struct tree *tree, const char *path, struct buffer *text, size_t max);

#endif
