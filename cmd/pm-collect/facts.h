/* What is worth knowing of a system beyond its records: fact records. */
#ifndef PM_FACTS_H
#define PM_FACTS_H

#include "process.h"
#include "tree.h"

/* kernel_installed: the versions of the kernels; nothing when there is none. */
void facts_kernels(
    const struct host *host, const struct tree *tree, struct output *output);

/*
 * image_changed: when the newest of the package databases was last written,
 * which is how old an image is; nothing where there is none.
 */
void facts_changed(
    const struct host *host, const struct tree *tree, struct output *output);

/*
 * reboot_required: yes when the flag file is there, no when it is not though
 * something on this system would make it, else unknown; and
 * reboot_required_by, the packages that asked for it.
 */
void facts_reboot(
    const struct host *host, const struct tree *tree, struct output *output);

/*
 * free_space, DIRECTORY BYTES: of / and, where they are file systems of their
 * own, /boot, /usr and /var.
 */
void facts_space(
    const struct host *host, const struct tree *tree, struct output *output);

/* stale_process, one NAME/PID:PATH[,PATH] for each process that needs it. */
void facts_stale(const struct host *host, const struct processes *processes,
    struct output *output);

#endif
