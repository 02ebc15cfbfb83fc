/*
 * A file that is being read front to back, however it is stored.  The parsers
 * take one of these, so that what decodes (libarchive, a pipe) stays out of
 * them.
 */
#ifndef PM_BYTES_H
#define PM_BYTES_H

#include <sys/types.h>

#include "memory.h"

struct bytes {
	const char *file; /* its name for messages; the caller keeps it */
	int fd;

	/*
	 * Up to room bytes into to; 0 at the end, -1 with errno set.  Set by
	 * bytes_open_fd() to read(2), replaced by a decoder.
	 */
	ssize_t (*read)(struct bytes *bytes, void *to, size_t room);
	void (*close)(struct bytes *bytes);
	void *decoder;	  /* the decoder's own */
	struct span left; /* of bytes_open_memory() */
};

/* Read an open descriptor, which bytes_close() closes unless it is 0. */
void bytes_open_fd(struct bytes *bytes, int fd, const char *file);

/* Read the bytes of text, which must outlive it. */
void bytes_open_memory(struct bytes *bytes, struct span text, const char *file);

/*
 * Open a regular file or a pipe, "-" being standard input.  Failure ends the
 * program: status 66 when there is no such file, else 74.
 */
void bytes_open(struct bytes *bytes, const char *file);

/*
 * Append everything that is left to buffer.  Returns false with errno set when
 * reading fails, or EFBIG when there are more than max bytes.
 */
bool bytes_slurp(struct bytes *bytes, struct buffer *buffer, size_t max);
void bytes_close(struct bytes *bytes);

#endif
