/* Files of metadata, packed or not. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "repository.h"

enum {
	READ_SIZE = 256 * 1024,
	UNPACKED_MAX = 1024 * 1024 * 1024 /* no repository has that much */
};

struct buffer
repository_bytes(const char *file)
{
	struct buffer bytes = {0};
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		die_errno(PM_EXIT_NOTHING, "%s", file);
	do {
		n = read(fd, buffer_reserve(&bytes, READ_SIZE), READ_SIZE);
		if (n > 0)
			bytes.n += (size_t)n;
		if (bytes.n > UNPACKED_MAX)
			die(PM_EXIT_DATA, "%s: larger than any repository",
			    file);
	} while (n > 0 || (n == -1 && errno == EINTR));
	if (n == -1)
		die_errno(PM_EXIT_IO, "%s", file);
	close(fd);
	return bytes;
}

static _Noreturn void
damaged(struct archive *archive, const char *file)
{
	const char *text = archive_error_string(archive);

	die(PM_EXIT_DATA,
	    "%s: cannot be unpacked, it is damaged or cut off%s%s; fetch it "
	    "again",
	    file, text != NULL ? ": " : "", text != NULL ? text : "");
}

struct buffer
repository_unpack(struct span bytes, const char *file)
{
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;
	struct buffer text = {0};
	la_ssize_t n;
	int code;

	if (archive == NULL)
		die(PM_EXIT_SYSTEM, "out of memory");
	archive_read_support_format_raw(archive);
	archive_read_support_format_empty(archive);
	archive_read_support_filter_gzip(archive);
	archive_read_support_filter_xz(archive);
	archive_read_support_filter_zstd(archive);
	archive_read_support_filter_lz4(archive);
	archive_read_support_filter_bzip2(archive);
	if (archive_read_open_memory(archive, bytes.p, bytes.n) != ARCHIVE_OK)
		damaged(archive, file);
	code = archive_read_next_header(archive, &entry);
	if (code != ARCHIVE_OK && code != ARCHIVE_EOF)
		damaged(archive, file);
	while (code == ARCHIVE_OK) {
		n = archive_read_data(
		    archive, buffer_reserve(&text, READ_SIZE), READ_SIZE);
		if (n < 0)
			damaged(archive, file);
		if (n == 0)
			break;
		text.n += (size_t)n;
		if (text.n > UNPACKED_MAX)
			die(PM_EXIT_DATA,
			    "%s: unpacks to more than any repository has",
			    file);
	}
	archive_read_free(archive);
	return text;
}
