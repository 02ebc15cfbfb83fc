/* TAP for unit programs: ok(condition, "what"), and done() at the end. */
#ifndef PM_TAP_H
#define PM_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static int tap_count;
static int tap_failures;

__attribute__((format(printf, 2, 3))) static inline bool
ok(bool condition, const char *format, ...)
{
	va_list arguments;

	tap_count++;
	if (!condition)
		tap_failures++;
	printf("%sok %d - ", condition ? "" : "not ", tap_count);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	/* a crash, or a child process, must not lose or repeat lines */
	fflush(stdout);
	return condition;
}

/* Return this from main(). */
static inline int
done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failures != 0;
}

#endif
