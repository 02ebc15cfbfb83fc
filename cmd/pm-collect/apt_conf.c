#include "apt_conf.h"

#include <stdio.h>
#include <strings.h>

#include "apt_parts.h"

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

/* Where the setting is looked for, and what it was last. */
struct search {
	const struct tree *tree;
	struct arena *arena;
	struct span release;
};

static void
read_file(void *context, const char *path)
{
	struct search *search = context;
	struct buffer text = {0};
	struct span found;

	if (apt_part_slurp(search->tree, path, &text, CONF_MAX)) {
		found = apt_conf_parse(buffer_span(&text));
		if (found.p != NULL)
			search->release = arena_copy(
			    search->arena, span_trim(found));
	}
	buffer_release(&text);
}

struct span
apt_conf_release(const struct tree *tree, struct arena *arena)
{
	struct search search = {tree, arena, SPAN("")};

	apt_parts(tree, "/etc/apt/apt.conf.d", ".conf", read_file, &search);
	read_file(&search, "/etc/apt/apt.conf");
	return search.release;
}
