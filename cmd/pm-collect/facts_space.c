/* What is free on the file systems that packages are installed to. */
#include "facts.h"

#include <inttypes.h>
#include <sys/statvfs.h>

#include "space.h"

enum { SPACE_MAX = 64 * 1024, KILOBYTE = 1024 };

/* Two looks at a host that does nothing give the same. */
#define GRAIN (UINT64_C(64) << 20)

struct free_space {
	bool known;
	uint64_t device, bytes;
};

static void
look_here(struct free_space *spaces)
{
	for (unsigned i = 0; i < SPACE_PLACES; i++) {
		struct statvfs space;
		struct stat status;

		if (stat(space_places[i], &status) == -1 ||
		    statvfs(space_places[i], &space) == -1 ||
		    space.f_blocks == 0)
			continue;
		spaces[i] = (struct free_space){true, (uint64_t)status.st_dev,
		    (uint64_t)space.f_bavail * space.f_frsize};
	}
}

/* Lines of device, kilobytes and directory; others are not for us. */
static void
look_there(const struct tree *tree, struct free_space *spaces)
{
	struct buffer text = {0};
	struct span rest;

	tree_slurp(tree, "/probe/space", &text, SPACE_MAX);
	rest = buffer_span(&text);
	while (rest.p != NULL) {
		struct span line = span_cut(&rest, '\n');
		struct span device = span_cut(&line, ' ');
		struct span kilobytes = span_cut(&line, ' ');
		struct free_space space = {.known = true};

		if (line.p == NULL || !span_number(device, &space.device) ||
		    !span_number(kilobytes, &space.bytes) ||
		    space.bytes > UINT64_MAX / KILOBYTE)
			continue;
		space.bytes *= KILOBYTE;
		for (unsigned i = 0; i < SPACE_PLACES; i++)
			if (span_is(line, space_places[i]))
				spaces[i] = space;
	}
	buffer_release(&text);
}

void
facts_space(
    const struct host *host, const struct tree *tree, struct output *output)
{
	struct free_space spaces[SPACE_PLACES] = {0};
	char value[64];

	if (tree->reply == NULL)
		look_here(spaces);
	else
		look_there(tree, spaces);
	for (unsigned i = 0; i < SPACE_PLACES; i++) {
		const struct free_space *space = &spaces[i];

		if (!space->known || (i > 0 && spaces[0].known &&
					 space->device == spaces[0].device))
			continue;
		snprintf(value, sizeof(value), "%s %" PRIu64, space_places[i],
		    space->bytes / GRAIN * GRAIN);
		host_fact(host, "free_space", span_of(value), output);
	}
}
