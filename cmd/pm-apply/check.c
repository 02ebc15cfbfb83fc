/* A look at the host afterwards, and the checks that a site has for a role. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "driver.h"
#include "stages.h"
#include "verdict.h"

enum { SCRIPT_MAX = 64 * 1024 };

void
check_begin(struct visit *visit, struct step *step)
{
	(void)step;
	visit->try = 1;
	visit->open = false;
	visit->silent = 0;
	visit->began = gate_now();
	visit_send(visit, PHASE_CHECK);
}

/* ---- which checks */

/* The names of a role or check are those of files: no path, nothing hidden. */
static bool
is_plain(struct span name)
{
	if (name.n == 0 || name.n > 64 || name.p[0] == '.')
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || c == '.' || c == '_' ||
			c == '-'))
			return false;
	}
	return true;
}

/* Read a script; it must be text, since it becomes a word for a shell. */
static void
read_script(const char *path, struct buffer *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	if (fd == -1)
		die_errno(PM_EXIT_IO, "%s", path);
	while (text->n <= SCRIPT_MAX &&
	       (n = read(fd, buffer_reserve(text, SCRIPT_MAX), SCRIPT_MAX)) > 0)
		text->n += (size_t)n;
	if (n == -1)
		die_errno(PM_EXIT_IO, "%s", path);
	close(fd);
	if (text->n > SCRIPT_MAX || memchr(text->p, '\0', text->n) != NULL)
		die(PM_EXIT_DATA,
		    "%s: no health check: a script of at most "
		    "64 KiB is one",
		    path);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Every script of a folder, in the order of their names. */
static void
each_of_folder(const char *path, DIR *directory,
    void (*add)(void *, struct span, struct span), void *context,
    struct arena *arena)
{
	char *names[CHECKS_MAX] = {NULL};
	struct dirent *entry;
	size_t count = 0;

	while ((entry = readdir(directory)) != NULL) {
		if (!is_plain(span_of(entry->d_name)))
			continue;
		if (count == CHECKS_MAX)
			die(PM_EXIT_DATA, "%s: more than %d health checks",
			    path, (int)CHECKS_MAX);
		names[count] = strdup(entry->d_name);
		if (names[count++] == NULL)
			die(PM_EXIT_SYSTEM, "out of memory");
	}
	if (count > 1)
		qsort(names, count, sizeof(names[0]), by_name);
	for (size_t i = 0; i < count; i++) {
		struct buffer file = {0}, text = {0};

		buffer_printf(&file, "%s/%s", path, names[i]);
		buffer_add_byte(&file, '\0');
		read_script(file.p, &text);
		add(context, arena_copy(arena, span_of(names[i])),
		    arena_copy(arena, buffer_span(&text)));
		buffer_release(&file);
		buffer_release(&text);
		free(names[i]);
	}
}

/* CHECKS/NAME, a script or a folder of scripts; none need be there. */
static bool
each_named(struct visit *visit, struct span name,
    void (*add)(void *, struct span, struct span), void *context)
{
	struct buffer path = {0}, text = {0};
	DIR *directory;
	bool found;

	if (!is_plain(name))
		return false;
	buffer_printf(&path, "%s/%.*s", visit->site->checks, SPAN_ARG(name));
	buffer_add_byte(&path, '\0');
	directory = opendir(path.p);
	found = directory != NULL || access(path.p, F_OK) == 0;
	if (directory != NULL) {
		each_of_folder(path.p, directory, add, context, &visit->arena);
		closedir(directory);
	} else if (found) {
		read_script(path.p, &text);
		add(context, arena_copy(&visit->arena, name),
		    arena_copy(&visit->arena, buffer_span(&text)));
	}
	buffer_release(&path);
	buffer_release(&text);
	return found;
}

void
check_each(struct visit *visit,
    void (*add)(void *context, struct span name, struct span text),
    void *context)
{
	const struct plan_host *host = plan_host(
	    visit->site->plan, visit->host);
	struct span rest;

	if (visit->site->checks == NULL || host == NULL)
		return;
	if (span_absent(host->health)) {
		each_named(visit, host->role, add, context);
		return;
	}
	for (rest = host->health; rest.p != NULL;) {
		struct span name = span_cut(&rest, ',');

		if (!each_named(visit, name, add, context))
			die(PM_EXIT_NOTHING,
			    "%s/%.*s: the health check of %.*s is missing",
			    visit->site->checks, SPAN_ARG(name),
			    SPAN_ARG(visit->host));
	}
}

/* ---- what it brought */

static void
add_part(struct buffer *detail)
{
	if (detail->n > 0)
		buffer_add_span(detail, SPAN("; "));
}

static size_t
judge_packages(struct visit *visit, struct span reply, struct buffer *detail)
{
	struct span package;
	size_t good = 0;

	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];

		if (!visit_concerns(visit, step))
			continue;
		if (verdict_reached(reply, step, false)) {
			good++;
			continue;
		}
		add_part(detail);
		verdict_explain(detail, reply, step);
	}
	if (verdict_broken(reply, &package)) {
		add_part(detail);
		buffer_printf(
		    detail, "%.*s is not in order", SPAN_ARG(package));
	}
	return good;
}

static size_t
judge_health(struct span reply, struct buffer *detail)
{
	struct reply_line line;
	size_t good = 0;

	while (reply_next(&reply, &line)) {
		if (span_is(line.field[0], "healthy"))
			good++;
		if (span_is(line.field[0], "missing")) {
			add_part(detail);
			buffer_printf(detail,
			    "%.*s ran before and does not now",
			    SPAN_ARG(line.field[1]));
		}
		if (span_is(line.field[0], "unhealthy")) {
			add_part(detail);
			buffer_printf(detail, "check %.*s ended with %.*s",
			    SPAN_ARG(line.field[1]), SPAN_ARG(line.field[2]));
			if (line.field[3].n > 0)
				buffer_printf(
				    detail, ": %.*s", SPAN_ARG(line.field[3]));
		}
	}
	return good;
}

void
check_replied(struct visit *visit, struct span reply)
{
	struct step *step = visit->current;
	struct buffer detail = {0};
	struct event event = visit_event(visit, OUTCOME_DONE, SPAN(""));
	size_t packages = judge_packages(visit, reply, &detail);
	size_t checks = judge_health(reply, &detail);

	if (detail.n > 0) {
		event.outcome = OUTCOME_FAILED;
	} else {
		buffer_printf(&detail, "%zu %s as planned, all in order",
		    packages, PLURAL(packages, "package", "packages"));
		if (checks > 0)
			buffer_printf(&detail, ", %zu health %s passed", checks,
			    PLURAL(checks, "check", "checks"));
	}
	event.detail = buffer_span(&detail);
	visit_settle(visit, step, event);
	if (event.outcome == OUTCOME_FAILED && backout_wanted(visit) &&
	    backout_begin(visit, buffer_span(&detail))) {
		buffer_release(&detail);
		return;
	}
	buffer_release(&detail);
	visit_next(visit);
}
