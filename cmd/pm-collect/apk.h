/*
 * apk's database of installed packages, lib/apk/db/installed: paragraphs of
 * lines that begin with a letter and a colon, the letters of an index and more
 * for files; apk-v2(5).
 */
#ifndef PM_APK_H
#define PM_APK_H

#include "dump.h"

/* Read it from the dump's bytes. */
void apk_read(struct dump *dump);

#endif
