#include "sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <unistd.h>

#include "signature.h"
#include "timestamp.h"

enum { BLOCK = 64 * 1024, SIGNATURE_MAX = 64 * 1024 };

/* All that there is, or what is behind max; false with errno. */
static bool
read_all(int fd, struct buffer *text, size_t max)
{
	ssize_t n;

	do {
		n = read(fd, buffer_reserve(text, BLOCK), BLOCK);
		if (n > 0)
			text->n += (size_t)n;
	} while ((n > 0 && text->n <= max) || (n == -1 && errno == EINTR));
	return n != -1;
}

/* The text of FILE.sig; false when there is none. */
static bool
read_signature(const char *file, struct buffer *text)
{
	struct buffer path = {0};
	bool good;
	int fd;

	buffer_printf(&path, "%s.sig", file);
	buffer_add_byte(&path, '\0');
	fd = open(path.p, O_RDONLY | O_CLOEXEC);
	if (fd == -1 && errno != ENOENT && errno != ENOTDIR)
		die_errno(PM_EXIT_IO, "%s", path.p);
	good = fd != -1;
	if (good && !read_all(fd, text, SIGNATURE_MAX))
		die_errno(PM_EXIT_IO, "%s: read", path.p);
	if (good)
		close(fd);
	buffer_release(&path);
	return good;
}

void
sealed_begin(struct sealed *sealed, const char *file, struct span text)
{
	struct buffer signature = {0};

	sealed_end(sealed);
	sealed->file = file;
	sealed->seal = SEAL_NONE;
	if (sealed->signers != NULL && text.p != NULL &&
	    read_signature(file, &signature))
		sealed->seal = signature_check_file(sealed->signers,
				   SEALED_NAMESPACE, text,
				   buffer_span(&signature), timestamp_now(),
				   &sealed->reason)
				   ? SEAL_GOOD
				   : SEAL_BROKEN;
	buffer_release(&signature);
}

static int
keep(struct span text)
{
	int fd = memfd_create("evidence", MFD_CLOEXEC);

	for (size_t done = 0; fd != -1 && done < text.n;) {
		ssize_t n = write(fd, text.p + done, text.n - done);

		if (n == -1)
			die_errno(PM_EXIT_SYSTEM, "keeping a copy of evidence");
		done += (size_t)n;
	}
	if (fd == -1 || lseek(fd, 0, SEEK_SET) == -1)
		die_errno(PM_EXIT_SYSTEM, "keeping a copy of evidence");
	return fd;
}

static bool
has_signature(const char *file)
{
	struct buffer path = {0};
	bool there;

	buffer_printf(&path, "%s.sig", file);
	buffer_add_byte(&path, '\0');
	there = access(path.p, F_OK) == 0;
	buffer_release(&path);
	return there;
}

int
sealed_open(struct sealed *sealed, const char *file)
{
	struct buffer text = {0};
	int fd, copy;

	if (strcmp(file, "-") == 0) {
		sealed_begin(sealed, "standard input", (struct span){0});
		return STDIN_FILENO;
	}
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		die_errno(PM_EXIT_NOTHING, "%s", file);
	if (sealed->signers == NULL || !has_signature(file)) {
		sealed_begin(sealed, file, (struct span){0});
		return fd;
	}
	if (!read_all(fd, &text, SIZE_MAX))
		die_errno(PM_EXIT_IO, "%s: read", file);
	close(fd);
	sealed_begin(sealed, file, buffer_span(&text));
	copy = keep(buffer_span(&text));
	buffer_release(&text);
	return copy;
}

void
sealed_read(struct sealed *sealed, struct evidence *evidence,
    const struct record *record)
{
	if (sealed->seal == SEAL_GOOD ||
	    (sealed->seal == SEAL_NONE && !sealed->required))
		evidence_read(evidence, record);
	else if (!evidence_read_unsigned(evidence, record))
		sealed->dropped++;
}

void
sealed_end(struct sealed *sealed)
{
	if (sealed->dropped > 0)
		warning("%s: %" PRIu64 " %s not count: %s.sig %.*s",
		    sealed->file, sealed->dropped,
		    PLURAL(sealed->dropped, "record of evidence does",
			"records of evidence do"),
		    sealed->file,
		    sealed->seal == SEAL_NONE ? 12 : (int)sealed->reason.n,
		    sealed->seal == SEAL_NONE ? "is not there"
					      : sealed->reason.p);
	sealed->dropped = 0;
	buffer_release(&sealed->reason);
}
