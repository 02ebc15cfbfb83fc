/* The outcome of comparing two versions; see version.h. */
#ifndef PM_VERSION_ORDER_H
#define PM_VERSION_ORDER_H

/* Bits, so that an operator is a mask: <= is LESS|EQUAL. */
enum version_order {
	VERSION_LESS = 1,
	VERSION_EQUAL = 2,
	VERSION_GREATER = 4,
	VERSION_INVALID = 8
};

#endif
