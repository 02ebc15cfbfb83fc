/* pm-collect csv: a hand-kept list of assets. */
#include <sys/stat.h>

#include "assets.h"
#include "options.h"
#include "source.h"
#include "timestamp.h"

static const char *separator = ",", *seen_argument;
static struct buffer maps; /* the arguments of --map, each ended by a comma */

static void
add_map(const char *argument)
{
	buffer_add_span(&maps, span_of(argument));
	buffer_add_byte(&maps, ',');
}

static const struct option_row options[] = {
    {0, "map", "COLUMN=NAME,...",
	"take COLUMN of the file for NAME, - for nothing", NULL, NULL, add_map,
	NULL},
    {0, "separator", "CHARACTER", "between fields; tab for a tab", NULL,
	&separator, NULL, NULL},
    {0, "seen", "TIME", "when the list was true, not its file's time", NULL,
	&seen_argument, NULL, NULL},
    {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "csv [options] FILE",
    .summary = "hosts from a hand-kept list with a header row",
    .examples =
	"pm-collect csv --map 'Name=host,IP=addr,Room=site' assets.csv\n"
	"{ pm-collect csv assets.csv; cat fleet.tsv; } | pm-collect merge",
    .options = options,
};

static unsigned char
parse_separator(void)
{
	if (strcmp(separator, "tab") == 0 || strcmp(separator, "\\t") == 0)
		return '\t';
	if (separator[0] == '\0' || separator[1] != '\0' ||
	    strchr("\"\r\n", separator[0]) != NULL)
		die(PM_EXIT_USAGE,
		    "--separator: '%s' is not one character such as ; or the "
		    "word tab",
		    separator);
	return (unsigned char)separator[0];
}

/* When the list was true: --seen, else when the file was last written. */
static int64_t
time_of_list(const struct bytes *bytes)
{
	struct stat status;
	int64_t seconds;

	if (seen_argument != NULL) {
		if (!timestamp_parse(span_of(seen_argument), &seconds))
			die(PM_EXIT_USAGE,
			    "--seen: '%s' is not a time such as "
			    "2026-11-23T02:00:00Z",
			    seen_argument);
		return seconds;
	}
	if (fstat(bytes->fd, &status) == -1)
		die_errno(PM_EXIT_IO, "%s", bytes->file);
	return S_ISREG(status.st_mode) ? (int64_t)status.st_mtime
				       : timestamp_now();
}

/* csv:FILE; the sources of a merged host stand in a comma list. */
static void
name_source(struct buffer *text, const char *file)
{
	buffer_add_span(text, SPAN("csv:"));
	stream_escape(text, span_of(file));
	for (size_t i = 0; i < text->n; i++)
		if (text->p[i] == ',')
			text->p[i] = '_';
}

enum pm_exit
collect_csv(int argc, char **argv)
{
	int first = options_parse(&program, argc, argv);
	static struct assets assets;
	unsigned char between = parse_separator();
	struct output output;
	struct buffer source = {0};
	struct bytes bytes;
	char text[TIMESTAMP_SIZE];
	enum pm_exit status;

	if (argc - first != 1)
		die(PM_EXIT_USAGE, "csv takes one FILE, - for standard input");
	bytes_open(&bytes, argv[first]);
	name_source(&source, argv[first]);
	assets.output = &output;
	assets.maps = buffer_span(&maps);
	assets.source = buffer_span(&source);
	assets.seen = timestamp_format(time_of_list(&bytes), text);
	program_output(&output);
	assets_read(&assets, &bytes, between);
	bytes_close(&bytes);
	if (!common.quiet)
		warning("%llu %s", (unsigned long long)assets.hosts,
		    PLURAL(assets.hosts, "host", "hosts"));
	status = assets.rejected > 0 ? PM_EXIT_DATA : PM_EXIT_OK;
	assets_release(&assets);
	buffer_release(&maps);
	buffer_release(&source);
	return program_finish(&output, status);
}
