/*
 * A bare zlib stream (RFC 1950), which libarchive does not read.  debsecan's
 * data is published so.
 */
#ifndef PM_INFLATE_H
#define PM_INFLATE_H

#include "bytes.h"

/*
 * Put a decoder on top of *bytes, which from then on gives the unpacked bytes;
 * closing it closes what is below.  An input that does not begin as a zlib
 * stream does is given as it is.  A stream that is damaged, cut off or followed
 * by something ends the program with status 65.
 */
void inflate_open(struct bytes *bytes);

#endif
