/* pm-collect root DIR: the image of a system. */
#include "facts.h"
#include "machine.h"
#include "options.h"
#include "packages.h"
#include "release.h"
#include "source.h"

enum { HOSTNAME_MAX = 4096 };

static const char *host_option;

static const struct option_row options[] = {
    {0, "host", "NAME", "call the image NAME, not by its /etc/hostname", NULL,
	&host_option, NULL, NULL},
    {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "root [options] DIR",
    .summary = "take stock of the image of a system, without running it",
    .examples = "pm-collect root /srv/images/web | grep -c '^pkg'\n"
		"{ pm-collect root --host web /srv/images/web; "
		"pm-collect apt; } | pm-match",
    .options = options,
};

/* The last part of a path, slashes at its end aside. */
static struct span
base_name(const char *path)
{
	struct span rest = span_of(path);
	struct span part = {0};

	while (rest.p != NULL) {
		struct span next = span_cut(&rest, '/');

		if (next.n > 0 && !span_is(next, "."))
			part = next;
	}
	return part;
}

/* What the option says, else the image's own name, else its directory's. */
static void
name_image(struct host *host, const struct tree *tree)
{
	struct buffer text = {0};
	struct span name = {0}, rest;

	tree_slurp(tree, "/etc/hostname", &text, HOSTNAME_MAX);
	rest = buffer_span(&text);
	while (rest.p != NULL && (name.n == 0 || name.p[0] == '#'))
		name = span_trim(span_cut(&rest, '\n'));
	if (name.n == 0 || name.p[0] == '#')
		name = base_name(tree->path);
	if (host_option != NULL)
		name = span_of(host_option);
	if (name.n == 0)
		die(PM_EXIT_USAGE,
		    "%s: the image has no name; give one with "
		    "--host",
		    tree->path);
	host_set(host, HOST_HOST, name);
	buffer_release(&text);
}

static enum pm_exit
write_image(struct host *host, const struct tree *tree,
    const struct packages *packages, bool has_packages)
{
	struct output output;

	program_output(&output);
	host_write(host, &output);
	packages_write(packages, host_name(host), &output);
	facts_kernels(host, tree, &output);
	if (!has_packages)
		host_fact(host, "not_seen", SPAN("packages: no dpkg database"),
		    &output);
	host_totals(&output);
	return program_finish(
	    &output, has_packages ? PM_EXIT_OK : PM_EXIT_PARTIAL);
}

enum pm_exit
collect_root(int argc, char **argv)
{
	struct tree tree;
	struct host host = {0};
	struct packages packages = {0};
	struct release release;
	enum pm_exit status;
	bool has_packages;
	int first = options_parse(&program, argc, argv);

	if (first != argc - 1)
		die(PM_EXIT_USAGE, "root takes one directory");
	tree_open(&tree, argv[first]);
	name_image(&host, &tree);
	release_read(&tree, &host.arena, &release);
	has_packages = packages_read_tree(&packages, &tree);
	host.column[HOST_CLASS] = SPAN("image");
	host.column[HOST_OS] = release.os;
	host.column[HOST_RELEASE] = release.release;
	host.column[HOST_ARCH] = packages.native;
	host.column[HOST_STATE] = has_packages ? SPAN("ok") : SPAN("partial");
	host.column[HOST_SOURCE] = SPAN("root");
	status = write_image(&host, &tree, &packages, has_packages);
	packages_release(&packages);
	host_release(&host);
	tree_close(&tree);
	return status;
}
