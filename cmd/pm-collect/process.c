#include "process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"

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

/* What is being looked at: the directory of one process. */
struct view {
	struct processes *processes;
	struct process process;
	int fd;
	struct buffer buffer;
};

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
view_slurp(struct view *view, const char *name)
{
	int fd = openat(view->fd, name, O_RDONLY | O_CLOEXEC);
	struct bytes bytes;
	bool read;
	int error;

	buffer_reset(&view->buffer);
	if (fd == -1)
		return false;
	bytes_open_fd(&bytes, fd, name);
	read = bytes_slurp(&bytes, &view->buffer, MAPS_MAX);
	error = errno;
	bytes_close(&bytes);
	errno = error;
	return read;
}

/* Not allowed, as opposed to gone or not there. */
static bool
refused(void)
{
	return errno == EACCES || errno == EPERM;
}

/* pid (comm) state ppid pgrp session tty tpgid flags ...; comm holds anything */
static bool
is_kernel_thread(struct view *view)
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
view_name(struct view *view)
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
view_unit(struct view *view)
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

static bool
view_link(struct view *view, const char *name, char *target, size_t size,
    struct span *link)
{
	ssize_t n = readlinkat(view->fd, name, target, size);

	if (n == -1)
		return false;
	*link = (struct span){target, (size_t)n};
	return true;
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
view_program(struct view *view, struct list *stale)
{
	char target[PATH_MAX];
	struct span path;

	if (!view_link(view, "exe", target, sizeof(target), &path))
		return; /* the maps, refused alike, are counted */
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
view_maps(struct view *view, struct list *stale)
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
view_descriptors(struct view *view)
{
	static const struct span prefix = {"socket:[", 8};
	struct processes *processes = view->processes;
	int fd = openat(view->fd, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (directory == NULL) {
		if (refused())
			processes->no_descriptors++;
		return;
	}
	while ((entry = readdir(directory)) != NULL) {
		char target[64];
		struct span link;
		uint64_t inode;
		ssize_t n;

		if (entry->d_name[0] == '.')
			continue;
		n = readlinkat(fd, entry->d_name, target, sizeof(target));
		if (n <= 0)
			continue;
		link = (struct span){target, (size_t)n};
		if (!span_starts(link, prefix))
			continue;
		link = span_skip(link, prefix.n);
		link.n--;
		if (!span_number(link, &inode))
			continue;
		processes->holder = memory_grow(processes->holder,
		    &processes->holder_capacity, processes->holder_count + 1,
		    sizeof(*processes->holder));
		processes->holder[processes->holder_count++] =
		    (struct socket_holder){inode, (uint32_t)processes->count};
	}
	closedir(directory);
}

/* Is the process in a container or a jail of its own? */
static void
view_root(struct view *view)
{
	struct stat own, other;

	if (stat("/", &own) == -1 ||
	    fstatat(view->fd, "root/", &other, 0) == -1)
		return;
	view->process.contained = own.st_dev != other.st_dev ||
				  own.st_ino != other.st_ino;
	if (view->process.contained)
		view->processes->contained++;
}

static void
view_process(struct view *view, struct list *namespaces)
{
	struct processes *processes = view->processes;
	struct buffer text = {0};
	struct list stale = {0};
	char target[64];
	struct span link;

	view_name(view);
	view_unit(view);
	view_root(view);
	view_program(view, &stale);
	view_maps(view, &stale);
	view_descriptors(view);
	if (view_link(view, "ns/net", target, sizeof(target), &link))
		list_add(namespaces, link);
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

static int
compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int
compare_pids(const void *a, const void *b)
{
	return compare_numbers(*(const uint32_t *)a, *(const uint32_t *)b);
}

static int
compare_holders(const void *left, const void *right)
{
	const struct socket_holder *a = left;
	const struct socket_holder *b = right;
	int order = compare_numbers(a->inode, b->inode);

	return order != 0 ? order : compare_numbers(a->process, b->process);
}

/* Every process id, in order; the caller frees. */
static uint32_t *
list_pids(size_t *count)
{
	DIR *directory = opendir("/proc");
	struct dirent *entry;
	uint32_t *pids = NULL;
	size_t capacity = 0;
	uint64_t pid;

	*count = 0;
	if (directory == NULL)
		die_errno(PM_EXIT_SYSTEM, "/proc: cannot look at processes");
	while ((entry = readdir(directory)) != NULL)
		if (span_number(span_of(entry->d_name), &pid) &&
		    pid <= UINT32_MAX) {
			pids = memory_grow(
			    pids, &capacity, *count + 1, sizeof(*pids));
			pids[(*count)++] = (uint32_t)pid;
		}
	closedir(directory);
	if (*count == 0)
		die(PM_EXIT_SYSTEM,
		    "/proc: not mounted; it is needed to look at processes");
	qsort(pids, *count, sizeof(*pids), compare_pids);
	return pids;
}

void
processes_read(struct processes *processes)
{
	struct view view = {.processes = processes};
	struct list namespaces = {0};
	struct stat status;
	size_t count;
	uint32_t *pids = list_pids(&count);
	char path[32];

	for (size_t i = 0; i < count; i++) {
		snprintf(
		    path, sizeof(path), "/proc/%lu", (unsigned long)pids[i]);
		view.fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (view.fd == -1)
			continue;
		view.process = (struct process){.pid = pids[i]};
		if (!is_kernel_thread(&view))
			view_process(&view, &namespaces);
		close(view.fd);
	}
	free(pids);
	processes->hidden = stat("/proc/1", &status) == -1;
	list_sort(&namespaces);
	if (namespaces.count > 0)
		processes->namespaces = namespaces.count - 1;
	if (processes->holder_count > 0)
		qsort(processes->holder, processes->holder_count,
		    sizeof(*processes->holder), compare_holders);
	list_release(&namespaces);
	buffer_release(&view.buffer);
}

const struct process *
processes_holder(const struct processes *processes, uint64_t inode)
{
	const struct process *found = NULL;
	size_t low = 0, high = processes->holder_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (processes->holder[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < processes->holder_count &&
	       processes->holder[low].inode == inode;
	     low++) {
		const struct process *process =
		    &processes->item[processes->holder[low].process];

		if (found == NULL || found->pid == 1)
			found = process;
	}
	return found;
}

void
processes_release(struct processes *processes)
{
	arena_release(&processes->arena);
	free(processes->item);
	free(processes->holder);
	*processes = (struct processes){0};
}
