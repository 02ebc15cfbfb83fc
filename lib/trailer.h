/*
 * The trailer of a plan: the last line of the stream, a comment that counts the
 * records of one type and gives the SHA-256 of their lines.
 *
 *	##end step 12 sha256:HEX
 *
 * The digest goes over every header line and record line of the type, each with
 * its newline, in order; lines of other types may stand between them.  It is
 * what an approval names, so that one changed byte voids it.
 */
#ifndef PM_TRAILER_H
#define PM_TRAILER_H

#include "digest.h"
#include "memory.h"

/* While a plan is written. */
struct trailer {
	struct digest digest;
	struct span type;
	uint64_t count; /* records so far, headers not counted */
};

/* Start; type is the record type's name and must outlive the trailer. */
void trailer_start(struct trailer *trailer, struct span type);

/*
 * A line without its newline.  Lines that are neither a record nor a header of
 * the type are left out.
 */
void trailer_line(struct trailer *trailer, struct span line);

/* Append the trailer line, newline included, to out. */
void trailer_finish(struct trailer *trailer, struct buffer *out);

/*
 * Check a whole text that ends in a trailer.  On success hex (DIGEST_SIZE
 * bytes) holds the digest.  Otherwise returns false, and *line and *reason say
 * where and why; reason is a phrase that goes on from the line's number.
 */
bool trailer_check(struct span text, struct span type, char *hex,
    uint64_t *line, const char **reason);

#endif
