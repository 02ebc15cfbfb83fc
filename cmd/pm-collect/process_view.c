#include "process_view.h"

#include <errno.h>

enum {
	MAPS_MAX = 256 * 1024 * 1024,
	KERNEL_THREAD = 0x00200000, /* PF_KTHREAD, in flags of stat */
	FLAGS_FIELD = 7		    /* counted from the state behind comm */
};

/*
 * Mappings of these are gone as soon as they are made, or hold what programs
 * write for themselves; none comes from a package.
 */
static const char *const passing[] = {"/memfd:", "/dev/", "/SYSV", "/tmp/",
    "/var/tmp/", "/run/", "/var/run/", "/[", "/i915", "/drm", "/proc/",
    "/anon_hugepage", "/dmabuf"};

/* How the names of programs that run scripts begin. */
static const char *const interpreters[] = {"python", "perl", "ruby", "node",
    "php", "bash", "dash", "sh", "tclsh", "lua", "guile"};
enum { INTERPRETERS = sizeof(interpreters) / sizeof(interpreters[0]) };

static bool
is_passing(struct span path)
{
	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		if (span_starts(path, span_of(passing[i])))
			return true;
	return false;
}

/* False with errno when the file cannot be read. */
static bool
view_slurp(struct process_view *view, const char *name)
{
	buffer_reset(&view->buffer);
	return tree_slurp(&view->tree, name, &view->buffer, MAPS_MAX);
}

/* Not allowed, as opposed to gone or not there. */
static bool
refused(void)
{
	return errno == EACCES || errno == EPERM;
}

/* pid (comm) state ppid pgrp session tty tpgid flags ...; comm holds anything */
bool
view_is_kernel_thread(struct process_view *view)
{
	struct span rest;
	uint64_t flags = 0;

	if (!view_slurp(view, "stat"))
		return false;
	rest = buffer_span(&view->buffer);
	for (size_t i = rest.n; i > 0; i--)
		if (rest.p[i - 1] == ')') {
			rest = span_skip(rest, i + 1);
			break;
		}
	for (int i = 0; i < FLAGS_FIELD && rest.p != NULL; i++) {
		struct span word = span_cut(&rest, ' ');

		if (i == FLAGS_FIELD - 1 && !span_number(word, &flags))
			flags = 0;
	}
	return (flags & KERNEL_THREAD) != 0;
}

static void
view_name(struct process_view *view)
{
	struct span name;

	view_slurp(view, "comm");
	name = buffer_span(&view->buffer);
	if (name.n > 0 && name.p[name.n - 1] == '\n')
		name.n--;
	view->process.name = arena_copy(&view->processes->arena, name);
}

/* The innermost service in the control group's path, else the scope. */
static void
view_unit(struct process_view *view)
{
	struct span rest, unit = {0};

	view_slurp(view, "cgroup");
	rest = buffer_span(&view->buffer);
	while (rest.p != NULL) {
		struct span path = span_cut(&rest, '\n');

		span_cut(&path, ':');
		if (path.p == NULL)
			continue;
		span_cut(&path, ':');
		while (path.p != NULL) {
			struct span part = span_cut(&path, '/');

			if (span_ends(part, SPAN(".service")) ||
			    (span_ends(part, SPAN(".scope")) &&
				!span_ends(unit, SPAN(".service"))))
				unit = part;
		}
	}
	if (unit.n > 0)
		view->process.unit = arena_copy(&view->processes->arena, unit);
}

/* Cut " (deleted)" off; was it there? */
static bool
cut_deleted(struct span *path)
{
	static const struct span mark = {" (deleted)", 10};

	if (!span_ends(*path, mark))
		return false;
	path->n -= mark.n;
	return true;
}

static void
view_program(struct process_view *view, struct list *stale)
{
	struct span path;

	if (!tree_link(&view->tree, "exe", &view->buffer))
		return; /* the maps, refused alike, are counted */
	path = buffer_span(&view->buffer);
	if (cut_deleted(&path) && !is_passing(path))
		list_add(stale, path);
	view->process.program = arena_copy(&view->processes->arena, path);
}

/*
 * Code that is mapped from files that are gone: a line of maps is the
 * addresses, permissions, offset, device, inode and path.  Data files come and
 * go; only what is mapped executable counts.
 */
static void
view_maps(struct process_view *view, struct list *stale)
{
	struct span rest;

	if (!view_slurp(view, "maps")) {
		if (refused())
			view->processes->no_maps++;
		return;
	}
	rest = buffer_span(&view->buffer);
	while (rest.p != NULL) {
		struct span line = span_cut(&rest, '\n');
		const char *slash = span_find(line, '/');
		struct span path, permissions;

		if (slash == NULL || !cut_deleted(&line))
			continue;
		path = span_skip(line, (size_t)(slash - line.p));
		span_cut(&line, ' ');
		permissions = span_cut(&line, ' ');
		if (span_find(permissions, 'x') != NULL && !is_passing(path))
			list_add(stale, path);
	}
}

static void
add_holder(struct processes *processes, uint64_t inode)
{
	processes->holder = memory_grow(processes->holder,
	    &processes->holder_capacity, processes->holder_count + 1,
	    sizeof(*processes->holder));
	processes->holder[processes->holder_count++] = (struct socket_holder){
	    inode, (uint32_t)processes->count};
}

static void
view_descriptors(struct process_view *view)
{
	static const struct span prefix = {"socket:[", 8};
	struct list names = {0};
	char name[32];

	if (!tree_names(&view->tree, "fd", &names) && refused())
		view->processes->no_descriptors++;
	for (size_t i = 0; i < names.count; i++) {
		struct span link;
		uint64_t inode;

		snprintf(
		    name, sizeof(name), "fd/%.*s", SPAN_ARG(names.item[i]));
		if (!tree_link(&view->tree, name, &view->buffer))
			continue;
		link = buffer_span(&view->buffer);
		if (!span_starts(link, prefix) || !span_ends(link, SPAN("]")))
			continue;
		link = span_skip(link, prefix.n);
		link.n--;
		if (span_number(link, &inode))
			add_holder(view->processes, inode);
	}
	list_release(&names);
}

/*
 * The script behind an interpreter: the first argument that is no option, when
 * it is an absolute path.  Behind -c, -e or -m stands no path.
 */
static void
view_script(struct process_view *view)
{
	struct span rest, program = view->process.program;
	bool interprets = false;

	while (span_find(program, '/') != NULL)
		span_cut(&program, '/');
	for (size_t i = 0; i < INTERPRETERS; i++)
		interprets = interprets ||
			     span_starts(program, span_of(interpreters[i]));
	if (!interprets || !view_slurp(view, "cmdline"))
		return;
	rest = buffer_span(&view->buffer);
	span_cut(&rest, '\0');
	while (rest.p != NULL) {
		struct span word = span_cut(&rest, '\0');

		if (span_is(word, "-c") || span_is(word, "-e") ||
		    span_is(word, "-m"))
			return;
		if (span_starts(word, SPAN("-")))
			continue;
		if (span_starts(word, SPAN("/")))
			view->process.script = arena_copy(
			    &view->processes->arena, word);
		return;
	}
}

static void
view_network(struct process_view *view)
{
	if (tree_link(&view->tree, "ns/net", &view->buffer))
		view->process.network = arena_copy(
		    &view->processes->arena, buffer_span(&view->buffer));
}

/*
 * Is the process in a container?  A service of systemd may have mounts of its
 * own, a daemon may have changed its root; a container has both.
 */
static void
view_root(struct process_view *view)
{
	struct buffer own = {0};

	if (!tree_is_other(&view->tree, "root"))
		return;
	if (tree_link(view->top, "/proc/self/ns/mnt", &own) &&
	    tree_link(&view->tree, "ns/mnt", &view->buffer))
		view->process.contained = !span_equal(
		    buffer_span(&own), buffer_span(&view->buffer));
	buffer_release(&own);
	if (view->process.contained)
		view->processes->contained++;
}

void
view_process(struct process_view *view)
{
	struct processes *processes = view->processes;
	struct buffer text = {0};
	struct list stale = {0};

	view_name(view);
	view_unit(view);
	view_root(view);
	view_program(view, &stale);
	view_script(view);
	view_maps(view, &stale);
	view_descriptors(view);
	view_network(view);
	/* what a container maps is looked at inside it */
	if (!view->process.contained) {
		list_join(&stale, &text);
		view->process.stale = arena_copy(
		    &processes->arena, buffer_span(&text));
	}
	buffer_release(&text);
	list_release(&stale);
	processes->item = memory_grow(processes->item, &processes->capacity,
	    processes->count + 1, sizeof(*processes->item));
	processes->item[processes->count++] = view->process;
}
