#include "kernel.h"

#include <stdlib.h>

enum { KERNELS_MAX = 256 }; /* of one host, before it is no fleet's host */

static void
set(struct buffer *buffer, struct span text)
{
	buffer_reset(buffer);
	buffer_add_span(buffer, text);
}

void
kernels_reset(struct kernels *kernels)
{
	kernels->count = 0;
	arena_release(&kernels->arena);
	buffer_reset(&kernels->newest_package);
	buffer_reset(&kernels->newest_version);
	buffer_reset(&kernels->running_version);
}

void
kernels_deb(struct kernels *kernels, struct span running, struct span package,
    struct span version)
{
	static const struct span prefix = {"linux-image-", 12};
	struct span release = span_skip(package, prefix.n);
	struct span newest = buffer_span(&kernels->newest_version);

	/* linux-image-amd64 and the like only depend on the kernel itself. */
	if (release.n == 0 || release.p[0] < '0' || release.p[0] > '9' ||
	    span_ends(release, SPAN("-dbg")) ||
	    !version_valid(VERSION_DEB, version))
		return;
	if (span_equal(release, running))
		set(&kernels->running_version, version);
	if (newest.n != 0 &&
	    version_compare(VERSION_DEB, newest, version) != VERSION_LESS)
		return;
	set(&kernels->newest_version, version);
	set(&kernels->newest_package, package);
}

static bool
contains(struct span text, struct span part)
{
	for (; text.n >= part.n; text = span_skip(text, 1))
		if (span_starts(text, part))
			return true;
	return false;
}

/* kernel itself, the -core of newer releases, and flavours in one package. */
static bool
is_image(struct span package)
{
	static const char *const flavours[] = {"", "-PAE", "-default", "-azure",
	    "-pae", "-xen", "-rt", "-preempt", "-64kb", "-kvmsmall", "-vanilla",
	    "-uek", "-lt", "-ml", "-plus", "-longterm", "-lpae", "-debug"};
	struct span rest = span_skip(package, 6);

	if (span_ends(rest, SPAN("-core")))
		return !contains(rest, SPAN("modules"));
	for (size_t i = 0; i < sizeof(flavours) / sizeof(*flavours); i++)
		if (span_is(rest, flavours[i]))
			return true;
	return false;
}

static struct span
without_epoch(struct span version)
{
	const char *colon = span_find(version, ':');

	return colon == NULL
		   ? version
		   : span_skip(version, (size_t)(colon - version.p) + 1);
}

/*
 * Does uname -r name this package?  It says VERSION-RELEASE.ARCH, with +debug or
 * the like behind it, or, on SUSE, VERSION-RELEASE without the last numbers and
 * the flavour: 5.14.21-150400.24.46-default of 5.14.21-150400.24.46.1.
 */
static bool
is_running(const struct installed *installed, struct span running)
{
	struct span version = without_epoch(installed->version);
	struct span flavour = span_skip(installed->package, 6);
	struct span rest;

	if (flavour.n > 1 && span_ends(running, flavour)) {
		running.n -= flavour.n;
		return span_equal(running, version) ||
		       (span_starts(version, running) &&
			   version.p[running.n] == '.');
	}
	if (!span_starts(running, version))
		return false;
	rest = span_skip(running, version.n);
	if (rest.n == 0)
		return true;
	if (rest.p[0] != '.' ||
	    !span_starts(span_skip(rest, 1), installed->arch))
		return false;
	rest = span_skip(rest, 1 + installed->arch.n);
	return rest.n == 0 || rest.p[0] == '+' || rest.p[0] == '.';
}

static void
keep(struct kernels *kernels, struct kernel *kernel,
    const struct installed *installed, struct keys keys)
{
	struct arena *arena = &kernels->arena;

	kernel->keys = keys;
	kernel->installed = *installed;
	kernel->installed.host = SPAN("");
	kernel->installed.package = arena_copy(arena, installed->package);
	kernel->installed.version = arena_copy(arena, installed->version);
	kernel->installed.arch = arena_copy(arena, installed->arch);
	kernel->installed.source = arena_copy(arena, installed->source);
	kernel->installed.source_version = arena_copy(
	    arena, installed->source_version);
	kernel->installed.module = arena_copy(arena, installed->module);
}

bool
kernels_rpm(struct kernels *kernels, struct span running,
    const struct installed *installed, struct keys keys)
{
	bool image = is_image(installed->package);
	struct kernel *kernel = kernels->kernels;
	size_t i;

	/* A version that has no order is judged on its own. */
	if ((keys.source == NULL && keys.binary == NULL && !image) ||
	    !version_valid(VERSION_RPM, installed->version))
		return false;
	for (i = 0; i < kernels->count; i++, kernel++)
		if (span_equal(kernel->installed.package, installed->package) &&
		    span_equal(kernel->installed.arch, installed->arch))
			break;
	if (i == kernels->count) {
		if (kernels->count == KERNELS_MAX)
			return false;
		kernels->kernels = memory_grow(kernels->kernels,
		    &kernels->capacity, kernels->count + 1,
		    sizeof(*kernels->kernels));
		kernel = &kernels->kernels[kernels->count++];
		*kernel = (struct kernel){.image = image};
		keep(kernels, kernel, installed, keys);
	} else if (version_compare(VERSION_RPM, kernel->installed.version,
		       installed->version) == VERSION_LESS) {
		keep(kernels, kernel, installed, keys);
	}
	if (image && is_running(installed, running))
		kernel->running = arena_copy(
		    &kernels->arena, installed->version);
	return true;
}

/* Which of two images says more of what boots? */
static bool
is_better(const struct kernel *a, const struct kernel *b)
{
	enum version_order order;

	if ((a->running.p != NULL) != (b->running.p != NULL))
		return a->running.p != NULL;
	if (span_ends(a->installed.package, SPAN("-core")) !=
	    span_ends(b->installed.package, SPAN("-core")))
		return span_ends(a->installed.package, SPAN("-core"));
	order = version_compare(
	    VERSION_RPM, a->installed.version, b->installed.version);
	if (order != VERSION_EQUAL)
		return order == VERSION_GREATER;
	return span_compare(a->installed.package, b->installed.package) < 0;
}

struct kernel_state
kernels_state(struct kernels *kernels)
{
	const struct kernel *best = NULL;

	for (size_t i = 0; i < kernels->count; i++) {
		const struct kernel *kernel = &kernels->kernels[i];

		if (kernel->image && (best == NULL || is_better(kernel, best)))
			best = kernel;
	}
	if (best == NULL)
		return (struct kernel_state){
		    buffer_span(&kernels->newest_package),
		    buffer_span(&kernels->newest_version),
		    buffer_span(&kernels->running_version), VERSION_DEB};
	return (struct kernel_state){best->installed.package,
	    best->installed.version, best->running, VERSION_RPM};
}

void
kernels_release(struct kernels *kernels)
{
	arena_release(&kernels->arena);
	free(kernels->kernels);
	buffer_release(&kernels->newest_package);
	buffer_release(&kernels->newest_version);
	buffer_release(&kernels->running_version);
}
