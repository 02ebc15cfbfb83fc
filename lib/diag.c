#include "diag.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <vis.h>

static const char *program = "pm";

void
diag_start(const char *argv0)
{
	const char *slash = strrchr(argv0, '/');
	/* A closed stream is reopened so that using it fails, not quietly. */
	static const int modes[] = {O_WRONLY, O_RDONLY, O_RDWR};

	program = slash != NULL ? slash + 1 : argv0;
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) == -1 && errno == EBADF &&
		    open("/dev/null", modes[fd]) != fd)
			_exit(PM_EXIT_SYSTEM);
	signal(SIGPIPE, SIG_DFL);
}

const char *
diag_program(void)
{
	return program;
}

static void
message(int error, const char *format, va_list arguments)
{
	char text[2048];
	char shown[sizeof(text) * 4 + 1];

	vsnprintf(text, sizeof(text), format, arguments);
	strvis(shown, text, VIS_SAFE | VIS_NOSLASH);
	if (error != 0)
		fprintf(
		    stderr, "%s: %s: %s\n", program, shown, strerror(error));
	else
		fprintf(stderr, "%s: %s\n", program, shown);
}

void
warning(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	message(0, format, arguments);
	va_end(arguments);
}

void
die(enum pm_exit status, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	message(0, format, arguments);
	va_end(arguments);
	exit((int)status);
}

void
die_errno(enum pm_exit status, const char *format, ...)
{
	int error = errno;
	va_list arguments;

	va_start(arguments, format);
	message(error, format, arguments);
	va_end(arguments);
	exit((int)status);
}
