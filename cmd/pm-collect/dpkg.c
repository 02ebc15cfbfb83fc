/* pm-collect dpkg FILE: a copy of dpkg's status file alone. */
#include "host.h"
#include "options.h"
#include "packages.h"
#include "source.h"
#include "timestamp.h"

static const char *host_option, *os_option, *release_option, *seen_option;

static const struct option_row options[] = {
    {0, "host", "NAME", "the host that the file is from", NULL, &host_option,
	NULL, NULL},
    {0, "os", "ID", "its system as in os-release, such as debian", NULL,
	&os_option, NULL, NULL},
    {0, "release", "VERSION", "and the release, such as 12", NULL,
	&release_option, NULL, NULL},
    {0, "seen", "TIME", "when the file was copied; now if not given", NULL,
	&seen_option, NULL, NULL},
    {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "dpkg [options] FILE ...",
    .summary = "read copies of dpkg's status file; - is standard input",
    .examples = "pm-collect dpkg --host web1 --os debian --release 12 "
		"/var/lib/dpkg/status\n"
		"ssh web1 cat /var/lib/dpkg/status | "
		"pm-collect dpkg --host web1 -",
    .options = options,
};

/* The file's name without directories and .status. */
static struct span
name_of(const char *file)
{
	static const struct span suffix = {".status", 7};
	const char *slash = strrchr(file, '/');
	struct span name = span_of(slash != NULL ? slash + 1 : file);

	if (name.n > suffix.n && span_ends(name, suffix))
		name.n -= suffix.n;
	return name;
}

static struct span
option(const char *value)
{
	struct span nothing = {0};

	return value == NULL ? nothing : span_of(value);
}

static void
collect_file(const char *file, struct output *output)
{
	struct host host = {0};
	struct packages packages = {0};
	struct bytes bytes;

	bytes_open(&bytes, file);
	packages_read(&packages, &bytes);
	bytes_close(&bytes);
	if (packages.count == 0)
		die(PM_EXIT_DATA, "%s: holds no package", bytes.file);
	host.column[HOST_HOST] = host_option != NULL ? span_of(host_option)
						     : name_of(file);
	host.column[HOST_OS] = option(os_option);
	host.column[HOST_RELEASE] = option(release_option);
	host.column[HOST_SEEN] = option(seen_option);
	host.column[HOST_ARCH] = packages.native;
	host.column[HOST_STATE] = SPAN("ok");
	host.column[HOST_SOURCE] = SPAN("dpkg");
	host_write(&host, output);
	packages_write(&packages, host_name(&host), output);
	packages_release(&packages);
	host_release(&host);
}

enum pm_exit
collect_dpkg(int argc, char **argv)
{
	int first = options_parse(&program, argc, argv);
	struct output output;
	int64_t seen;

	if (first == argc)
		die(PM_EXIT_USAGE, "dpkg takes a status file, - for standard "
				   "input");
	if (host_option != NULL && argc - first > 1)
		die(PM_EXIT_USAGE, "--host can name the host of one file only");
	for (int i = first; i < argc; i++)
		if (strcmp(argv[i], "-") == 0 && host_option == NULL)
			die(PM_EXIT_USAGE,
			    "name the host of standard input with --host");
	if (seen_option != NULL &&
	    !timestamp_parse(span_of(seen_option), &seen))
		die(PM_EXIT_USAGE,
		    "--seen: '%s' is not a time such as "
		    "2026-11-23T02:00:00Z",
		    seen_option);
	program_output(&output);
	for (int i = first; i < argc; i++)
		collect_file(argv[i], &output);
	host_totals(&output);
	return program_finish(&output, PM_EXIT_OK);
}
