/* pm-collect pacman FILE-or-DIRECTORY: what pacman has installed. */
#include "pacman.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#include "source.h"

enum {
	DESC_MAX = 1024 * 1024,
	TAR_MAGIC_AT = 257 /* POSIX.1-1988, ustar header */
};

/* What reading one database holds. */
static struct {
	struct archive *archive;
	struct list names;
	struct buffer path, text;
} current;

static const struct option_row options[] = {DUMP_OPTIONS, DUMP_OPTION_END};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "pacman [options] FILE-or-DIRECTORY ...",
    .summary = "read /var/lib/pacman/local, a tar of it, or what pacman -Q "
	       "or -Qi printed",
    .examples = "pm-collect pacman --host lab1 --os arch --release rolling "
		"/var/lib/pacman/local\n"
		"LC_ALL=C pacman -Qi | pm-collect pacman --host lab1 -",
    .options = options,
};

/* ---- a package's desc file */

static const struct {
	const char *name;
	unsigned column;
} desc_fields[] = {{"%NAME%", PKG_PACKAGE}, {"%VERSION%", PKG_VERSION},
    {"%BASE%", PKG_SOURCE}, {"%ARCH%", PKG_ARCH}, {"%REASON%", PKG_AUTO}};

/*
 * Take the fields of text; values are borrowed.  An empty line stands before
 * each field but the first, and never in a value: a description that looks like
 * a field is none.
 */
static void
parse_desc(struct span text, struct span *column)
{
	bool begins = true;

	while (text.p != NULL) {
		struct span name = span_cut(&text, '\n');

		if (!begins || name.n == 0) {
			begins = name.n == 0;
			continue;
		}
		begins = false;

		for (size_t i = 0;
		     i < sizeof(desc_fields) / sizeof(desc_fields[0]); i++)
			if (span_is(name, desc_fields[i].name) &&
			    text.p != NULL)
				column[desc_fields[i].column] = span_cut(
				    &text, '\n');
	}
}

static void
note_host(struct dump *dump, const struct span *column)
{
	if (span_is(column[PKG_PACKAGE], "pacman") ||
	    span_is(column[PKG_PACKAGE], "glibc"))
		host_set(&dump->host, HOST_ARCH, column[PKG_ARCH]);
}

static void
take_desc(struct dump *dump, const char *name, struct span text)
{
	struct span column[PKG_COLUMNS] = {{NULL, 0}};

	if (!span_ends(text, SPAN("\n")))
		dump_fail(dump, 0, "%s is cut off", name);
	parse_desc(text, column);
	column[PKG_SOURCE_VERSION] = column[PKG_VERSION];
	if (column[PKG_SOURCE].n == 0)
		column[PKG_SOURCE] = column[PKG_PACKAGE];
	/* pacman writes the reason only when it is not the user's wish */
	column[PKG_AUTO] = span_is(column[PKG_AUTO], "1") ? SPAN("yes")
							  : SPAN("no");
	column[PKG_STATE] = SPAN("installed");
	if (column[PKG_VERSION].n == 0 || !dump_package(dump, column))
		dump_bad(
		    dump, 0, "%s: no proper %%NAME%% and %%VERSION%%", name);
	else
		note_host(dump, column);
}

/* ---- where desc files lie */

void
pacman_release(void)
{
	if (current.archive != NULL)
		archive_read_free(current.archive);
	list_release(&current.names);
	buffer_release(&current.path);
	buffer_release(&current.text);
	memset(&current, 0, sizeof(current));
}

void
pacman_read_tree(
    struct dump *dump, const struct tree *tree, const char *directory)
{
	struct list *names = &current.names;
	struct buffer *path = &current.path, *text = &current.text;

	if (!tree_names(tree, directory, names))
		die_errno(PM_EXIT_IO, "%s", directory);
	for (size_t i = 0; i < names->count; i++) {
		if (span_is(names->item[i], "ALPM_DB_VERSION"))
			continue;
		buffer_reset(path);
		buffer_printf(
		    path, "%s/%.*s/desc", directory, SPAN_ARG(names->item[i]));
		buffer_add_byte(path, '\0');
		buffer_reset(text);
		if (tree_slurp(tree, path->p, text, DESC_MAX))
			take_desc(dump, path->p, buffer_span(text));
		else if (errno == EFBIG || errno == ENOENT || errno == ENOTDIR)
			dump_bad(dump, 0, "%s: %s", path->p, strerror(errno));
		else
			die_errno(PM_EXIT_IO, "%s", path->p);
	}
	pacman_release();
}

static void
read_directory(struct dump *dump, const char *path)
{
	struct tree tree;

	tree_open(&tree, path);
	pacman_read_tree(dump, &tree, "/");
	tree_close(&tree);
}

/* For libarchive: more of the file. */
static la_ssize_t
give_block(struct archive *archive, void *context, const void **block)
{
	static char room[64 * 1024];
	struct dump *dump = context;
	ssize_t n = dump->bytes.read(&dump->bytes, room, sizeof(room));

	(void)archive;
	if (n == -1)
		die_errno(PM_EXIT_IO, "%s", dump->file);
	*block = room;
	return n;
}

static _Noreturn void
archive_failed(const struct dump *dump, struct archive *archive)
{
	const char *text = archive_error_string(archive);

	dump_fail(dump, 0, "the archive is damaged or cut off%s%s",
	    text != NULL ? ": " : "", text != NULL ? text : "");
}

static void
read_entry(struct dump *dump, struct archive *archive, const char *name)
{
	struct buffer *text = &current.text;
	la_ssize_t n;

	buffer_reset(text);
	do {
		n = archive_read_data(
		    archive, buffer_reserve(text, DESC_MAX), DESC_MAX);
		if (n < 0)
			archive_failed(dump, archive);
		text->n += (size_t)n;
	} while (n > 0 && text->n <= DESC_MAX);
	if (text->n > DESC_MAX)
		dump_bad(dump, 0, "%s: larger than %d bytes", name, DESC_MAX);
	else
		take_desc(dump, name, buffer_span(text));
}

static void
read_tar(struct dump *dump)
{
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;
	int code;

	current.archive = archive;
	if (archive == NULL)
		die(PM_EXIT_SYSTEM, "out of memory");
	archive_read_support_format_tar(archive);
	if (archive_read_open(archive, dump, NULL, give_block, NULL) !=
	    ARCHIVE_OK)
		archive_failed(dump, archive);
	while (
	    (code = archive_read_next_header(archive, &entry)) == ARCHIVE_OK) {
		const char *name = archive_entry_pathname(entry);

		if (name != NULL && archive_entry_filetype(entry) == AE_IFREG &&
		    span_ends(span_of(name), SPAN("/desc")))
			read_entry(dump, archive, name);
	}
	if (code != ARCHIVE_EOF)
		archive_failed(dump, archive);
}

/* ---- what pacman prints */

/* "Name            : bash"; the name is empty on a line that goes on. */
static struct span
split_label(struct span line, struct span *value)
{
	struct span label;

	*value = line;
	label = span_cut(value, ':');
	if (value->p == NULL || line.p[0] == ' ')
		return SPAN("");
	*value = span_trim(*value);
	return span_trim(label);
}

static void
take_printed(struct dump *dump, struct span *column, uint64_t line)
{
	column[PKG_STATE] = SPAN("installed");
	if (column[PKG_VERSION].n == 0 || !dump_package(dump, column))
		dump_bad(dump, line, "no proper package and version");
	else
		note_host(dump, column);
	memset(column, 0, PKG_COLUMNS * sizeof(*column));
}

/* pacman -Qi */
static void
read_details(struct dump *dump)
{
	struct span column[PKG_COLUMNS] = {{NULL, 0}};
	struct span line, label, value;
	uint64_t start = 0;
	bool complete = true;

	while (dump_line(dump, &line)) {
		if (line.n == 0) {
			if (start > 0)
				take_printed(dump, column, start);
			start = 0;
			continue;
		}
		if (start == 0)
			start = dump_line_number(dump);
		label = split_label(line, &value);
		complete = span_is(label, "Validated By"); /* the last one */
		value = arena_copy(&dump->arena, value);
		if (span_is(label, "Name"))
			column[PKG_PACKAGE] = value;
		else if (span_is(label, "Version"))
			column[PKG_VERSION] = value;
		else if (span_is(label, "Architecture"))
			column[PKG_ARCH] = value;
		else if (span_is(label, "Install Reason"))
			column[PKG_AUTO] = span_is(
					       value, "Explicitly installed")
					       ? SPAN("no")
					       : SPAN("yes");
	}
	if (start > 0 && !complete)
		dump_fail(dump, start,
		    "the file ends within this package: truncated");
	if (start > 0)
		take_printed(dump, column, start);
	dump_unseen(dump, "source packages: not in the output of pacman -Qi");
}

/* pacman -Q */
static void
read_names(struct dump *dump)
{
	struct span column[PKG_COLUMNS] = {{NULL, 0}};
	struct span line;

	while (dump_line(dump, &line)) {
		column[PKG_PACKAGE] = span_cut(&line, ' ');
		column[PKG_VERSION] = line;
		take_printed(dump, column, dump_line_number(dump));
	}
	dump_unseen(dump, "source packages and architectures: not in the "
			  "output of pacman -Q");
}

/* ---- the whole */

static void
read_any(struct dump *dump)
{
	struct span start = dump_peek(dump);

	if (span_starts(span_skip(start, TAR_MAGIC_AT), SPAN("ustar")))
		read_tar(dump);
	else if (span_starts(start, SPAN("Name  ")))
		read_details(dump);
	else
		read_names(dump);
}

const struct dump_source pacman_source = {
    .program = &program,
    .name = "pacman",
    .what = "pacman's local database, or the output of pacman -Q",
    .read = read_any,
    .read_directory = read_directory,
    .release = pacman_release,
};

enum pm_exit
collect_pacman(int argc, char **argv)
{
	return dump_collect(&pacman_source, argc, argv);
}
