/*
 * Into the image of a system.  The child that the shell is to run in divides:
 *
 *	job        waits for what the shell ends with and passes it on
 *	 \ init    process 1 of a new process namespace; stays while anything
 *	  \        that the shell left running does
 *	   shell   returns from here and executes sh
 *
 * Mounts are made in a new mount namespace, so nothing of them is ever seen
 * outside, and all are gone with the last process.  Processes of the machine
 * cannot be seen from inside, so no maintainer script can signal them.
 */
#include "transport.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const devices[] = {
    "null", "zero", "full", "random", "urandom", "tty"};

static _Noreturn void
cannot(const char *what, const char *name)
{
	warning("cannot %s%s: %s", what, name, strerror(errno));
	_exit(PM_EXIT_SYSTEM);
}

/*
 * A /dev of our own with the devices that never do harm; the image need not
 * have any.  Bind mounts, because mknod(2) may be forbidden in containers.
 */
static void
mount_devices(void)
{
	static const char source[] = "/proc/self/fd/";
	struct buffer path = {0};
	int outside[sizeof(devices) / sizeof(devices[0])];

	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		buffer_reset(&path);
		buffer_printf(&path, "/dev/%s", devices[i]);
		buffer_add_byte(&path, '\0');
		outside[i] = open(path.p, O_PATH | O_CLOEXEC);
		if (outside[i] == -1)
			cannot("open ", path.p);
	}
	if (mount("pm", "dev", "tmpfs", MS_NOSUID | MS_NOEXEC,
		"mode=755,size=1m") == -1)
		cannot("mount ", "dev");
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		struct buffer from = {0};

		buffer_reset(&path);
		buffer_printf(&path, "dev/%s", devices[i]);
		buffer_add_byte(&path, '\0');
		buffer_printf(&from, "%s%d", source, outside[i]);
		buffer_add_byte(&from, '\0');
		close(open(path.p, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
		if (mount(from.p, path.p, NULL, MS_BIND, NULL) == -1)
			cannot("mount ", path.p);
		close(outside[i]);
		buffer_release(&from);
	}
	buffer_release(&path);
	if (symlink("/proc/self/fd", "dev/fd") == -1 ||
	    mkdir("dev/shm", 01777) == -1 || chmod("dev/shm", 01777) == -1)
		cannot("fill ", "dev");
}

static void
mount_all(const char *directory)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1)
		cannot("make mounts private", "");
	if (chdir(directory) == -1)
		cannot("enter ", directory);
	mount_devices();
	if (mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		NULL) == -1)
		cannot("mount ", "proc");
	if (chroot(".") == -1 || chdir("/") == -1)
		cannot("enter ", directory);
}

/* What a shell would say of a process that ended so. */
static int
shell_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

/* Process 1: report how the shell ended, stay until all the others have. */
static _Noreturn void
be_init(pid_t shell, int report)
{
	int status;
	pid_t pid;

	close_range(3, (unsigned)report - 1, 0);
	close_range((unsigned)report + 1, ~0U, 0);
	for (int fd = 0; fd <= 2; fd++)
		close(fd);
	while ((pid = wait(&status)) != -1 || errno == EINTR) {
		if (pid != shell)
			continue;
		status = shell_status(status);
		if (write(report, &status, sizeof(status)) == -1)
			_exit(PM_EXIT_SYSTEM);
		close(report);
	}
	_exit(0);
}

static _Noreturn void
pass_on(int report)
{
	int status;

	close_range(3, (unsigned)report - 1, 0);
	close_range((unsigned)report + 1, ~0U, 0);
	for (int fd = 0; fd <= 2; fd++)
		close(fd);
	if (read(report, &status, sizeof(status)) != sizeof(status))
		_exit(PM_EXIT_SYSTEM);
	_exit(status);
}

void
enter_image(const void *directory)
{
	int report[2];
	pid_t pid;

	if (pipe2(report, O_CLOEXEC) == -1 ||
	    unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC) == -1)
		cannot("make namespaces", "");
	pid = fork();
	if (pid == -1)
		cannot("fork", "");
	if (pid > 0) {
		close(report[1]);
		pass_on(report[0]);
	}
	close(report[0]);
	mount_all(directory);
	pid = fork();
	if (pid == -1)
		cannot("fork", "");
	if (pid > 0)
		be_init(pid, report[1]);
}
