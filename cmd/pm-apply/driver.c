#include "driver.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "datadir.h"

void
driver_load(const char *name, struct buffer *text)
{
	enum { BLOCK = 16 * 1024 };
	char *directory = datadir_find("PM_DRIVERS", "drivers");
	struct buffer path = {0};
	ssize_t n;
	int fd;

	buffer_printf(&path, "%s/%s", directory, name);
	buffer_add_byte(&path, '\0');
	free(directory);
	fd = open(path.p, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		die(PM_EXIT_NOTHING,
		    "%s: %s; set PM_DRIVERS to the folder of "
		    "the drivers",
		    path.p, strerror(errno));
	while ((n = read(fd, buffer_reserve(text, BLOCK), BLOCK)) > 0)
		text->n += (size_t)n;
	if (n == -1)
		die_errno(PM_EXIT_IO, "%s", path.p);
	close(fd);
	buffer_release(&path);
}

/* 'text' for the shell, whatever text is. */
static void
add_quoted(struct buffer *out, struct span text)
{
	buffer_add_byte(out, '\'');
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\'')
			buffer_add_span(out, SPAN("'\\''"));
		else
			buffer_add_byte(out, text.p[i]);
	buffer_add_byte(out, '\'');
}

/*
 * The driver is quoted as a whole and evaluated at the end, so that a script
 * which arrives in part is a syntax error and does nothing.
 */
void
driver_script(struct buffer *script, struct span driver,
    const struct span *words, size_t count)
{
	buffer_reset(script);
	buffer_add_span(script, SPAN("set --"));
	for (size_t i = 0; i < count; i++) {
		for (size_t at = 0; at < words[i].n; at++)
			if ((unsigned char)words[i].p[at] < 0x20 ||
			    words[i].p[at] == 0x7f)
				die(PM_EXIT_DATA,
				    "'%.*s' has a control byte; "
				    "it is not sent to a host",
				    SPAN_ARG(words[i]));
		buffer_add_byte(script, ' ');
		add_quoted(script, words[i]);
	}
	buffer_add_span(script, SPAN("\nPM_DRIVER="));
	add_quoted(script, driver);
	buffer_add_span(script, SPAN("\neval \"$PM_DRIVER\"\n"));
}

bool
reply_next(struct span *rest, struct reply_line *line)
{
	struct span fields;

	while (rest->p != NULL && rest->n > 0) {
		fields = span_cut(rest, '\n');
		*line = (struct reply_line){0};
		for (unsigned i = 0; i < REPLY_FIELDS && fields.p != NULL; i++)
			line->field[i] = span_cut(&fields, '\t');
		if (line->field[0].n > 0)
			return true;
	}
	return false;
}

bool
reply_find(struct span reply, const char *type, const struct span *name,
    struct reply_line *line)
{
	while (reply_next(&reply, line))
		if (span_is(line->field[0], type) &&
		    (name == NULL || span_equal(line->field[1], *name)))
			return true;
	return false;
}

bool
reply_whole(struct span reply, const char *verb, uint64_t *status)
{
	struct reply_line line = {0};
	struct reply_line last = {0};

	if (!span_ends(reply, SPAN("\n")))
		return false;
	while (reply_next(&reply, &line))
		last = line;
	return span_is(last.field[0], "end") && span_is(last.field[1], verb) &&
	       span_number(last.field[2], status);
}
