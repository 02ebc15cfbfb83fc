#include "packed.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <unistd.h>

enum { READ_SIZE = 256 * 1024 };

static const struct packing {
	struct span ending;
	int filter;
	int (*support)(struct archive *);
} packings[] = {
    {{".lz4", 4}, ARCHIVE_FILTER_LZ4, archive_read_support_filter_lz4},
    {{".gz", 3}, ARCHIVE_FILTER_GZIP, archive_read_support_filter_gzip},
    {{".xz", 3}, ARCHIVE_FILTER_XZ, archive_read_support_filter_xz},
    {{".zst", 4}, ARCHIVE_FILTER_ZSTD, archive_read_support_filter_zstd},
    {{".bz2", 4}, ARCHIVE_FILTER_BZIP2, archive_read_support_filter_bzip2},
};

enum { PACKINGS = sizeof(packings) / sizeof(packings[0]) };

struct decoder {
	struct archive *archive;
	struct digest digest;
	uint64_t size;
	bool ended;
	bool undigested;
};

static const struct packing *
packing_of(struct span name)
{
	for (size_t i = 0; i < PACKINGS; i++)
		if (span_ends(name, packings[i].ending))
			return &packings[i];
	return NULL;
}

struct span
packed_stem(struct span name)
{
	const struct packing *packing = packing_of(name);

	if (packing != NULL)
		name.n -= packing->ending.n;
	return name;
}

static _Noreturn void
archive_failed(const struct bytes *bytes)
{
	const struct decoder *decoder = bytes->decoder;
	struct archive *archive = decoder->archive;
	const char *file = bytes->file;
	int error = archive_errno(archive);
	const char *text = archive_error_string(archive);

	/* to libarchive EILSEQ and negative numbers mean a damaged file */
	if (error > 0 && error != EILSEQ) {
		errno = error;
		die_errno(PM_EXIT_IO, "%s", file);
	}
	die(PM_EXIT_DATA,
	    "%s: cannot be unpacked, it is damaged or cut off%s%s; "
	    "fetch it again%s",
	    file, text != NULL ? ": " : "", text != NULL ? text : "",
	    decoder->undigested ? "" : " (apt-get update)");
}

static ssize_t
packed_read(struct bytes *bytes, void *to, size_t room)
{
	struct decoder *decoder = bytes->decoder;
	la_ssize_t n;

	if (decoder->ended)
		return 0;
	n = archive_read_data(decoder->archive, to, room);
	if (n < 0)
		archive_failed(bytes);
	decoder->ended = n == 0;
	decoder->size += (uint64_t)n;
	if (!decoder->undigested)
		digest_add(&decoder->digest, (struct span){to, (size_t)n});
	return n;
}

static void
packed_close(struct bytes *bytes)
{
	struct decoder *decoder = bytes->decoder;

	archive_read_free(decoder->archive);
	close(bytes->fd);
	free(decoder);
	bytes->decoder = NULL;
}

/* Start to read; packing NULL stands for a file that is not packed. */
static void
start(struct bytes *bytes, const struct packing *packing, bool any)
{
	struct decoder *decoder = bytes->decoder;
	struct archive *archive = decoder->archive;
	struct archive_entry *entry;
	int code;

	archive_read_support_format_raw(archive);
	archive_read_support_format_empty(archive);
	for (size_t i = 0; i < PACKINGS; i++)
		if (any || packing == &packings[i])
			packings[i].support(archive);
	code = archive_read_open_fd(archive, bytes->fd, READ_SIZE);
	if (code != ARCHIVE_OK)
		archive_failed(bytes);
	code = archive_read_next_header(archive, &entry);
	if (code != ARCHIVE_OK && code != ARCHIVE_EOF)
		archive_failed(bytes);
	decoder->ended = code == ARCHIVE_EOF;
}

static void
attach(struct bytes *bytes, int fd, const char *file)
{
	struct decoder *decoder = memory_zeroed(1, sizeof(*decoder));

	decoder->archive = archive_read_new();
	if (decoder->archive == NULL)
		die(PM_EXIT_SYSTEM, "out of memory");
	digest_start(&decoder->digest);
	*bytes = (struct bytes){.file = file,
	    .fd = fd,
	    .read = packed_read,
	    .close = packed_close,
	    .decoder = decoder};
}

void
packed_open(struct bytes *bytes, int fd, const char *file)
{
	const struct packing *packing = packing_of(span_of(file));
	struct decoder *decoder;

	attach(bytes, fd, file);
	decoder = bytes->decoder;
	start(bytes, packing, false);
	if (packing != NULL &&
	    archive_filter_code(decoder->archive, 0) != packing->filter)
		die(PM_EXIT_DATA,
		    "%s: is not packed as its name says; "
		    "fetch it again (apt-get update)",
		    file);
}

void
packed_open_any(struct bytes *bytes, int fd, const char *file)
{
	struct decoder *decoder;

	attach(bytes, fd, file);
	decoder = bytes->decoder;
	decoder->undigested = true;
	start(bytes, NULL, true);
}

uint64_t
packed_size(const struct bytes *bytes)
{
	const struct decoder *decoder = bytes->decoder;

	return decoder->size;
}

struct span
packed_digest(struct bytes *bytes, char *hex)
{
	struct decoder *decoder = bytes->decoder;

	return digest_finish(&decoder->digest, hex);
}
