/*
 * Times are RFC 3339 UTC with Z (2026-11-23T02:00:00Z), kept as seconds since
 * the epoch.  The clock is read in one place and --now replaces it.
 */
#ifndef PM_TIMESTAMP_H
#define PM_TIMESTAMP_H

#include <stdint.h>

#include "span.h"

enum { TIMESTAMP_SIZE = sizeof("2026-11-23T02:00:00Z") };

/*
 * Parse a time, or a date alone (midnight).  False on anything else, an
 * impossible date included; *seconds is then untouched.  RFC 3339 section 5.6,
 * restricted to Z and whole seconds.
 */
bool timestamp_parse(struct span text, int64_t *seconds);

/* Format into text, which has room for TIMESTAMP_SIZE bytes; returns text. */
struct span timestamp_format(int64_t seconds, char *text);

/*
 * The time to call now: what --now set, else SOURCE_DATE_EPOCH, else the
 * clock as it stood at the first call, so that one run has one now.
 */
int64_t timestamp_now(void);
void timestamp_set_now(int64_t seconds);

/* A duration such as 90, 15m, 36h, 3d or 2w, in seconds; false if it is none */
bool duration_parse(struct span text, int64_t *seconds);

#endif
