#include "apt_conf.h"

#include <errno.h>
#include <stdio.h>
#include <strings.h>

enum { CONF_MAX = 1024 * 1024, DEPTH_MAX = 32, NAME_ROOM = 256 };

enum token { END, WORD, OPEN, CLOSE, SEMICOLON };

/* Blanks and the three kinds of comments. */
static void
skip_blank(struct span *text)
{
	while (text->n > 0) {
		const char *end;

		if (strchr(" \t\r\n", text->p[0]) != NULL &&
		    text->p[0] != '\0') {
			*text = span_skip(*text, 1);
			continue;
		}
		if (text->p[0] == '#' || span_starts(*text, SPAN("//")))
			end = memchr(text->p, '\n', text->n);
		else if (span_starts(*text, SPAN("/*")))
			end = memmem(text->p, text->n, "*/", 2);
		else
			return;
		*text = end == NULL
			    ? span_skip(*text, text->n)
			    : span_skip(*text, (size_t)(end - text->p) + 1);
		if (end != NULL && *end == '*')
			*text = span_skip(*text, 1);
	}
}

static enum token
next_token(struct span *text, struct span *word)
{
	size_t n = 0;
	char c;

	skip_blank(text);
	if (text->n == 0)
		return END;
	c = text->p[0];
	if (c == '{' || c == '}' || c == ';') {
		*text = span_skip(*text, 1);
		return c == '{' ? OPEN : c == '}' ? CLOSE : SEMICOLON;
	}
	if (c == '"') {
		*text = span_skip(*text, 1);
		*word = span_cut(text, '"');
		if (text->p == NULL)
			*text = SPAN("");
		return WORD;
	}
	while (n < text->n && memchr(" \t\r\n;{}\"", text->p[n], 8) == NULL)
		n++;
	*word = (struct span){text->p, n};
	*text = span_skip(*text, n);
	return WORD;
}

/* Where in the tree of names the parser is. */
struct place {
	char name[NAME_ROOM]; /* each scope with "::" behind it */
	size_t length[DEPTH_MAX];
	unsigned depth;
};

static void
enter(struct place *place, struct span name)
{
	size_t length = strlen(place->name);

	if (place->depth < DEPTH_MAX)
		place->length[place->depth] = length;
	place->depth++;
	snprintf(
	    place->name + length, NAME_ROOM - length, "%.*s::", SPAN_ARG(name));
}

static void
leave(struct place *place)
{
	if (place->depth > 0 && --place->depth < DEPTH_MAX)
		place->name[place->length[place->depth]] = '\0';
}

static bool
is_setting(const struct place *place, struct span name)
{
	char full[NAME_ROOM * 2];

	snprintf(full, sizeof(full), "%s%.*s", place->name, SPAN_ARG(name));
	return strcasecmp(full, "APT::Default-Release") == 0;
}

struct span
apt_conf_parse(struct span text)
{
	struct place place = {.depth = 0};
	struct span word, words[2] = {{0}}, found = {0};
	unsigned count = 0;
	enum token token;

	while ((token = next_token(&text, &word)) != END) {
		if (token == WORD) {
			if (count < 2)
				words[count++] = word;
			continue;
		}
		if (token == OPEN && count > 0)
			enter(&place, words[0]);
		else if (token == OPEN)
			enter(&place, SPAN(""));
		else if (token == CLOSE)
			leave(&place);
		else if (count == 2 && is_setting(&place, words[0]))
			found = words[1];
		count = 0;
	}
	return found;
}

static void
read_file(const struct tree *tree, const char *path, struct arena *arena,
    struct span *release)
{
	struct buffer text = {0};
	struct span found;

	if (tree_slurp(tree, path, &text, CONF_MAX)) {
		found = apt_conf_parse(buffer_span(&text));
		if (found.p != NULL)
			*release = arena_copy(arena, span_trim(found));
	} else if (errno != ENOENT) {
		die_errno(PM_EXIT_IO, "%s", path);
	}
	buffer_release(&text);
}

/* apt takes NAME and NAME.conf of letters, digits, "_" and "-". */
static bool
is_conf(struct span name)
{
	if (span_ends(name, SPAN(".conf")))
		name.n -= 5;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || c == '_' || c == '-'))
			return false;
	}
	return name.n > 0;
}

struct span
apt_conf_release(const struct tree *tree, struct arena *arena)
{
	static const char directory[] = "/etc/apt/apt.conf.d";
	struct list names = {0};
	struct span release = SPAN("");
	char path[sizeof(directory) + 256];

	if (!tree_names(tree, directory, &names) && errno != ENOENT)
		die_errno(PM_EXIT_IO, "%s", directory);
	for (size_t i = 0; i < names.count; i++) {
		if (!is_conf(names.item[i]))
			continue;
		snprintf(path, sizeof(path), "%s/%.*s", directory,
		    SPAN_ARG(names.item[i]));
		read_file(tree, path, arena, &release);
	}
	list_release(&names);
	read_file(tree, "/etc/apt/apt.conf", arena, &release);
	return release;
}
