/*
 * What the kernel's settings will be after the next boot: the files of
 * sysctl.d(5).  Of files with one name that of the first directory counts, all
 * are read in the order of their names, and what is said last holds; a key with a
 * wildcard gives way to one without.
 */
#include <errno.h>
#include <fnmatch.h>

#include "settings.h"

static const char *const directories[] = {"/etc/sysctl.d", "/run/sysctl.d",
    "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d"};

enum { DIRECTORIES = sizeof(directories) / sizeof(directories[0]) };

struct setting {
	const char *key; /* with '/' between its parts */
	struct span exact, wild;
	bool excluded; /* wildcards are not for it */
	bool hidden;   /* a file may not be read */
};

/* The first separator says what separates: a/b.c/d or a.b/c.d are the same. */
static void
turn(struct buffer *key)
{
	char *end = key->p + key->n, *p = key->p;

	while (p < end && *p != '.' && *p != '/')
		p++;
	if (p == end || *p == '/')
		return;
	for (; p < end; p++)
		*p = *p == '.' ? '/' : *p == '/' ? '.' : *p;
}

/* One line: KEY = VALUE, -KEY = VALUE that may fail, or -KEY. */
static void
read_line(struct setting *setting, struct span line)
{
	bool minus = line.p[0] == '-', assigns;
	struct buffer key = {0};
	struct span name;

	if (minus)
		line = span_skip(line, 1);
	assigns = line.n > 0 && memchr(line.p, '=', line.n) != NULL;
	name = span_trim(span_cut(&line, '='));
	buffer_add_span(&key, name);
	turn(&key);
	buffer_add_byte(&key, '\0');
	if (strcmp(key.p, setting->key) == 0) {
		if (assigns)
			setting->exact = span_trim(line);
		else if (minus)
			setting->excluded = true;
	} else if (assigns && strpbrk(key.p, "*?[") != NULL &&
		   fnmatch(key.p, setting->key, FNM_PATHNAME) == 0) {
		setting->wild = span_trim(line);
	}
	buffer_release(&key);
}

static void
read_file(struct settings *settings, struct setting *setting, const char *path)
{
	const struct settings_file *file = settings_read(settings, path);
	struct span text = file->text, line;

	if (file->error == EACCES)
		setting->hidden = true;
	while (settings_line(&text, &line))
		read_line(setting, line);
}

/* The file of this name that counts: in the first directory that has one. */
static void
read_name(struct settings *settings, struct setting *setting, struct span name)
{
	struct buffer path = {0};

	for (unsigned i = 0; i < DIRECTORIES; i++) {
		buffer_reset(&path);
		buffer_printf(&path, "%s/%.*s", directories[i], SPAN_ARG(name));
		buffer_add_byte(&path, '\0');
		if (tree_entry_exists(settings->tree, path.p)) {
			read_file(settings, setting, path.p);
			break;
		}
	}
	buffer_release(&path);
}

static void
read_directories(struct settings *settings, struct setting *setting)
{
	struct list names = {0};

	for (unsigned i = 0; i < DIRECTORIES; i++)
		tree_names(settings->tree, directories[i], &names);
	list_sort(&names);
	for (size_t i = 0; i < names.count; i++)
		if (span_ends(names.item[i], SPAN(".conf")) &&
		    (i == 0 || !span_equal(names.item[i], names.item[i - 1])))
			read_name(settings, setting, names.item[i]);
	list_release(&names);
}

/* systemd reads nothing else; sysctl(8) reads one more file, at the end. */
static bool
has_systemd(const struct settings *settings)
{
	return tree_exists(settings->tree, "/usr/lib/systemd/systemd-sysctl") ||
	       tree_exists(settings->tree, "/lib/systemd/systemd-sysctl");
}

void
settings_sysctl_boot(struct settings *settings, struct span name)
{
	struct buffer key = {0};
	struct setting setting = {0};
	struct span value = SPAN("unset");

	buffer_add_span(&key, name);
	turn(&key);
	buffer_add_byte(&key, '\0');
	setting.key = key.p;
	read_directories(settings, &setting);
	if (!has_systemd(settings))
		read_file(settings, &setting, "/etc/sysctl.conf");
	if (setting.exact.p != NULL)
		value = setting.exact;
	else if (setting.wild.p != NULL && !setting.excluded)
		value = setting.wild;
	if (!setting.hidden)
		settings_fact(
		    settings, value, "boot.sysctl.%.*s", SPAN_ARG(name));
	buffer_release(&key);
}
