#include "facts.h"

#include "machine.h"
#include "timestamp.h"

enum { FLAG_MAX = 1024 * 1024 };

/* The end of the year 9999: an image can give its files any time. */
#define TIME_MAX INT64_C(253402300799)

/*
 * Debian has no reboot flag of its own: these hooks of other packages make it
 * (update-notifier-common, unattended-upgrades).
 */
static const char *const flag_makers[] = {
    "/usr/share/update-notifier/notify-reboot-required",
    "/etc/kernel/postinst.d/unattended-upgrades",
};

static const char *const flags[] = {
    "/run/reboot-required", "/var/run/reboot-required"};
static const char *const flag_lists[] = {
    "/run/reboot-required.pkgs", "/var/run/reboot-required.pkgs"};

void
facts_kernels(
    const struct host *host, const struct tree *tree, struct output *output)
{
	struct list kernels = {0};
	struct buffer text = {0};

	machine_kernels(tree, &kernels);
	list_join(&kernels, &text);
	if (kernels.count > 0)
		host_fact(host, "kernel_installed", buffer_span(&text), output);
	list_release(&kernels);
	buffer_release(&text);
}

void
facts_changed(
    const struct host *host, const struct tree *tree, struct output *output)
{
	static const char *const databases[] = {"/var/lib/dpkg/status",
	    "/lib/apk/db/installed", "/var/lib/pacman/local",
	    "/var/lib/rpm/rpmdb.sqlite", "/var/lib/rpm/Packages",
	    "/usr/lib/sysimage/rpm/rpmdb.sqlite",
	    "/usr/lib/sysimage/rpm/Packages.db"};
	int64_t changed = -1;
	char text[TIMESTAMP_SIZE];
	struct stat status;

	for (size_t i = 0; i < sizeof(databases) / sizeof(databases[0]); i++)
		if (tree_status(tree, databases[i], &status) &&
		    status.st_mtime > changed && status.st_mtime <= TIME_MAX)
			changed = status.st_mtime;
	if (changed >= 0)
		host_fact(host, "image_changed",
		    timestamp_format(changed, text), output);
}

static bool
any_exists(const struct tree *tree, const char *const *paths, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (tree_exists(tree, paths[i]))
			return true;
	return false;
}

void
facts_reboot(
    const struct host *host, const struct tree *tree, struct output *output)
{
	struct buffer buffer = {0};
	struct list packages = {0};
	const char *value = "unknown";

	if (any_exists(tree, flags, 2))
		value = "yes";
	else if (any_exists(tree, flag_makers, 2))
		value = "no";
	host_fact(host, "reboot_required", span_of(value), output);
	for (size_t i = 0; i < 2; i++)
		tree_slurp(tree, flag_lists[i], &buffer, FLAG_MAX);
	for (struct span rest = buffer_span(&buffer); rest.p != NULL;) {
		struct span name = span_trim(span_cut(&rest, '\n'));

		if (name.n > 0)
			list_add(&packages, name);
	}
	buffer_reset(&buffer);
	list_join(&packages, &buffer);
	if (packages.count > 0)
		host_fact(
		    host, "reboot_required_by", buffer_span(&buffer), output);
	list_release(&packages);
	buffer_release(&buffer);
}

void
facts_stale(const struct host *host, const struct processes *processes,
    struct output *output)
{
	struct list list = {0};
	struct buffer text = {0};

	for (size_t i = 0; i < processes->count; i++) {
		const struct process *process = &processes->item[i];

		if (process->stale.n == 0)
			continue;
		buffer_reset(&text);
		buffer_printf(&text, "%.*s/%lu:%.*s", SPAN_ARG(process->name),
		    (unsigned long)process->pid, SPAN_ARG(process->stale));
		list_add(&list, buffer_span(&text));
	}
	list_sort(&list);
	for (size_t i = 0; i < list.count; i++)
		host_fact(host, "stale_process", list.item[i], output);
	list_release(&list);
	buffer_release(&text);
}
