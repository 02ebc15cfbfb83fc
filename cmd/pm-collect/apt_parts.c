#include "apt_parts.h"

#include <errno.h>

static bool
is_part(struct span name, struct span suffix)
{
	if (span_ends(name, suffix))
		name.n -= suffix.n;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || c == '_' || c == '-'))
			return false;
	}
	return name.n > 0;
}

void
apt_parts(const struct tree *tree, const char *directory, const char *suffix,
    void (*each)(void *context, const char *path), void *context)
{
	struct list names = {0};
	struct buffer path = {0};

	if (!tree_names(tree, directory, &names) && errno != ENOENT)
		die_errno(PM_EXIT_IO, "%s", directory);
	for (size_t i = 0; i < names.count; i++) {
		if (!is_part(names.item[i], span_of(suffix)))
			continue;
		buffer_reset(&path);
		buffer_printf(&path, "%s/%.*s%c", directory,
		    SPAN_ARG(names.item[i]), '\0');
		each(context, path.p);
	}
	buffer_release(&path);
	list_release(&names);
}

bool
apt_part_slurp(
    const struct tree *tree, const char *path, struct buffer *text, size_t max)
{
	if (tree_slurp(tree, path, text, max))
		return true;
	if (errno != ENOENT)
		die_errno(PM_EXIT_IO, "%s", path);
	return false;
}
