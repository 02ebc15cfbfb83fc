#include "machine.h"

#include <sys/utsname.h>

enum { SMALL_FILE = 4096, CPUINFO_MAX = 16 * 1024 * 1024 };

enum name_part { NAME_HOST, NAME_RELEASE, NAME_MACHINE };

/* uname(2) machine to dpkg architecture, from dpkg's cputable. */
static const struct architecture_row {
	const char *machine;
	const char *architecture;
} architectures[] = {
    {"x86_64", "amd64"},
    {"aarch64", "arm64"},
    {"i386", "i386"},
    {"i486", "i386"},
    {"i586", "i386"},
    {"i686", "i386"},
    {"armv7l", "armhf"},
    {"armv6l", "armel"},
    {"armv5tel", "armel"},
    {"ppc64le", "ppc64el"},
    {"ppc64", "ppc64"},
    {"ppc", "powerpc"},
    {"s390x", "s390x"},
    {"riscv64", "riscv64"},
    {"loongarch64", "loong64"},
    {"mips64", "mips64el"},
    {"sparc64", "sparc64"},
    {"alpha", "alpha"},
};

/*
 * Chassis types of the SMBIOS specification (DSP0134), 7.4.1, as far as they
 * say more than the default, which is server.
 */
static const struct chassis_row {
	unsigned type;
	const char *class;
} chassis[] = {
    {3, "desktop"},  /* desktop */
    {4, "desktop"},  /* low profile desktop */
    {5, "desktop"},  /* pizza box */
    {6, "desktop"},  /* mini tower */
    {7, "desktop"},  /* tower */
    {13, "desktop"}, /* all in one */
    {15, "desktop"}, /* space-saving */
    {16, "desktop"}, /* lunch box */
    {24, "desktop"}, /* sealed-case PC */
    {35, "desktop"}, /* mini PC */
    {36, "desktop"}, /* stick PC */
    {8, "laptop"},   /* portable */
    {9, "laptop"},   /* laptop */
    {10, "laptop"},  /* notebook */
    {11, "laptop"},  /* hand held */
    {14, "laptop"},  /* sub notebook */
    {30, "laptop"},  /* tablet */
    {31, "laptop"},  /* convertible */
    {32, "laptop"},  /* detachable */
};

/* A small file of the kernel's, without the blanks or NUL at its end. */
static struct span
slurp(const struct tree *tree, const char *path, struct buffer *buffer)
{
	struct span text;

	buffer_reset(buffer);
	if (!tree_slurp(tree, path, buffer, SMALL_FILE))
		buffer_reset(buffer);
	text = buffer_span(buffer);
	while (text.n > 0 && (unsigned char)text.p[text.n - 1] <= ' ')
		text.n--;
	return text;
}

/* The part of uname(2) of the system that is looked at; empty for unknown. */
static struct span
system_name(const struct tree *tree, enum name_part part, struct buffer *buffer)
{
	static const char *const seen[] = {
	    "/probe/name", "/probe/release", "/probe/machine"};
	struct utsname name;

	if (tree->reply != NULL)
		return slurp(tree, seen[part], buffer);
	buffer_reset(buffer);
	if (uname(&name) == 0)
		buffer_add_span(
		    buffer, span_of(part == NAME_HOST	   ? name.nodename
				    : part == NAME_RELEASE ? name.release
							   : name.machine));
	return buffer_span(buffer);
}

struct span
machine_architecture(const struct tree *tree)
{
	struct buffer buffer = {0};
	struct span machine = system_name(tree, NAME_MACHINE, &buffer);
	struct span found = {0};

	for (size_t i = 0; i < sizeof(architectures) / sizeof(architectures[0]);
	     i++)
		if (span_is(machine, architectures[i].machine))
			found = span_of(architectures[i].architecture);
	buffer_release(&buffer);
	return found;
}

struct span
machine_processor(const struct tree *tree, struct arena *arena)
{
	struct buffer buffer = {0};
	struct span machine = arena_copy(
	    arena, system_name(tree, NAME_MACHINE, &buffer));

	buffer_release(&buffer);
	return machine;
}

static void
describe_kernel(struct host *host, const struct tree *tree)
{
	struct buffer buffer = {0};
	struct span name;

	host_set(host, HOST_KERNEL, system_name(tree, NAME_RELEASE, &buffer));
	name = system_name(tree, NAME_HOST, &buffer);
	if (host_name(host).n == 0 && !span_is(name, "(none)"))
		host_set(host, HOST_HOST, name);
	host_set(host, HOST_BOOT_ID,
	    slurp(tree, "/proc/sys/kernel/random/boot_id", &buffer));
	buffer_release(&buffer);
}

/* The container manager's name when this is a container, else empty. */
static void
describe_container(const struct tree *tree, struct buffer *text)
{
	struct buffer buffer = {0};
	struct span name = slurp(tree, "/run/systemd/container", &buffer);

	if (name.n == 0 && tree_exists(tree, "/run/.containerenv"))
		name = SPAN("podman");
	if (name.n == 0 && tree_exists(tree, "/.dockerenv"))
		name = SPAN("docker");
	if (name.n > 0)
		buffer_printf(text, "container (%.*s)", SPAN_ARG(name));
	buffer_release(&buffer);
}

static bool
has_hypervisor(const struct tree *tree)
{
	struct buffer buffer = {0};
	struct span rest;
	bool found = false;

	tree_slurp(tree, "/proc/cpuinfo", &buffer, CPUINFO_MAX);
	rest = buffer_span(&buffer);
	while (rest.p != NULL && !found) {
		struct span flags = span_cut(&rest, '\n');

		if (!span_starts(flags, SPAN("flags")))
			continue;
		while (flags.p != NULL && !found)
			found = span_is(span_cut(&flags, ' '), "hypervisor");
	}
	buffer_release(&buffer);
	return found;
}

/*
 * The maker and model of the hardware; a container says so, since what it sees
 * is the hardware of its host.
 */
static void
describe_hardware(struct host *host, const struct tree *tree)
{
	struct buffer part = {0}, text = {0};

	describe_container(tree, &text);
	if (text.n == 0) {
		buffer_add_span(
		    &text, slurp(tree, "/sys/class/dmi/id/sys_vendor", &part));
		if (text.n > 0)
			buffer_add_byte(&text, ' ');
		buffer_add_span(&text,
		    slurp(tree, "/sys/class/dmi/id/product_name", &part));
	}
	if (text.n == 0)
		buffer_add_span(&text,
		    slurp(tree, "/sys/firmware/devicetree/base/model", &part));
	if (text.n == 0 && has_hypervisor(tree))
		buffer_printf(&text, "virtual machine");
	host_set(host, HOST_HARDWARE, span_trim(buffer_span(&text)));
	buffer_release(&part);
	buffer_release(&text);
}

/* Anything that is not built for a desk or a lap counts as a server. */
static void
describe_class(struct host *host, const struct tree *tree)
{
	struct buffer buffer = {0};
	struct span text = slurp(
	    tree, "/sys/class/dmi/id/chassis_type", &buffer);
	const char *class = "server";
	uint64_t type;

	if (span_number(text, &type))
		for (size_t i = 0; i < sizeof(chassis) / sizeof(chassis[0]);
		     i++)
			if (chassis[i].type == type)
				class = chassis[i].class;
	host_set(host, HOST_CLASS, span_of(class));
	buffer_release(&buffer);
}

void
machine_kernels(const struct tree *tree, struct list *list)
{
	static const struct span prefix = {"vmlinuz-", 8};
	struct list names = {0};

	tree_names(tree, "/boot", &names);
	for (size_t i = 0; i < names.count; i++)
		if (span_starts(names.item[i], prefix))
			list_add(list, span_skip(names.item[i], prefix.n));
	list_release(&names);
	tree_names(tree, "/lib/modules", list);
}

void
machine_describe(struct host *host, const struct tree *tree)
{
	describe_kernel(host, tree);
	describe_hardware(host, tree);
	describe_class(host, tree);
}
