/*
 * The one setting of apt that changes which offers count: apt.conf(5),
 * APT::Default-Release, which gives a release the priority 990.
 */
#ifndef PM_APT_CONF_H
#define PM_APT_CONF_H

#include "tree.h"

/*
 * The release that the files below /etc/apt name; empty for none.  Where several
 * do, the last one counts.  Unreadable files end the program.
 */
struct span apt_conf_release(const struct tree *tree, struct arena *arena);

/* The same of the text of one file; p is NULL when it does not say. */
struct span apt_conf_parse(struct span text);

#endif
