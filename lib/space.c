#include "space.h"

#include <ctype.h>

const char *const space_places[SPACE_PLACES] = {
    [SPACE_ROOT] = "/",
    [SPACE_BOOT] = "/boot",
    [SPACE_USR] = "/usr",
    [SPACE_VAR] = "/var",
};

#define KERNEL_SIZE (UINT64_C(128) << 20)

/* Packages whose files are the kernel. */
static const char *const kernels[] = {"kernel", "kernel-core", "kernel-default",
    "kernel-rt-core", "kernel-uek-core", "kernel-64k-core", "linux",
    "linux-edge", "linux-hardened", "linux-lts", "linux-rt", "linux-rpi",
    "linux-stable", "linux-virt", "linux-zen"};

/* dpkg's have the version in the name, which tells them from meta packages. */
static bool
is_kernel(struct span package)
{
	static const char *const prefixes[] = {
	    "linux-image-unsigned-", "linux-image-"};

	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++)
		if (span_is(package, kernels[i]))
			return true;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		struct span rest = package;

		if (!span_starts(package, span_of(prefixes[i])))
			continue;
		rest = span_skip(rest, strlen(prefixes[i]));
		if (rest.n > 0 && isdigit((unsigned char)rest.p[0]))
			return true;
	}
	return false;
}

void
space_add(struct space *space, struct span package, struct span version,
    uint64_t download, uint64_t growth)
{
	space->wanted[SPACE_VAR] += download;
	space->wanted[SPACE_USR] += growth;
	if (!is_kernel(package) ||
	    (space->kernel.n > 0 && span_equal(space->kernel, version)))
		return;
	space->wanted[SPACE_BOOT] += KERNEL_SIZE;
	space->kernel = version;
}
