/*
 * The text lists of Debian's security tracker: CVE/list, DSA/list, DLA/list.
 * Their syntax is that of the tracker's own reader, lib/python/bugs.py, and of
 * doc/security-team.d.o/security_tracker.
 *
 *	CVE-2023-5849 (Use after free in ...)
 *		{DSA-5546-1}
 *		- chromium 119.0.6045.105-1 (bug #1; medium)
 *		[buster] - chromium <end-of-life> (see DSA 5046)
 *		NOTE: ...
 */
#ifndef PM_DEBIAN_NOTES_H
#define PM_DEBIAN_NOTES_H

#include "span.h"

/* What a note says of a package in a release, or in unstable. */
enum debian_state {
	DEBIAN_FIXED, /* from a version on */
	DEBIAN_UNFIXED,
	DEBIAN_NOT_AFFECTED,
	DEBIAN_WONT_FIX, /* <no-dsa>, <ignored> */
	DEBIAN_DEFERRED, /* <postponed> */
	DEBIAN_EOL,
	DEBIAN_UNDETERMINED,
	DEBIAN_NO_PACKAGE, /* <itp>: Debian does not have it yet */
	DEBIAN_MALFORMED
};

struct debian_note {
	struct span release; /* codename; empty for unstable */
	struct span package;
	struct span version;
	struct span severity; /* urgency, maybe empty */
	enum debian_state state;
};

/* An indented line; false when it is not about a package. */
bool debian_note_parse(struct span line, struct debian_note *note);

/* The word of the column state. */
struct span debian_state_text(enum debian_state state);

/*
 * The next identifier of an indented line {CVE-1 CVE-2}; *line is the rest.
 * False at its end, or when it is no such line.
 */
bool debian_reference(struct span *line, struct span *name);

#endif
