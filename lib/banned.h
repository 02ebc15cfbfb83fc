/*
 * Included before every file by the Makefile: functions that read or write past
 * the end, hide errors, keep hidden state or start a shell do not compile.
 */
#ifndef PM_BANNED_H
#define PM_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__GNUC__)
/* FORTIFY makes macros of some, which clang notices */
#undef sprintf
#undef vsprintf
#pragma GCC poison strcpy strcat sprintf vsprintf gets strtok atoi atol atof
#pragma GCC poison localtime gmtime ctime asctime system popen tmpnam mktemp
#endif

#endif
