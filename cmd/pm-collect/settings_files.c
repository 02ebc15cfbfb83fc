/* Modes and owners of files, values in configuration files, mounts. */
#include <errno.h>
#include <sys/stat.h>

#include "settings.h"

enum { OPTIONS_MAX = 64 };

/* ---- modes and owners */

static void
file_facts(struct settings *settings, const char *path, unsigned mode,
    struct span owner, struct span group, const char *type)
{
	char text[16];

	settings_fact(settings, span_of(type), "file.%s", path);
	snprintf(text, sizeof(text), "%04o", mode & 07777);
	settings_fact(settings, span_of(text), "file.%s.mode", path);
	settings_fact(settings, owner, "file.%s.owner", path);
	settings_fact(settings, group, "file.%s.group", path);
}

static const char *
type_of(const struct stat *status)
{
	return S_ISREG(status->st_mode)	  ? "file"
	       : S_ISDIR(status->st_mode) ? "directory"
					  : "other";
}

static void
file_here(struct settings *settings, const char *path)
{
	struct stat status;

	if (tree_status(settings->tree, path, &status)) {
		file_facts(settings, path, status.st_mode,
		    settings_owner(settings, "/etc/passwd", status.st_uid),
		    settings_owner(settings, "/etc/group", status.st_gid),
		    type_of(&status));
	} else if (errno == ENOENT || errno == ENOTDIR) {
		settings_fact(settings, SPAN("absent"), "file.%s", path);
	}
}

static bool
octal(struct span text, unsigned *mode)
{
	*mode = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '7')
			return false;
		*mode = *mode << 3 | (unsigned)(text.p[i] - '0');
	}
	return text.n > 0 && text.n <= 6;
}

/* The probe's lines: MODE OWNER GROUP TYPE:PATH, or absent:PATH. */
static void
file_there(struct settings *settings, const char *path)
{
	struct span rest = settings_read(settings, "/probe/status")->text;

	while (rest.p != NULL) {
		struct span name = span_cut(&rest, '\n');
		struct span words = span_cut(&name, ':');
		struct span mode = settings_word(&words);
		struct span owner = settings_word(&words);
		struct span group = settings_word(&words);
		unsigned bits;

		if (name.p == NULL || !span_is(name, path))
			continue;
		if (span_is(mode, "absent"))
			settings_fact(settings, mode, "file.%s", path);
		else if (octal(mode, &bits))
			file_facts(settings, path, bits, owner, group,
			    span_starts(words, SPAN("regular")) ? "file"
			    : span_is(words, "directory")	? "directory"
								: "other");
		return;
	}
}

void
settings_file(struct settings *settings, struct span rest)
{
	struct span path = settings_word(&rest);
	const char *name = settings_string(settings, path);

	if (path.n == 0 || path.p[0] != '/')
		return;
	if (settings->tree->reply == NULL)
		file_here(settings, name);
	else
		file_there(settings, name);
}

/* ---- values in configuration files */

/* Without the quotes around it. */
static struct span
unquoted(struct span value)
{
	if (value.n >= 2 && (value.p[0] == '"' || value.p[0] == '\'') &&
	    value.p[value.n - 1] == value.p[0])
		return (struct span){value.p + 1, value.n - 2};
	return value;
}

static bool
same_key(struct span a, struct span b)
{
	return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

/* KEY VALUE, KEY=VALUE or KEY = VALUE: the last line of a key counts. */
static void
find_value(struct span text, struct span key, struct span *value)
{
	struct span line;

	while (settings_line(&text, &line)) {
		struct span name = line;

		name.n = 0;
		while (name.n < line.n && line.p[name.n] != ' ' &&
		       line.p[name.n] != '\t' && line.p[name.n] != '=')
			name.n++;
		if (!same_key(name, key))
			continue;
		line = span_trim(span_skip(line, name.n));
		if (line.n > 0 && line.p[0] == '=')
			line = span_trim(span_skip(line, 1));
		*value = unquoted(line);
	}
}

/* A line that is no comment has the word somewhere. */
static bool
has_word(struct span text, struct span word)
{
	struct span line;

	while (settings_line(&text, &line))
		if (memmem(line.p, line.n, word.p, word.n) != NULL)
			return true;
	return false;
}

/*
 * Call for the file and the files of the directory beside it with .d behind its
 * name, in order.  0, or the errno of what could not be read.
 */
static int
each_part(struct settings *settings, const char *path,
    void (*part)(void *context, struct span text), void *context)
{
	const struct settings_file *file = settings_read(settings, path);
	struct list names = {0};
	struct buffer name = {0};
	int error = file->error;

	if (error == 0)
		part(context, file->text);
	buffer_printf(&name, "%s.d", path);
	buffer_add_byte(&name, '\0');
	if (tree_names(settings->tree, name.p, &names))
		for (size_t i = 0; i < names.count; i++) {
			buffer_reset(&name);
			buffer_printf(
			    &name, "%s.d/%.*s", path, SPAN_ARG(names.item[i]));
			buffer_add_byte(&name, '\0');
			file = settings_read(settings, name.p);
			if (file->error == 0)
				part(context, file->text);
			else if (file->error == EACCES)
				error = EACCES;
			if (file->error == 0 && error == ENOENT)
				error = 0;
		}
	list_release(&names);
	buffer_release(&name);
	return error;
}

struct search {
	struct span key, value;
	bool found;
};

static void
search_value(void *context, struct span text)
{
	struct search *search = context;

	find_value(text, search->key, &search->value);
}

static void
search_word(void *context, struct span text)
{
	struct search *search = context;

	search->found = search->found || has_word(text, search->key);
}

void
settings_conf(struct settings *settings, struct span rest)
{
	const char *path = settings_string(settings, settings_word(&rest));
	struct search search = {.key = settings_word(&rest)};
	int error = each_part(settings, path, search_value, &search);

	if (search.value.p == NULL && error == 0)
		search.value = SPAN("unset");
	if (error == ENOENT)
		search.value = SPAN("no-file");
	if (search.value.p != NULL && error != EACCES)
		settings_fact(settings, search.value, "conf.%s.%.*s", path,
		    SPAN_ARG(search.key));
}

void
settings_has_word(struct settings *settings, struct span rest)
{
	const char *path = settings_string(settings, settings_word(&rest));
	struct search search = {.key = settings_word(&rest)};
	int error = each_part(settings, path, search_word, &search);

	if (search.key.n == 0 || (error != 0 && error != ENOENT))
		return;
	settings_fact(settings,
	    error == ENOENT ? SPAN("no-file")
	    : search.found  ? SPAN("yes")
			    : SPAN("no"),
	    "word.%s.%.*s", path, SPAN_ARG(search.key));
}

/* ---- mounts */

static void
mount_options(struct settings *settings, const char *path, struct span type,
    struct span options)
{
	struct list list = {0};
	struct buffer text = {0};

	while (options.p != NULL && list.count < OPTIONS_MAX)
		list_add(&list, span_cut(&options, ','));
	list_join(&list, &text);
	settings_fact(settings, SPAN("yes"), "mount.%s", path);
	settings_fact(settings, type, "mount.%s.type", path);
	settings_fact(settings, buffer_span(&text), "mount.%s.options", path);
	list_release(&list);
	buffer_release(&text);
}

/* The last line of a path is what is seen there. */
void
settings_mount(struct settings *settings, struct span rest)
{
	const char *path = settings_string(settings, settings_word(&rest));
	const struct settings_file *file = settings_read(
	    settings, "/proc/self/mounts");
	struct span text = file->text, line, type = {0}, options = {0};

	if (file->error != 0 || settings->processes == NULL)
		return;
	while (settings_line(&text, &line)) {
		(void)settings_word(&line);
		if (!span_is(settings_word(&line), path))
			continue;
		type = settings_word(&line);
		options = settings_word(&line);
	}
	if (type.p == NULL)
		settings_fact(settings, SPAN("no"), "mount.%s", path);
	else
		mount_options(settings, path, type, options);
}
