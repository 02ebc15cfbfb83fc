/* Modules of pm-collect that no test of the program can reach in every way. */
#include "../../cmd/pm-collect/owner.h"
#include "../../cmd/pm-collect/process.h"
#include "tap.h"

#include <err.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char top[] = "/tmp/pm-collect-XXXXXX";

static void
make_directory(const char *path)
{
	if (mkdir(path, 0700) == -1)
		err(1, "%s", path);
}

static void
make_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (file == NULL || fputs(text, file) == EOF || fclose(file) == EOF)
		err(1, "%s", path);
}

static const char info[] = "var/lib/dpkg/info/";

/* The file lists of an image with a merged /usr; path and lines. */
static const char *const lists[][2] = {
    {"dash.list", "/.\n/bin/dash\n/bin/sh\n"},
    {"bash.list", "/bin/bash\n/bin/sh\n"},
    {"server.list", "/usr/sbin/server\n/lib/server/helper\n"},
    {"other.list", "/usr/sbin/server\n/usr/bin/own"},
    {"libdemo:amd64.list", "/usr/lib/demo/one\n"},
    {"libdemo:i386.list", "/usr/lib/demo/two\n"},
};

/* other has moved server's file aside and put its own in place. */
static const char diversions[] = "/usr/sbin/server\n/usr/sbin/server.real\n"
				 "other\n/bin/sh\n/bin/sh.distrib\ndash\n"
				 "/usr/bin/own\n/usr/bin/own.old\n:\n";

/* What the kernel calls a program, and whose it is. */
static const char *const owned[][2] = {
    {"/usr/bin/dash", "dash"},
    {"/usr/bin/bash", "bash"},
    {"/usr/bin/sh", "dash"},
    {"/usr/bin/sh.distrib", "bash"},
    {"/usr/sbin/server", "other"},
    {"/usr/sbin/server.real", "server"},
    {"/usr/lib/server/helper", "server"},
    {"/usr/bin/own", ""},
    {"/usr/bin/own.old", "other"},
    {"/usr/lib/demo/one", "libdemo"},
    {"/usr/lib/demo/two", "libdemo:i386"},
    {"/usr/bin/das", ""},
    {"/opt/bin/dash", ""},
};

static void
test_owners(void)
{
	static const char *const directories[] = {
	    "usr", "var", "var/lib", "var/lib/dpkg", "var/lib/dpkg/info"};
	struct owners owners = {0};
	struct tree tree;
	char path[256];

	if (mkdtemp(top) == NULL || chdir(top) == -1)
		err(1, "%s", top);
	for (size_t i = 0; i < 5; i++)
		make_directory(directories[i]);
	if (symlink("usr/bin", "bin") == -1 || symlink("usr/lib", "lib") == -1)
		err(1, "symlink");
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", info, lists[i][0]);
		make_file(path, lists[i][1]);
	}
	make_file("var/lib/dpkg/diversions", diversions);
	tree_open(&tree, top);
	for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++)
		owners_want(&owners, span_of(owned[i][0]));
	owners_read(&owners, &tree, SPAN("amd64"));
	for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++)
		ok(span_is(
		       owners_find(&owners, span_of(owned[i][0])), owned[i][1]),
		    "%s belongs to '%s'", owned[i][0], owned[i][1]);
	ok(owners_find(&owners, SPAN("/never/asked")).n == 0,
	    "a path that was not asked for has no owner");
	owners_release(&owners);
	tree_close(&tree);
}

static void
remove_image(void)
{
	static const char *const rest[] = {"var/lib/dpkg/diversions", "bin",
	    "lib", "usr", "var/lib/dpkg/info", "var/lib/dpkg", "var/lib",
	    "var"};
	char path[256];

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", info, lists[i][0]);
		remove(path);
	}
	for (size_t i = 0; i < sizeof(rest) / sizeof(rest[0]); i++)
		remove(rest[i]);
	if (chdir("/") == -1 || remove(top) == -1)
		err(1, "%s", top);
}

/* Sockets 10 to 12, held by systemd alone, by others, and by both. */
static void
test_holders(void)
{
	struct process items[] = {{.pid = 1}, {.pid = 20}, {.pid = 30}};
	struct socket_holder holders[] = {
	    {10, 0}, {11, 1}, {11, 2}, {12, 0}, {12, 2}};
	struct processes processes = {
	    .item = items, .count = 3, .holder = holders, .holder_count = 5};
	const struct process *holder;

	holder = processes_holder(&processes, 10);
	ok(holder != NULL && holder->pid == 1, "process 1 when it is alone");
	holder = processes_holder(&processes, 11);
	ok(holder != NULL && holder->pid == 20, "the lowest of several");
	holder = processes_holder(&processes, 12);
	ok(holder != NULL && holder->pid == 30, "any other before process 1");
	ok(processes_holder(&processes, 9) == NULL, "a socket before all");
	ok(processes_holder(&processes, 13) == NULL, "a socket behind all");
}

int
main(void)
{
	test_owners();
	remove_image();
	test_holders();
	return done();
}
