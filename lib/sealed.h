/*
 * Evidence in files that somebody has signed: beside FILE there is FILE.sig, as
 * "ssh-keygen -Y sign -n pm-evidence FILE" makes it.  The signature is of the
 * bytes that are read, so one changed byte voids it.
 *
 * What is not signed, where that is asked for, does not count, unless it only
 * holds back: events and failed tests.
 */
#ifndef PM_SEALED_H
#define PM_SEALED_H

#include "evidence.h"

#define SEALED_NAMESPACE "pm-evidence"

enum seal { SEAL_NONE, SEAL_GOOD, SEAL_BROKEN };

/* Set signers and required, the rest zero. */
struct sealed {
	const char *signers; /* the allowed ones; NULL: nothing is checked */
	bool required;	     /* what is not signed does not count */

	/* private: of the file being read */
	const char *file;
	enum seal seal;
	struct buffer reason;
	uint64_t dropped;
};

/*
 * A file is read from here on; text is all of it, or p NULL for what cannot be
 * signed, such as standard input.
 */
void sealed_begin(struct sealed *sealed, const char *file, struct span text);

/*
 * The same for a file that is to be opened: returns a descriptor that reads what
 * was checked.  A file that is not there ends the program with status 66.
 */
int sealed_open(struct sealed *sealed, const char *file);

/* Take a record as evidence, as far as it counts. */
void sealed_read(struct sealed *sealed, struct evidence *evidence,
    const struct record *record);

/* After the last file: say what of it did not count, and let go of it. */
void sealed_end(struct sealed *sealed);

#endif
