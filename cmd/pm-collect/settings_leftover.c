/* Configuration files that wait to be merged. */
#include "settings.h"

enum { DEPTH = 8, DIRECTORIES = 4000 };

/* dpkg(1), ucf(1), rpm(8), pacman(8), apk(8) */
static const char *const endings[] = {".dpkg-dist", ".dpkg-new", ".dpkg-old",
    ".ucf-dist", ".ucf-new", ".ucf-old", ".rpmnew", ".rpmsave", ".pacnew",
    ".pacsave", ".apk-new"};

static bool
left_over(struct span name)
{
	for (unsigned i = 0; i < sizeof(endings) / sizeof(*endings); i++)
		if (span_ends(name, span_of(endings[i])))
			return true;
	return false;
}

/* A directory is what can be listed and no link. */
static void
walk(const struct tree *tree, const char *directory, struct list *found,
    unsigned depth, unsigned *left)
{
	struct list names = {0};
	struct buffer path = {0};

	if (depth == 0 || *left == 0)
		return;
	--*left;
	tree_names(tree, directory, &names);
	for (size_t i = 0; i < names.count; i++) {
		buffer_reset(&path);
		buffer_printf(
		    &path, "%s/%.*s", directory, SPAN_ARG(names.item[i]));
		if (left_over(names.item[i])) {
			list_add(found, buffer_span(&path));
			continue;
		}
		buffer_add_byte(&path, '\0');
		if (tree_is_directory(tree, path.p))
			walk(tree, path.p, found, depth - 1, left);
	}
	list_release(&names);
	buffer_release(&path);
}

static void
from_probe(const struct tree *tree, struct list *found)
{
	struct buffer text = {0};
	struct span rest;

	if (tree_slurp(tree, "/probe/leftover", &text, SETTINGS_TEXT_MAX)) {
		rest = buffer_span(&text);
		while (rest.p != NULL) {
			struct span path = span_cut(&rest, '\n');

			if (span_starts(path, SPAN("/etc/")) && left_over(path))
				list_add(found, path);
		}
	}
	buffer_release(&text);
}

void
settings_leftovers(
    const struct host *host, const struct tree *tree, struct output *output)
{
	struct list found = {0};
	unsigned left = DIRECTORIES;

	if (tree->reply != NULL)
		from_probe(tree, &found);
	else
		walk(tree, "/etc", &found, DEPTH, &left);
	list_sort(&found);
	for (size_t i = 0; i < found.count && i < SETTINGS_LEFTOVERS_MAX; i++)
		host_fact(host, "leftover_config", found.item[i], output);
	if (found.count > SETTINGS_LEFTOVERS_MAX)
		host_fact(host, "not_seen",
		    SPAN("leftover configuration files: more than 500"),
		    output);
	list_release(&found);
}
