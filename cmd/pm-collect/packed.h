/*
 * Files that may be compressed, as apt keeps its package lists.  The ending of
 * the name says how (.lz4 .gz .xz .zst .bz2, or none); libarchive unpacks while
 * reading, so memory does not grow with the file.
 *
 * A file that is damaged, cut off or not packed as its name says ends the
 * program with status 65, a failed read with 74.
 */
#ifndef PM_PACKED_H
#define PM_PACKED_H

#include "bytes.h"
#include "digest.h"

/* The name without an ending that can be unpacked. */
struct span packed_stem(struct span name);

/*
 * Read the open file behind fd, which bytes_close() closes.  The file's name
 * says how it is packed and is used in messages; the caller keeps it.
 */
void packed_open(struct bytes *bytes, int fd, const char *file);

/*
 * The same, told by the first bytes of the file and not by its name, so that it
 * works for a pipe.  No digest is taken.
 */
void packed_open_any(struct bytes *bytes, int fd, const char *file);

/*
 * How many bytes were unpacked so far and, to be asked for once and at the end,
 * their SHA-256 in hexadecimal; hex has room for DIGEST_SIZE bytes.
 */
uint64_t packed_size(const struct bytes *bytes);
struct span packed_digest(struct bytes *bytes, char *hex);

#endif
