/*
 * Any bytes as a journal: verifying never reads past them, and either accepts
 * or names a line and a reason.  What it accepts, chain and all, must be found
 * corrupt or torn when its last byte is changed.
 */
#include "journal.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"

static void
look(void *context, const struct journal_entry *entry)
{
	size_t *sum = context;

	for (unsigned i = 0; i < DONE_COLUMNS; i++) {
		if (entry->value[i].n == 0)
			abort();
		for (size_t at = 0; at < entry->value[i].n; at++)
			*sum += (unsigned char)entry->value[i].p[at];
	}
}

static bool
accepted(const uint8_t *data, size_t size)
{
	int fd = memfd_create("journal", MFD_CLOEXEC);
	const char *reason = NULL;
	uint64_t line = 0;
	size_t sum = 0;
	bool good;

	if (fd == -1 || write(fd, data, size) != (ssize_t)size ||
	    lseek(fd, 0, SEEK_SET) == -1)
		abort();
	good = journal_verify(fd, "fuzz", look, &sum, &line, &reason);
	close(fd);
	if (!good && (line == 0 || reason == NULL))
		abort();
	return good;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	if (!accepted(data, size) || size == 0)
		return 0;
	copy = malloc(size);
	if (copy == NULL)
		abort();
	memcpy(copy, data, size);
	copy[size - 1] ^= 1;
	if (accepted(copy, size))
		abort();
	free(copy);
	return 0;
}
