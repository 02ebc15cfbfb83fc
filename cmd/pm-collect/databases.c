#include "databases.h"

#include <errno.h>

#include "pacman.h"
#include "rpm_query.h"

static void
begin(struct databases *databases, const struct dump_source *source,
    struct output *output, const struct bytes *bytes)
{
	dump_begin(
	    &databases->dump, source, output, &databases->rejected, bytes);
	databases->found = true;
}

/* The reader of a format over a file of the tree; false when it is not there. */
static bool
read_file(struct databases *databases, const struct tree *tree,
    const struct dump_source *source, const char *path, struct output *output)
{
	struct bytes bytes;

	if (!tree_bytes(tree, path, &bytes)) {
		if (errno == EACCES) {
			dump_unseen(&databases->dump,
			    "packages: %s: not permitted", path);
			databases->found = true;
		}
		return false;
	}
	begin(databases, source, output, &bytes);
	source->read(&databases->dump);
	bytes_close(&bytes);
	databases->dump.packed.close = NULL;
	return true;
}

static void
read_apk(
    struct databases *databases, const struct tree *tree, struct output *output)
{
	if (!read_file(
		databases, tree, &apk_source, "/lib/apk/db/installed", output))
		read_file(databases, tree, &apk_source,
		    "/usr/lib/apk/db/installed", output);
}

static void
read_pacman(
    struct databases *databases, const struct tree *tree, struct output *output)
{
	static const char directory[] = "/var/lib/pacman/local";
	const struct bytes none = {.file = directory, .fd = -1};

	if (!tree_exists(tree, directory))
		return;
	begin(databases, &pacman_source, output, &none);
	pacman_read_tree(&databases->dump, tree, directory);
}

/*
 * rpm's database has forms that only rpm itself reads, so that a probe has
 * asked it.
 */
static void
read_rpm(
    struct databases *databases, const struct tree *tree, struct output *output)
{
	static const char *const directories[] = {
	    "/var/lib/rpm", "/usr/lib/sysimage/rpm", "/usr/share/rpm"};
	static const char *const files[] = {
	    "rpmdb.sqlite", "Packages.db", "Packages"};
	char path[64];

	if (tree->reply != NULL) {
		read_file(
		    databases, tree, &rpm_list_source, "/probe/rpm", output);
		return;
	}
	for (size_t i = 0; i < 9; i++) {
		snprintf(path, sizeof(path), "%s/%s", directories[i / 3],
		    files[i % 3]);
		if (!tree_exists(tree, path))
			continue;
		dump_unseen(&databases->dump,
		    "packages: unsupported: %s, run rpm --root %s -qa --qf "
		    "'%s' | pm-collect rpm-list --host %.*s -",
		    path, tree->path, RPM_QUERY,
		    SPAN_ARG(host_name(&databases->dump.host)));
		databases->found = true;
		return;
	}
}

void
databases_read(
    struct databases *databases, const struct tree *tree, struct output *output)
{
	databases->found = packages_read_tree(&databases->packages, tree);
	read_apk(databases, tree, output);
	read_pacman(databases, tree, output);
	read_rpm(databases, tree, output);
	if (!databases->found)
		dump_unseen(&databases->dump,
		    "packages: no dpkg, apk, pacman or rpm database");
}

struct span
databases_architecture(const struct databases *databases)
{
	if (databases->packages.native.n > 0)
		return databases->packages.native;
	return databases->dump.host.column[HOST_ARCH];
}

void
databases_write(
    struct databases *databases, struct span host, struct output *output)
{
	databases->dump.output = output;
	packages_write(&databases->packages, host, output);
	dump_write_contents(&databases->dump);
}

void
databases_release(struct databases *databases)
{
	packages_release(&databases->packages);
	dump_release(&databases->dump);
	*databases = (struct databases){.rejected = 0};
}
