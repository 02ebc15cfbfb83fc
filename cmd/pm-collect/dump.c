#include "dump.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

#include "asset_value.h"
#include "feed.h"
#include "packed.h"
#include "timestamp.h"

struct dump_package {
	struct span column[PKG_COLUMNS];
};

struct dump_options dump_options;

/* ---- reading */

/* Pass on what the decoder below gives, behind what was read ahead. */
static ssize_t
read_behind(struct bytes *bytes, void *to, size_t room)
{
	struct dump *dump = bytes->decoder;
	size_t n = dump->ahead.n - dump->ahead_at;

	if (n == 0)
		return dump->packed.read(&dump->packed, to, room);
	if (n > room)
		n = room;
	memcpy(to, dump->ahead.p + dump->ahead_at, n);
	dump->ahead_at += n;
	return (ssize_t)n;
}

struct span
dump_peek(struct dump *dump)
{
	enum { LOOK = 4096 };
	struct buffer *ahead = &dump->ahead;
	ssize_t n;

	while (ahead->n < LOOK) {
		n = dump->packed.read(&dump->packed,
		    buffer_reserve(ahead, LOOK - ahead->n), LOOK - ahead->n);
		if (n == -1)
			die_errno(PM_EXIT_IO, "%s", dump->file);
		if (n == 0)
			break;
		ahead->n += (size_t)n;
	}
	return buffer_span(ahead);
}

bool
dump_line(struct dump *dump, struct span *line)
{
	struct lines *lines = &dump->lines;

	switch (lines_next(lines)) {
	case LINES_LINE:
		*line = lines->line;
		if (span_find(*line, '\0') != NULL)
			dump_fail(dump, lines->number,
			    "a NUL byte: the file is damaged, or UTF-16 (then "
			    "convert it: iconv -f UTF-16 -t UTF-8)");
		if (span_ends(*line, SPAN("\r")))
			line->n--;
		return true;
	case LINES_CUT:
		dump_fail(dump, lines->number + 1,
		    "the last line has no newline: the file is cut off");
	case LINES_TOO_LONG:
		dump_fail(dump, lines->number + 1,
		    "the line is longer than %d bytes; this is not %s",
		    LINE_MAX_BYTES, dump->source->what);
	case LINES_END:
		break;
	}
	return false;
}

void
dump_fail(const struct dump *dump, uint64_t line, const char *format, ...)
{
	char reason[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reason, sizeof(reason), format, arguments);
	va_end(arguments);
	if (line == 0)
		die(PM_EXIT_DATA, "%s: %s", dump->file, reason);
	die(PM_EXIT_DATA, "%s:%llu: %s", dump->file, (unsigned long long)line,
	    reason);
}

void
dump_bad(struct dump *dump, uint64_t line, const char *format, ...)
{
	struct output *output = dump->output;
	char reason[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reason, sizeof(reason), format, arguments);
	va_end(arguments);
	if (!common.skip_bad)
		dump_fail(dump, line, "%s", reason);
	if (line == 0)
		warning("%s: skipped: %s", dump->file, reason);
	else
		warning("%s:%llu: skipped: %s", dump->file,
		    (unsigned long long)line, reason);
	(*dump->rejected)++;
	output_begin(output, layout_default(RECORD_REJECT, true));
	output_text(output, span_of(dump->file));
	if (line == 0)
		output_field(output, SPAN("-"));
	else
		output_number(output, line);
	output_field(output, SPAN("-"));
	output_text(output, span_of(reason));
	output_end(output);
}

/* ---- what is handed over */

bool
dump_package(struct dump *dump, const struct span *column)
{
	struct dump_package *package;

	if (!feed_is_word(column[PKG_PACKAGE]) ||
	    (column[PKG_VERSION].n > 0 && !feed_is_word(column[PKG_VERSION])))
		return false;
	dump->packages = memory_grow(dump->packages, &dump->capacity,
	    dump->count + 1, sizeof(*dump->packages));
	package = &dump->packages[dump->count++];
	for (unsigned i = 0; i < PKG_COLUMNS; i++)
		package->column[i] = arena_copy(&dump->arena, column[i]);
	return true;
}

void
dump_unseen(struct dump *dump, const char *format, ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	list_add(&dump->unseen, span_of(text));
}

void
dump_fact(struct dump *dump, const char *key, struct span value)
{
	struct buffer text = {0};

	if (value.n == 0)
		return;
	buffer_add_span(&text, span_of(key));
	buffer_add_byte(&text, '\t');
	buffer_add_span(&text, value);
	list_add(&dump->facts, buffer_span(&text));
	buffer_release(&text);
}

/* ---- the host */

/* The file's name without directories and without endings that say its kind. */
static struct span
name_of(const char *file)
{
	static const char *const endings[] = {".txt", ".list", ".tsv", ".csv",
	    ".json", ".cdx", ".bom", ".spdx", ".xml", ".tar", ".rpmqa", ".dpkg",
	    ".pacman", ".apk", ".installed", ".systeminfo"};
	const char *slash = strrchr(file, '/');
	struct span name = packed_stem(
	    span_of(slash != NULL ? slash + 1 : file));
	size_t i = 0;

	while (i < sizeof(endings) / sizeof(endings[0])) {
		struct span ending = span_of(endings[i++]);

		if (name.n > ending.n && span_ends(name, ending)) {
			name.n -= ending.n;
			i = 0;
		}
	}
	return name;
}

/* End the program unless it can be a host's name; file NULL for the option. */
static void
check_host(const char *file, struct span name)
{
	struct buffer text = {0};
	const char *reason = asset_value(&text, HOST_HOST, name);

	buffer_release(&text);
	if (reason == NULL)
		return;
	if (file == NULL)
		die(PM_EXIT_USAGE, "--host: %s", reason);
	die(PM_EXIT_DATA, "%s: '%.*s': %s; name the host with --host", file,
	    SPAN_ARG(name), reason);
}

static void
name_host(struct dump *dump)
{
	struct span *name = &dump->host.column[HOST_HOST];

	if (dump_options.host != NULL)
		*name = span_of(dump_options.host);
	else if (name->n == 0)
		*name = name_of(dump->file);
	check_host(dump->file, *name);
}

/* When the file was true: the option, the file, else its time. */
static void
date_host(struct dump *dump)
{
	struct span *seen = &dump->host.column[HOST_SEEN];
	char text[TIMESTAMP_SIZE];
	struct stat status;

	if (dump_options.seen != NULL) {
		int64_t seconds = 0;

		timestamp_parse(span_of(dump_options.seen), &seconds);
		host_set(
		    &dump->host, HOST_SEEN, timestamp_format(seconds, text));
	}
	if (seen->n > 0)
		return;
	if (fstat(dump->bytes.fd, &status) == 0 && S_ISREG(status.st_mode))
		host_set(&dump->host, HOST_SEEN,
		    timestamp_format((int64_t)status.st_mtime, text));
}

void
dump_describe(struct dump *dump)
{
	struct span *column = dump->host.column;

	name_host(dump);
	date_host(dump);
	if (dump_options.os != NULL)
		column[HOST_OS] = span_of(dump_options.os);
	if (dump_options.release != NULL)
		column[HOST_RELEASE] = span_of(dump_options.release);
	if (column[HOST_OS].n == 0)
		dump_unseen(dump, "os: not in this file, give it with --os");
	if (column[HOST_RELEASE].n == 0)
		dump_unseen(
		    dump, "release: not in this file, give it with --release");
	if (column[HOST_CLASS].n == 0 && dump->source->class != NULL)
		column[HOST_CLASS] = span_of(dump->source->class);
	column[HOST_SOURCE] = span_of(dump->source->name);
	column[HOST_STATE] = dump->unseen.count > 0 ? SPAN("partial")
						    : SPAN("ok");
}

/* ---- writing */

static int
compare_packages(const void *left, const void *right)
{
	const struct dump_package *a = left;
	const struct dump_package *b = right;
	int order = 0;

	for (unsigned i = 0; i < PKG_COLUMNS && order == 0; i++)
		order = span_compare(a->column[i], b->column[i]);
	return order;
}

static void
write_packages(struct dump *dump)
{
	const struct layout *layout = layout_default(
	    RECORD_PKG, dump->source != NULL && dump->source->modules);
	unsigned columns = layout->fields - 1;

	if (dump->count > 1)
		qsort(dump->packages, dump->count, sizeof(*dump->packages),
		    compare_packages);
	for (size_t i = 0; i < dump->count; i++) {
		const struct dump_package *package = &dump->packages[i];

		if (i > 0 && compare_packages(package, package - 1) == 0) {
			dump->repeated++;
			continue;
		}
		output_begin(dump->output, layout);
		output_text(dump->output, host_name(&dump->host));
		for (unsigned k = PKG_HOST + 1; k < columns; k++)
			output_text(dump->output, package->column[k]);
		output_end(dump->output);
	}
}

static void
write_facts(struct dump *dump)
{
	list_sort(&dump->facts);
	for (size_t i = 0; i < dump->facts.count; i++) {
		struct span value = dump->facts.item[i];
		struct span key = span_cut(&value, '\t');

		output_begin(dump->output, layout_default(RECORD_FACT, false));
		output_text(dump->output, host_name(&dump->host));
		output_text(dump->output, key);
		output_text(dump->output, value);
		output_end(dump->output);
	}
	list_sort(&dump->unseen);
	for (size_t i = 0; i < dump->unseen.count; i++)
		host_fact(&dump->host, "not_seen", dump->unseen.item[i],
		    dump->output);
}

/* ---- the whole */

void
dump_begin(struct dump *dump, const struct dump_source *source,
    struct output *output, uint64_t *rejected, const struct bytes *packed)
{
	dump->source = source;
	dump->output = output;
	dump->rejected = rejected;
	dump->packed = *packed;
	dump->file = packed->file;
	dump->bytes = (struct bytes){.file = packed->file,
	    .fd = packed->fd,
	    .read = read_behind,
	    .decoder = dump};
	lines_open(&dump->lines, &dump->bytes);
}

void
dump_write(struct dump *dump)
{
	host_write(&dump->host, dump->output);
	dump_write_contents(dump);
}

void
dump_write_contents(struct dump *dump)
{
	write_packages(dump);
	write_facts(dump);
	if (dump->repeated > 0)
		warning("%s: %llu %s there more than once", dump->file,
		    (unsigned long long)dump->repeated,
		    PLURAL(dump->repeated, "entry is", "entries are"));
}

void
dump_release(struct dump *dump)
{
	if (dump->packed.close != NULL)
		bytes_close(&dump->packed);
	lines_release(&dump->lines);
	buffer_release(&dump->ahead);
	host_release(&dump->host);
	arena_release(&dump->arena);
	list_release(&dump->unseen);
	list_release(&dump->facts);
	free(dump->packages);
	*dump = (struct dump){0};
}

static void
read_file(struct dump *dump, const struct dump_source *source, const char *file,
    struct output *output, uint64_t *rejected)
{
	struct bytes stored = {.file = file, .fd = -1}, packed;
	struct stat status;

	if (source->read_directory != NULL && stat(file, &status) == 0 &&
	    S_ISDIR(status.st_mode)) {
		dump_begin(dump, source, output, rejected, &stored);
		source->read_directory(dump, file);
		return;
	}
	bytes_open(&stored, file);
	packed_open_any(&packed, stored.fd, stored.file);
	dump_begin(dump, source, output, rejected, &packed);
	source->read(dump);
}

/* Returns whether something of the host is not known. */
static bool
collect_file(const struct dump_source *source, const char *file,
    struct output *output, uint64_t *rejected)
{
	static struct dump dump;
	bool partial;

	read_file(&dump, source, file, output, rejected);
	if (dump.count == 0 && !source->may_be_empty)
		dump_fail(
		    &dump, 0, "holds no package; is it %s?", source->what);
	dump_describe(&dump);
	dump_write(&dump);
	partial = dump.unseen.count > 0;
	if (source->release != NULL)
		source->release();
	dump_release(&dump);
	return partial;
}

static void
check_options(const struct dump_source *source, int count, char **files)
{
	int64_t seen;

	if (count == 0)
		die(PM_EXIT_USAGE,
		    "%s takes files, - for standard input; --help tells more",
		    source->name);
	if (dump_options.host != NULL && count > 1)
		die(PM_EXIT_USAGE, "--host can name the host of one file only");
	for (int i = 0; i < count; i++)
		if (strcmp(files[i], "-") == 0 && dump_options.host == NULL &&
		    !source->names_host)
			die(PM_EXIT_USAGE,
			    "name the host of standard input with --host");
	if (dump_options.seen != NULL &&
	    !timestamp_parse(span_of(dump_options.seen), &seen))
		die(PM_EXIT_USAGE,
		    "--seen: '%s' is not a time such as "
		    "2026-11-23T02:00:00Z",
		    dump_options.seen);
	if (dump_options.host != NULL)
		check_host(NULL, span_of(dump_options.host));
}

enum pm_exit
dump_collect(const struct dump_source *source, int argc, char **argv)
{
	int first = options_parse(source->program, argc, argv);
	uint64_t rejected = 0;
	struct output output;
	bool partial = false;

	check_options(source, argc - first, argv + first);
	program_output(&output);
	for (int i = first; i < argc; i++)
		if (collect_file(source, argv[i], &output, &rejected))
			partial = true;
	host_totals(&output);
	if (rejected > 0)
		return program_finish(&output, PM_EXIT_DATA);
	if (common.strict && partial)
		return program_finish(&output, PM_EXIT_CONDITION);
	return program_finish(&output, PM_EXIT_OK);
}
