#include "driver_text.h"

#include <stdlib.h>
#include <unistd.h>

#include "bytes.h"
#include "datadir.h"

void
driver_text(struct buffer *text, const char *name, size_t max)
{
	char *directory = datadir_find("PM_DRIVERS", "drivers");
	struct buffer path = {0};
	struct bytes bytes;

	buffer_printf(&path, "%s/%s%c", directory, name, '\0');
	free(directory);
	if (access(path.p, R_OK) == -1)
		die_errno(PM_EXIT_NOTHING,
		    "set PM_DRIVERS to the folder of the drivers: %s", path.p);
	bytes_open(&bytes, path.p);
	if (!bytes_slurp(&bytes, text, max))
		die_errno(PM_EXIT_IO, "%s", path.p);
	bytes_close(&bytes);
	buffer_release(&path);
}
