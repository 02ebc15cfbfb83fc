#include "driver.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "datadir.h"
#include "version.h"

/* Append a file of the folder; false when it is not there. */
static bool
add_file(const char *directory, const char *name, struct buffer *text)
{
	enum { BLOCK = 16 * 1024 };
	struct buffer path = {0};
	ssize_t n;
	int fd;

	buffer_printf(&path, "%s/%s", directory, name);
	buffer_add_byte(&path, '\0');
	fd = open(path.p, O_RDONLY | O_CLOEXEC);
	if (fd == -1 && errno != ENOENT)
		die_errno(PM_EXIT_NOTHING, "%s", path.p);
	if (fd == -1) {
		buffer_release(&path);
		return false;
	}
	while ((n = read(fd, buffer_reserve(text, BLOCK), BLOCK)) > 0)
		text->n += (size_t)n;
	if (n == -1)
		die_errno(PM_EXIT_IO, "%s", path.p);
	close(fd);
	buffer_release(&path);
	return true;
}

static const char *const driver_names[DRIVERS] = {
    [DRIVER_APT] = "apt",
    [DRIVER_DNF] = "dnf",
    [DRIVER_ZYPPER] = "zypper",
    [DRIVER_APK] = "apk",
    [DRIVER_PACMAN] = "pacman",
};

void
drivers_load(struct drivers *drivers)
{
	char *directory = datadir_find("PM_DRIVERS", "drivers");
	struct buffer common = {0};
	unsigned found = 0;

	for (unsigned i = 0; i < DRIVERS; i++)
		found += add_file(
		    directory, driver_names[i], &drivers->text[i]);
	if (found == 0 || !add_file(directory, "common", &common))
		die(PM_EXIT_NOTHING,
		    "%s: there are no drivers in this folder; set PM_DRIVERS "
		    "to the one where they are",
		    directory);
	for (unsigned i = 0; i < DRIVERS; i++)
		if (drivers->text[i].n > 0)
			buffer_add_span(
			    &drivers->text[i], buffer_span(&common));
	buffer_release(&common);
	free(directory);
}

/* rpm is the format of packages of systems with different managers. */
static enum driver_name
rpm_driver(struct span os)
{
	static const char *const zypper[] = {"opensuse", "sle", "suse"};

	for (size_t i = 0; i < sizeof(zypper) / sizeof(zypper[0]); i++)
		if (span_starts(os, span_of(zypper[i])))
			return DRIVER_ZYPPER;
	if (span_is(os, "altlinux") || span_is(os, "openmandriva"))
		return DRIVERS;
	return DRIVER_DNF;
}

struct span
driver_for(const struct drivers *drivers, struct span os)
{
	enum driver_name name = DRIVERS;

	switch (version_scheme_of(os)) {
	case VERSION_DEB:
		name = DRIVER_APT;
		break;
	case VERSION_RPM:
		name = rpm_driver(os);
		break;
	case VERSION_APK:
		name = DRIVER_APK;
		break;
	case VERSION_PACMAN:
		name = DRIVER_PACMAN;
		break;
	default:
		break;
	}
	return name == DRIVERS ? (struct span){0}
			       : buffer_span(&drivers->text[name]);
}

void
driver_file(const char *name, struct buffer *text)
{
	char *directory = datadir_find("PM_DRIVERS", "drivers");

	if (!add_file(directory, name, text))
		die(PM_EXIT_NOTHING,
		    "%s/%s is missing; set PM_DRIVERS to the "
		    "folder of the drivers",
		    directory, name);
	free(directory);
}

void
drivers_release(struct drivers *drivers)
{
	for (unsigned i = 0; i < DRIVERS; i++)
		buffer_release(&drivers->text[i]);
}

void
driver_quote(struct buffer *out, struct span text)
{
	buffer_add_byte(out, '\'');
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\'')
			buffer_add_span(out, SPAN("'\\''"));
		else
			buffer_add_byte(out, text.p[i]);
	buffer_add_byte(out, '\'');
}

/* The check of a site is a script of several lines. */
static bool
is_text(char byte)
{
	return byte == '\n' || byte == '\t';
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
			if (((unsigned char)words[i].p[at] < 0x20 &&
				!is_text(words[i].p[at])) ||
			    words[i].p[at] == 0x7f)
				die(PM_EXIT_DATA,
				    "'%.*s' has a control byte; "
				    "it is not sent to a host",
				    SPAN_ARG(words[i]));
		buffer_add_byte(script, ' ');
		driver_quote(script, words[i]);
	}
	buffer_add_span(script, SPAN("\nPM_DRIVER="));
	driver_quote(script, driver);
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
