/*
 * Kernels, of which several are installed side by side.  The running one is
 * compared with the newest; where all of them bear the same package name (rpm),
 * only the newest is judged, since an older one is no longer what boots.
 */
#ifndef PM_MATCH_KERNEL_H
#define PM_MATCH_KERNEL_H

#include "judge.h"

/* The newest of the packages with one name and architecture; rpm. */
struct kernel {
	struct installed installed; /* host stays empty */
	struct keys keys;
	bool image;	     /* what boots, not its modules or headers */
	struct span running; /* the version that runs; p == NULL: none */
};

struct kernels {
	struct arena arena;
	struct kernel *kernels;
	size_t count, capacity;
	/* deb: the newest installed image and the running one, by package */
	struct buffer newest_package, newest_version;
	struct buffer running_version; /* empty: not among the packages */
};

/* Forget the kernels of the host before. */
void kernels_reset(struct kernels *kernels);

/* A package of deb whose name begins with linux-image-. */
void kernels_deb(struct kernels *kernels, struct span running,
    struct span package, struct span version);

/*
 * A package of rpm whose name begins with kernel.  True when it was set aside
 * for the end of the host; the caller judges it otherwise.
 */
bool kernels_rpm(struct kernels *kernels, struct span running,
    const struct installed *installed, struct keys keys);

/* The kernel that should run and the one that does. */
struct kernel_state {
	struct span newest_package, newest_version; /* n == 0: no kernel */
	struct span running_version; /* n == 0: of no installed package */
	enum version_scheme scheme;
};

struct kernel_state kernels_state(struct kernels *kernels);
void kernels_release(struct kernels *kernels);

#endif
