/* Files are replaced whole or not at all. */
#include "atomic.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <dirent.h>

#include "memory.h"
#include "tap.h"

static char directory[] = "/tmp/pm-atomic.XXXXXX";

static bool
holds(const char *path, const char *text)
{
	char found[256];
	int fd = open(path, O_RDONLY);
	ssize_t n = fd == -1 ? -1 : read(fd, found, sizeof(found));

	close(fd);
	return n >= 0 && span_is((struct span){found, (size_t)n}, text);
}

/* How many names the directory has: a left-over file would show. */
static int
entries(void)
{
	DIR *open_directory = opendir(directory);
	int n = -2;

	while (readdir(open_directory) != NULL)
		n++;
	closedir(open_directory);
	return n;
}

static bool
write_file(const char *path, const char *text)
{
	struct atomic_file file;

	atomic_open(&file, path);
	if (write(file.fd, text, strlen(text)) == -1)
		die_errno(PM_EXIT_IO, "%s", path);
	return atomic_commit(&file);
}

static void
test_replacing(void)
{
	struct stat before, after;
	struct atomic_file file;

	umask(027);
	ok(write_file("new", "one\n") && holds("new", "one\n"), "a new file");
	stat("new", &before);
	ok((before.st_mode & 07777) == 0640, "it has the mode umask leaves");
	chmod("new", 0604);
	ok(write_file("new", "two\n") && holds("new", "two\n"), "replaced");
	stat("new", &after);
	ok(after.st_ino != before.st_ino && (after.st_mode & 07777) == 0604,
	    "by another file of the same mode");
	ok(!write_file("new", "two\n"), "the same bytes: says unchanged");
	stat("new", &before);
	ok(before.st_ino == after.st_ino, "and the file is the same one");
	ok(write_file("new", "twO\n") && holds("new", "twO\n"),
	    "same size, other bytes: replaced");
	atomic_open(&file, "new");
	ok(write(file.fd, "x", 1) == 1 && holds("new", "twO\n") &&
		entries() == 2,
	    "before commit the old file stands");
	atomic_abandon(&file);
	ok(holds("new", "twO\n") && entries() == 1, "abandoned without trace");
}

static void
test_special(void)
{
	struct stat status;
	struct atomic_file file;

	ok(symlink("new", "link") == 0 && write_file("link", "three\n") &&
		holds("new", "three\n") && lstat("link", &status) == 0 &&
		S_ISLNK(status.st_mode),
	    "a link stays a link, its target is replaced");
	atomic_open(&file, "/dev/null");
	ok(write(file.fd, "x", 1) == 1 && atomic_commit(&file) &&
		stat("/dev/null", &status) == 0 && S_ISCHR(status.st_mode),
	    "/dev/null is written to, not replaced");
	unlink("link");
}

/* In a child: what it exits with, and nothing may be left behind. */
static int
exit_of(void (*run)(void))
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		fclose(stdout);
		fclose(stderr);
		run();
		exit(0);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
dies_half_way(void)
{
	static struct atomic_file file;

	atomic_open(&file, "new");
	if (write(file.fd, "half", 4) == 4)
		die(PM_EXIT_DATA, "half way");
}

static void
no_directory(void)
{
	write_file("none/such", "x");
}

static void
is_directory(void)
{
	write_file(".", "x");
}

int
main(void)
{
	if (mkdtemp(directory) == NULL || chdir(directory) == -1)
		die_errno(PM_EXIT_IO, "%s", directory);
	test_replacing();
	test_special();
	ok(exit_of(dies_half_way) == PM_EXIT_DATA && entries() == 1 &&
		holds("new", "three\n"),
	    "die() half way: the old file stands, nothing is left");
	ok(exit_of(no_directory) == PM_EXIT_IO, "no such directory: 74");
	ok(exit_of(is_directory) == PM_EXIT_IO, "a directory: 74");
	unlink("new");
	ok(rmdir(directory) == 0, "nothing else was made");
	return done();
}
