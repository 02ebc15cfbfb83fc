#include "apt_lists.h"

#include <errno.h>

#include "packed.h"

/* Is there a file STEM ENDING?  Its name, or p NULL. */
static struct span
find_name(const struct list *names, struct span stem, const char *ending)
{
	struct span end = span_of(ending);

	for (size_t i = 0; i < names->count; i++) {
		struct span name = names->item[i];

		if (name.n == stem.n + end.n && span_starts(name, stem) &&
		    span_ends(name, end))
			return name;
	}
	return (struct span){NULL, 0};
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Undo apt's spelling of a URI as a file name. */
static struct span
decode(struct arena *arena, struct span name)
{
	struct buffer text = {0};
	struct span decoded;

	for (size_t i = 0; i < name.n; i++) {
		int high = -1, low = -1;

		if (name.p[i] == '%' && i + 2 < name.n) {
			high = hex_digit(name.p[i + 1]);
			low = hex_digit(name.p[i + 2]);
		}
		if (high >= 0 && low >= 0) {
			buffer_add_byte(&text, (char)(high * 16 + low));
			i += 2;
		} else {
			buffer_add_byte(
			    &text, name.p[i] == '_' ? '/' : name.p[i]);
		}
	}
	decoded = arena_copy(arena, buffer_span(&text));
	buffer_release(&text);
	return decoded;
}

/* Cut "COMPONENT/binary-ARCH/Packages" up; a flat repository has no such. */
static void
take_inside(struct apt_list *list)
{
	static const char binary[] = "/binary-";
	struct span rest = list->inside;
	const char *at = NULL, *found = rest.p;
	size_t left = rest.n;

	list->component = list->arch = SPAN("-");
	while (left > 0 &&
	       (found = memmem(found, left, binary, strlen(binary))) != NULL) {
		at = found++;
		left = rest.n - (size_t)(found - rest.p);
	}
	if (at == NULL || at == rest.p)
		return;
	list->component = (struct span){rest.p, (size_t)(at - rest.p)};
	rest = span_skip(rest, list->component.n + strlen(binary));
	list->arch = span_cut(&rest, '/');
}

/* The Release file with the longest name that is a beginning of the stem. */
static void
find_release(
    struct apt_list *list, const struct list *names, struct arena *arena)
{
	struct span site = list->stem;

	while (site.n > 0 && list->release.p == NULL) {
		site.n--;
		if (list->stem.p[site.n] != '_')
			continue;
		list->release = find_name(names, site, "_InRelease");
		if (list->release.p == NULL)
			list->release = find_name(names, site, "_Release");
	}
	list->component = list->arch = SPAN("-");
	if (list->release.p == NULL) {
		list->site = list->stem;
		list->inside = SPAN("-");
		return;
	}
	list->site = site;
	list->inside = decode(arena, span_skip(list->stem, site.n + 1));
	take_inside(list);
}

static int
list_compare(const void *a, const void *b)
{
	const struct apt_list *left = a, *right = b;
	int order = span_compare(left->stem, right->stem);

	return order != 0 ? order : span_compare(left->name, right->name);
}

static void
refuse_twins(const struct apt_lists *lists)
{
	for (size_t i = 1; i < lists->count; i++) {
		const struct apt_list *a = &lists->lists[i - 1], *b = a + 1;

		if (span_equal(a->stem, b->stem))
			die(PM_EXIT_DATA,
			    "%s: %.*s and %.*s are the same list; "
			    "remove the older one",
			    lists->directory, SPAN_ARG(a->name),
			    SPAN_ARG(b->name));
	}
}

void
apt_lists_read(
    struct apt_lists *lists, const struct tree *tree, const char *directory)
{
	*lists = (struct apt_lists){.tree = tree, .directory = directory};
	if (!tree_names(tree, directory, &lists->names))
		die_errno(errno == ENOENT ? PM_EXIT_NOTHING : PM_EXIT_IO,
		    "%s: %s", tree->path, directory);
	for (size_t i = 0; i < lists->names.count; i++) {
		struct span name = lists->names.item[i];
		struct span stem = packed_stem(name);
		struct apt_list *list;

		if (!span_ends(stem, SPAN("_Packages")) &&
		    !span_is(stem, "Packages"))
			continue;
		lists->lists = memory_grow(lists->lists, &lists->capacity,
		    lists->count + 1, sizeof(*list));
		list = &lists->lists[lists->count++];
		*list = (struct apt_list){.name = name, .stem = stem};
		find_release(list, &lists->names, &lists->arena);
	}
	if (lists->count > 0)
		qsort(lists->lists, lists->count, sizeof(*lists->lists),
		    list_compare);
	refuse_twins(lists);
}

void
apt_lists_open(struct apt_lists *lists, struct span name, struct bytes *bytes)
{
	const char *top = lists->tree->path;
	struct buffer text = {0};
	struct span shown;
	size_t n = strlen(top);
	int fd;

	while (n > 0 && top[n - 1] == '/')
		n--;
	buffer_add(&text, top, n);
	buffer_printf(&text, "%s%s%.*s", lists->directory,
	    lists->directory[1] == '\0' ? "" : "/", SPAN_ARG(name));
	shown = arena_copy(&lists->arena, buffer_span(&text));
	buffer_release(&text);
	fd = tree_file(lists->tree, shown.p + n);
	if (fd == -1)
		die_errno(PM_EXIT_IO, "%s", shown.p);
	packed_open(bytes, fd, shown.p);
}

void
apt_lists_release(struct apt_lists *lists)
{
	free(lists->lists);
	list_release(&lists->names);
	arena_release(&lists->arena);
	*lists = (struct apt_lists){0};
}
