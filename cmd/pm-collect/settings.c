#include "settings.h"

#include <errno.h>
#include <stdarg.h>
#include <unistd.h>

#include "driver_text.h"

enum { WATCH_MAX = 1024 * 1024 };

/* What a line of the list asks for. */
static const struct kind {
	const char *name;
	void (*see)(struct settings *settings, struct span rest);
} kinds[] = {
    {"sysctl", settings_sysctl},
    {"module", settings_module},
    {"service", settings_service},
    {"file", settings_file},
    {"mount", settings_mount},
    {"conf", settings_conf},
    {"word", settings_has_word},
    {"users", settings_users},
    {"sshd", settings_sshd},
    {"apt", settings_apt},
    {"repositories", settings_repositories},
};

void
settings_fact(
    struct settings *settings, struct span value, const char *key, ...)
{
	struct buffer text = {0};
	va_list arguments;
	char name[512];

	va_start(arguments, key);
	vsnprintf(name, sizeof(name), key, arguments);
	va_end(arguments);
	if (strchr(name, '\t') != NULL)
		return; /* no list and no user's name has one */
	buffer_printf(&text, "%s\t", name);
	buffer_add(&text, value.p,
	    value.n < SETTINGS_VALUE_MAX ? value.n : SETTINGS_VALUE_MAX);
	if (value.n > SETTINGS_VALUE_MAX)
		buffer_add_span(&text, SPAN("..."));
	list_add(&settings->facts, buffer_span(&text));
	buffer_release(&text);
}

void
settings_list(struct settings *settings, struct list *list, const char *key)
{
	struct buffer text = {0};

	list_join(list, &text);
	settings_fact(settings, text.n == 0 ? SPAN("none") : buffer_span(&text),
	    "%s", key);
	buffer_release(&text);
	list_release(list);
}

const char *
settings_string(struct settings *settings, struct span text)
{
	return arena_copy(&settings->arena, text).p;
}

const struct settings_file *
settings_read(struct settings *settings, const char *path)
{
	struct settings_file *file;
	struct buffer text = {0};

	for (size_t i = 0; i < settings->file_count; i++)
		if (span_is(settings->files[i].path, path))
			return &settings->files[i];
	settings->files = memory_grow(settings->files, &settings->file_capacity,
	    settings->file_count + 1, sizeof(*settings->files));
	file = &settings->files[settings->file_count++];
	*file = (struct settings_file){
	    .path = arena_copy(&settings->arena, span_of(path))};
	if (tree_slurp(settings->tree, path, &text, SETTINGS_TEXT_MAX))
		file->text = arena_copy(&settings->arena, buffer_span(&text));
	else
		file->error = errno == 0 ? EIO : errno;
	buffer_release(&text);
	return file;
}

bool
settings_line(struct span *rest, struct span *line)
{
	while (rest->p != NULL) {
		*line = span_trim(span_cut(rest, '\n'));
		if (line->n > 0 && line->p[0] != '#' && line->p[0] != ';')
			return true;
	}
	return false;
}

struct span
settings_word(struct span *rest)
{
	struct span text = span_trim(*rest), word = text;

	word.n = 0;
	while (
	    word.n < text.n && text.p[word.n] != ' ' && text.p[word.n] != '\t')
		word.n++;
	*rest = span_trim(span_skip(text, word.n));
	return word;
}

void
settings_watch(struct buffer *text)
{
	driver_text(text, "watch", WATCH_MAX);
}

/* One line of the list; a kind that is not known is of a newer list. */
static void
see(struct settings *settings, struct span line)
{
	struct span kind = settings_word(&line);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (span_is(kind, kinds[i].name))
			kinds[i].see(settings, line);
}

void
settings_write(const struct host *host, const struct tree *tree,
    const struct processes *processes, const struct packages *packages,
    struct output *output)
{
	struct settings settings = {
	    .tree = tree, .processes = processes, .packages = packages};
	struct buffer watch = {0};
	struct span rest, line;

	if (tree->reply == NULL)
		settings_watch(&watch);
	else if (!tree_slurp(tree, "/probe/watch", &watch, WATCH_MAX))
		buffer_reset(&watch);
	rest = buffer_span(&watch);
	while (settings_line(&rest, &line))
		see(&settings, line);
	list_sort(&settings.facts);
	for (size_t i = 0; i < settings.facts.count; i++) {
		struct span value = settings.facts.item[i];
		struct span key = span_cut(&value, '\t');

		host_fact(host, settings_string(&settings, key), value, output);
	}
	list_release(&settings.facts);
	arena_release(&settings.arena);
	free(settings.files);
	buffer_release(&watch);
}
