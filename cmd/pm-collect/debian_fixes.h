/*
 * Advisories in the form of DSA/list and DLA/list, and what they fix:
 *
 *	[02 Nov 2023] DSA-5546-1 chromium - security update
 *		{CVE-2023-5480 CVE-2023-5482}
 *		[bookworm] - chromium 119.0.6045.105-1~deb12u1
 */
#ifndef PM_DEBIAN_FIXES_H
#define PM_DEBIAN_FIXES_H

#include "debian_notes.h"
#include "feed_text.h"
#include "releases.h"

/* One advisory; spans live until the next one. */
struct debian_advisory {
	struct span name;  /* DSA-5546-1 */
	struct span title; /* chromium - security update */
	bool dated;
	int64_t date;
	struct list cves;
	struct arena text;
	struct debian_note *notes;
	uint64_t *note_lines;
	size_t note_count, note_capacity, line_capacity;
	uint64_t line;
};

/*
 * Read the next advisory; false at the end.  *pending must be false before the
 * first call: it says that lines->line is the next one's header already.
 */
bool debian_advisory_next(struct feed *feed, struct lines *lines,
    struct debian_advisory *advisory, bool *pending);
void debian_advisory_release(struct debian_advisory *advisory);

#endif
