/*
 * Everything that is to be seen of a running system, as records: this machine,
 * or another by what a probe has seen there.
 */
#ifndef PM_SURVEY_H
#define PM_SURVEY_H

#include "tree.h"

/*
 * Look at the system and write its records.  name is what to call it; with NULL
 * it is called as it calls itself.  With settings there are facts of how it is
 * set up, settings.h.  Returns what the program is to exit with.
 */
enum pm_exit survey(const struct tree *tree, const char *name,
    const char *source, bool settings);

#endif
