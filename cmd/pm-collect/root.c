/* pm-collect root DIR: the image of a system. */
#include "apk.h"
#include "facts.h"
#include "machine.h"
#include "options.h"
#include "packages.h"
#include "pacman.h"
#include "release.h"
#include "rpm_query.h"
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

struct image {
	struct tree tree;
	struct packages packages; /* dpkg's */
	struct dump dump; /* those of others, the host, what is unseen */
	struct output output;
	uint64_t rejected;
	bool has_packages; /* some database was found */
};

static void
read_apk(struct image *image)
{
	static const char *const paths[] = {
	    "/lib/apk/db/installed", "/usr/lib/apk/db/installed"};
	struct bytes bytes;
	int fd = -1;

	for (size_t i = 0; i < 2 && fd == -1; i++) {
		fd = tree_file(&image->tree, paths[i]);
		if (fd == -1)
			continue;
		bytes_open_fd(&bytes, fd, paths[i]);
		dump_begin(&image->dump, &apk_source, &image->output,
		    &image->rejected, &bytes);
		apk_read(&image->dump);
		bytes_close(&bytes);
		image->dump.packed.close = NULL;
		image->has_packages = true;
	}
}

static void
read_pacman(struct image *image)
{
	static const char directory[] = "/var/lib/pacman/local";
	const struct bytes none = {.file = directory, .fd = -1};

	if (!tree_exists(&image->tree, directory))
		return;
	dump_begin(&image->dump, &pacman_source, &image->output,
	    &image->rejected, &none);
	pacman_read_tree(&image->dump, &image->tree, directory);
	image->has_packages = true;
}

/* rpm's database has forms that only rpm itself reads. */
static void
look_for_rpm(struct image *image)
{
	static const char *const directories[] = {
	    "/var/lib/rpm", "/usr/lib/sysimage/rpm", "/usr/share/rpm"};
	static const char *const files[] = {
	    "rpmdb.sqlite", "Packages.db", "Packages"};
	char path[64];

	for (size_t i = 0; i < 9; i++) {
		snprintf(path, sizeof(path), "%s/%s", directories[i / 3],
		    files[i % 3]);
		if (!tree_exists(&image->tree, path))
			continue;
		dump_unseen(&image->dump,
		    "packages: unsupported: %s, run rpm --root %s -qa --qf "
		    "'%s' | pm-collect rpm-list --host %.*s -",
		    path, image->tree.path, RPM_QUERY,
		    SPAN_ARG(host_name(&image->dump.host)));
		image->has_packages = true;
		return;
	}
}

static void
read_databases(struct image *image)
{
	image->has_packages = packages_read_tree(
	    &image->packages, &image->tree);
	read_apk(image);
	read_pacman(image);
	look_for_rpm(image);
	if (!image->has_packages)
		dump_unseen(&image->dump,
		    "packages: no dpkg, apk, pacman or rpm database");
}

static enum pm_exit
write_image(struct image *image)
{
	struct dump *dump = &image->dump;
	struct output *output = &image->output;
	struct host *host = &dump->host;
	bool partial = dump->unseen.count > 0;

	host->column[HOST_STATE] = partial ? SPAN("partial") : SPAN("ok");
	dump->output = output;
	host_write(host, output);
	packages_write(&image->packages, host_name(host), output);
	facts_kernels(host, &image->tree, output);
	dump_write_contents(dump);
	host_totals(output);
	if (image->rejected > 0)
		return program_finish(output, PM_EXIT_DATA);
	return program_finish(output, partial ? PM_EXIT_PARTIAL : PM_EXIT_OK);
}

enum pm_exit
collect_root(int argc, char **argv)
{
	static struct image image;
	struct host *host = &image.dump.host;
	struct release release;
	enum pm_exit status;
	int first = options_parse(&program, argc, argv);

	if (first != argc - 1)
		die(PM_EXIT_USAGE, "root takes one directory");
	tree_open(&image.tree, argv[first]);
	program_output(&image.output);
	name_image(host, &image.tree);
	release_read(&image.tree, &host->arena, &release);
	read_databases(&image);
	host->column[HOST_CLASS] = SPAN("image");
	host->column[HOST_OS] = release.os;
	host->column[HOST_RELEASE] = release.release;
	if (image.packages.native.n > 0)
		host->column[HOST_ARCH] = image.packages.native;
	host->column[HOST_SOURCE] = SPAN("root");
	status = write_image(&image);
	packages_release(&image.packages);
	tree_close(&image.tree);
	dump_release(&image.dump);
	return status;
}
