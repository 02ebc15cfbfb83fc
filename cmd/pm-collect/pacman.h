/*
 * pacman's database of installed packages: a directory NAME-VERSION for each,
 * with a file desc of %FIELD% lines and the values below.
 */
#ifndef PM_PACMAN_H
#define PM_PACMAN_H

#include "dump.h"
#include "tree.h"

/* Read the database in this directory of a tree. */
void pacman_read_tree(
    struct dump *dump, const struct tree *tree, const char *directory);

/* Free what was left of one that was ended half-way. */
void pacman_release(void);

#endif
