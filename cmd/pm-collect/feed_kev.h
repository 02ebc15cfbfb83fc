/* The JSON form of CISA's catalogue, which `pm-collect kev` reads as well. */
#ifndef PM_FEED_KEV_H
#define PM_FEED_KEV_H

#include "feed.h"

/* Does the file, of which nothing was read yet, begin as JSON does? */
bool feed_kev_is_json(struct feed *feed);
void feed_kev_read_json(struct feed *feed);
void feed_kev_release_json(void);

#endif
