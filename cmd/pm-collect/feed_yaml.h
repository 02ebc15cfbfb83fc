/*
 * Feeds in YAML 1.1 that say what others say in JSON, read through libyaml as a
 * stream and handed on as the events of feed_json.h.  Hostile input is bounded:
 * nesting as in JSON, a text of more than FEED_YAML_TEXT, aliases (which make
 * bombs) and keys that are no text are errors, status 65 with the line.
 */
#ifndef PM_FEED_YAML_H
#define PM_FEED_YAML_H

#include "feed_json.h"

enum { FEED_YAML_TEXT = 1024 * 1024 };

/* Is the file YAML and not JSON, by its first byte? */
bool feed_yaml_likely(struct feed *feed);

/* Read the whole file, one document. */
void feed_yaml_read(struct feed_json *json, struct feed *feed,
    const struct feed_json_form *form);

/* Free what it left, also when it was ended half-way. */
void feed_yaml_release(void);

#endif
