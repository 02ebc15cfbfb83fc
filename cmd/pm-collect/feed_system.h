/* Which system and release a feed's own words mean, as os-release has them. */
#ifndef PM_FEED_SYSTEM_H
#define PM_FEED_SYSTEM_H

#include "span.h"

/* Empty spans are not known; they live as long as the text. */
struct feed_system {
	struct span os;
	struct span release;
	struct span pack; /* the number of a service pack, SLES 15 SP3 */
};

/*
 * "Rocky Linux 9", "almalinux-9-for-x86_64-appstream-rpms", "Debian GNU/Linux
 * 11", "openSUSE Leap 15.2 is installed".  The table in feed_system.c decides.
 */
struct feed_system feed_system_in(struct span text);

/*
 * The number behind .el, .fc or .amzn in the release of an rpm package, such as
 * 6 in 42.el6_7.4; empty when there is none.
 */
struct span feed_dist_number(struct span release);

#endif
