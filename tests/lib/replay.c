/*
 * A main() for the fuzz targets, so that their corpus is part of every test run
 * and needs no fuzzing engine.  Feeds each file of tests/fuzz/corpus/NAME to the
 * target, NAME being the program's own; a target that finds a fault aborts.
 */
#include <dirent.h>
#include <err.h>

#include "../fuzz/fuzz.h"
#include "../unit/tap.h"
#include "memory.h"

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void
replay(const char *path)
{
	struct buffer contents = {0};
	FILE *file = fopen(path, "rb");
	size_t n;

	if (file == NULL)
		err(1, "%s", path);
	do {
		char *p = buffer_reserve(&contents, 65536);

		n = fread(p, 1, 65536, file);
		contents.n += n;
	} while (n > 0);
	fclose(file);
	ok(LLVMFuzzerTestOneInput((const uint8_t *)contents.p, contents.n) == 0,
	    "%s", path);
	buffer_release(&contents);
}

int
main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	const char *name = slash == NULL ? argv[0] : slash + 1;
	struct buffer path = {0};
	struct dirent **entries;
	int count;

	(void)argc;
	buffer_printf(&path, "tests/fuzz/corpus/%s", name);
	buffer_add_byte(&path, '\0');
	count = scandir(path.p, &entries, visible, by_name);
	if (count < 0)
		err(1, "%s", path.p);
	ok(count > 0, "%s is not empty", path.p);
	for (int i = 0; i < count; i++) {
		buffer_reset(&path);
		buffer_printf(
		    &path, "tests/fuzz/corpus/%s/%s", name, entries[i]->d_name);
		buffer_add_byte(&path, '\0');
		replay(path.p);
		free(entries[i]);
	}
	free(entries);
	buffer_release(&path);
	return done();
}
