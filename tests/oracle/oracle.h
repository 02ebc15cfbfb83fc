/* The packaging libraries that version order is compared with. */
#ifndef PM_TEST_ORACLE_H
#define PM_TEST_ORACLE_H

#include "memory.h"
#include "version.h"

struct oracle {
	const char *name;
	const char *package; /* that it is built with */
	enum version_scheme scheme;
	/* NULL when the package was not there; VERSION_INVALID for a refusal */
	enum version_order (*compare)(const char *a, const char *b);
	/* Is this refused by version.h alone? */
	bool (*stricter)(struct span version);
};

extern const struct oracle oracles[];
extern const size_t oracle_count;

/* <0, 0 or >0; apt.cc, in C++ because libapt-pkg is */
int apt_compare(const char *a, const char *b);

#endif
