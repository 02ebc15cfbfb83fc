#include "datadir.h"

#include <unistd.h>

#include "memory.h"

/* The folder of the running program; false where /proc is not mounted. */
static bool
program_folder(struct buffer *folder)
{
	enum { PATH_SIZE = 4096 };
	ssize_t n = readlink(
	    "/proc/self/exe", buffer_reserve(folder, PATH_SIZE), PATH_SIZE);

	if (n <= 0 || n == PATH_SIZE)
		return false;
	folder->n = (size_t)n;
	while (folder->n > 0 && folder->p[folder->n - 1] != '/')
		folder->n--;
	return folder->n > 0;
}

/* The folder with this path behind it, when there is such a file. */
static char *
beside(const struct buffer *folder, const char *path, const char *name)
{
	struct buffer text = {0};

	buffer_add_span(&text, buffer_span(folder));
	buffer_printf(&text, "%s%s", path, name);
	buffer_add_byte(&text, '\0');
	if (access(text.p, F_OK) == 0)
		return text.p;
	buffer_release(&text);
	return NULL;
}

char *
datadir_find(const char *environment, const char *name)
{
	const char *given = getenv(environment);
	struct buffer text = {0}, folder = {0};
	char *path = NULL, *library;

	if (given != NULL && *given != '\0') {
		buffer_printf(&text, "%s", given);
		buffer_add_byte(&text, '\0');
		return text.p;
	}
	if (program_folder(&folder)) {
		/* only the folder of a build has the library beside bin */
		library = beside(&folder, "../", "libpm.a");
		path = library != NULL ? beside(&folder, "../../share/", name)
				       : beside(&folder, "../share/pm/", name);
		free(library);
	}
	buffer_release(&folder);
	if (path != NULL)
		return path;
	buffer_printf(&text, "%s/%s", PM_DATADIR, name);
	buffer_add_byte(&text, '\0');
	return text.p;
}
