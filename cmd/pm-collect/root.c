/* pm-collect root DIR: the image of a system. */
#include "databases.h"
#include "facts.h"
#include "options.h"
#include "release.h"
#include "settings.h"
#include "source.h"

enum { HOSTNAME_MAX = 4096 };

static const char *host_option;
static bool facts;

static const struct option_row options[] = {
    {0, "host", "NAME", "call the image NAME, not by its /etc/hostname", NULL,
	&host_option, NULL, NULL},
    {0, "facts", NULL, "how it is set up too, for baselines", &facts, NULL,
	NULL, NULL},
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

struct image {
	struct tree tree;
	struct databases databases; /* and in there the host */
	struct output output;
};

static enum pm_exit
write_image(struct image *image)
{
	struct databases *databases = &image->databases;
	struct output *output = &image->output;
	struct host *host = &databases->dump.host;
	bool partial = databases->dump.unseen.count > 0;

	host->column[HOST_STATE] = partial ? SPAN("partial") : SPAN("ok");
	host_write(host, output);
	databases_write(databases, host_name(host), output);
	facts_kernels(host, &image->tree, output);
	facts_changed(host, &image->tree, output);
	settings_leftovers(host, &image->tree, output);
	if (facts)
		settings_write(host, &image->tree, NULL,
		    databases->packages.count > 0 ? &databases->packages : NULL,
		    output);
	host_totals(output);
	if (databases->rejected > 0)
		return program_finish(output, PM_EXIT_DATA);
	return program_finish(output, partial ? PM_EXIT_PARTIAL : PM_EXIT_OK);
}

enum pm_exit
collect_root(int argc, char **argv)
{
	static struct image image;
	struct host *host = &image.databases.dump.host;
	struct release release;
	enum pm_exit status;
	int first = options_parse(&program, argc, argv);

	if (first != argc - 1)
		die(PM_EXIT_USAGE, "root takes one directory");
	tree_open(&image.tree, argv[first]);
	program_output(&image.output);
	name_image(host, &image.tree);
	release_read(&image.tree, &host->arena, &release);
	databases_read(&image.databases, &image.tree, &image.output);
	host->column[HOST_CLASS] = SPAN("image");
	host->column[HOST_OS] = release.os;
	host->column[HOST_RELEASE] = release.release;
	host->column[HOST_ARCH] = databases_architecture(&image.databases);
	host->column[HOST_SOURCE] = SPAN("root");
	status = write_image(&image);
	tree_close(&image.tree);
	databases_release(&image.databases);
	return status;
}
