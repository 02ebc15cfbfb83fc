/*
 * What the system is: its name, hardware, kernel.  Everything comes from the
 * kernel's own files; no other program is run.
 */
#ifndef PM_MACHINE_H
#define PM_MACHINE_H

#include "host.h"
#include "tree.h"

/*
 * Fill in the host's name where it is not set, class, kernel, boot_id and
 * hardware.
 */
void machine_describe(struct host *host, const struct tree *tree);

/* dpkg's name for the architecture of the running kernel, or empty. */
struct span machine_architecture(const struct tree *tree);

/* What the running kernel itself calls it, x86_64: rpm, apk, pacman do too. */
struct span machine_processor(const struct tree *tree, struct arena *arena);

/*
 * The kernel versions installed in a tree, from /boot/vmlinuz-* and
 * /lib/modules: added to list.
 */
void machine_kernels(const struct tree *tree, struct list *list);

#endif
