/*
 * Which policies a program reads: those of its -p options in their order, else
 * what PM_POLICY names, else the policy that comes with the programs.
 */
#ifndef PM_POLICY_H
#define PM_POLICY_H

#include "rules.h"

/* A -p option: a file, or a directory of *.pm files. */
void policy_add(const char *path);

/* Read them all, for the given columns; the caller frees with rules_free(). */
struct rules *policy_read(const struct rule_columns *columns);

#endif
