/* Why entries of a feed could not be used, counted (feed.h) and told. */
#ifndef PM_FEED_UNUSED_H
#define PM_FEED_UNUSED_H

#include "feed.h"

/* As messages. */
void feed_unused_say(const struct feed *feed);

/* As reject records. */
void feed_unused_write(struct feed *feed);

#endif
