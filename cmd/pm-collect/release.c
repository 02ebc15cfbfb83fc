#include "release.h"

enum { RELEASE_MAX = 64 * 1024 };

/*
 * An assignment's value as a shell would see it, without expansions: quotes are
 * taken off, a backslash keeps the byte behind it (within single quotes it
 * stands for itself).
 */
static struct span
unquote(struct arena *arena, struct span text)
{
	char *to = arena_allocate(arena, text.n + 1);
	char quote = 0;
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == quote) {
			quote = 0;
		} else if (quote == 0 && (c == '"' || c == '\'')) {
			quote = c;
		} else {
			if (c == '\\' && quote != '\'' && i + 1 < text.n)
				c = text.p[++i];
			to[n++] = c;
		}
	}
	return (struct span){to, n};
}

bool
release_read(
    const struct tree *tree, struct arena *arena, struct release *release)
{
	struct buffer buffer = {0};
	struct span rest, codename = {0};

	*release = (struct release){0};
	if (!tree_slurp(tree, "/etc/os-release", &buffer, RELEASE_MAX)) {
		buffer_reset(&buffer);
		if (!tree_slurp(
			tree, "/usr/lib/os-release", &buffer, RELEASE_MAX)) {
			buffer_release(&buffer);
			return false;
		}
	}
	rest = buffer_span(&buffer);
	while (rest.p != NULL) {
		struct span value = span_trim(span_cut(&rest, '\n'));
		struct span name;

		if (value.n == 0 || value.p[0] == '#')
			continue;
		name = span_cut(&value, '=');
		if (value.p == NULL)
			continue;
		if (span_is(name, "ID"))
			release->os = unquote(arena, value);
		else if (span_is(name, "VERSION_ID"))
			release->release = unquote(arena, value);
		else if (span_is(name, "VERSION_CODENAME"))
			codename = unquote(arena, value);
	}
	if (release->release.n == 0)
		release->release = codename;
	buffer_release(&buffer);
	return true;
}
