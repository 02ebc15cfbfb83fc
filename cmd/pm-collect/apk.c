/* pm-collect apk FILE: apk's database of installed packages. */
#include "apk.h"

#include "source.h"

static const struct option_row options[] = {DUMP_OPTIONS, DUMP_OPTION_END};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "apk [options] FILE ...",
    .summary = "read copies of /lib/apk/db/installed; - is standard input",
    .examples = "pm-collect apk --host edge1 --os alpine --release 3.22.1 "
		"/lib/apk/db/installed\n"
		"pm-collect apk --host edge1 installed | pm-match "
		"catalogue.tsv -",
    .options = options,
};

/* The paragraph that is being read. */
struct paragraph {
	struct span column[PKG_COLUMNS];
	uint64_t line; /* of its first line; 0 outside of one */
};

static void
take_field(struct dump *dump, struct paragraph *paragraph, struct span line)
{
	static const struct {
		char letter;
		unsigned column;
	} fields[] = {{'P', PKG_PACKAGE}, {'V', PKG_VERSION}, {'A', PKG_ARCH},
	    {'o', PKG_SOURCE}};
	struct span *value;

	if (line.n < 2 || line.p[1] != ':')
		dump_fail(dump, dump_line_number(dump),
		    "no field such as P:name; this is not %s",
		    dump->source->what);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (line.p[0] != fields[i].letter)
			continue;
		value = &paragraph->column[fields[i].column];
		if (value->p != NULL)
			dump_fail(dump, dump_line_number(dump),
			    "a second %c: in one paragraph", line.p[0]);
		*value = arena_copy(&dump->arena, span_skip(line, 2));
	}
}

static void
take_paragraph(struct dump *dump, struct paragraph *paragraph)
{
	struct span *column = paragraph->column;

	/* what is built from one source has one version */
	if (column[PKG_SOURCE].n > 0)
		column[PKG_SOURCE_VERSION] = column[PKG_VERSION];
	column[PKG_STATE] = SPAN("installed");
	if (column[PKG_VERSION].n == 0 || !dump_package(dump, column))
		dump_bad(dump, paragraph->line,
		    "the package has no proper name (P:) and version (V:)");
	else if (span_is(column[PKG_PACKAGE], "apk-tools") ||
		 span_is(column[PKG_PACKAGE], "musl"))
		host_set(&dump->host, HOST_ARCH, column[PKG_ARCH]);
	*paragraph = (struct paragraph){.line = 0};
}

void
apk_read(struct dump *dump)
{
	struct paragraph paragraph = {.line = 0};
	struct span line;

	while (dump_line(dump, &line)) {
		if (line.n == 0) {
			if (paragraph.line > 0)
				take_paragraph(dump, &paragraph);
			continue;
		}
		if (paragraph.line == 0)
			paragraph.line = dump_line_number(dump);
		take_field(dump, &paragraph, line);
	}
	if (paragraph.line > 0)
		dump_fail(dump, paragraph.line,
		    "the file ends within this paragraph: truncated (apk puts "
		    "an empty line behind each)");
}

const struct dump_source apk_source = {
    .program = &program,
    .name = "apk",
    .what = "apk's database of installed packages",
    .read = apk_read,
};

enum pm_exit
collect_apk(int argc, char **argv)
{
	return dump_collect(&apk_source, argc, argv);
}
