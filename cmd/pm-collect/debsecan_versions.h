/*
 * The versions that debsecan's data names for one package.  The same few stand
 * in nearly every line of it, so each is looked at once and then known by its
 * number.
 */
#ifndef PM_DEBSECAN_VERSIONS_H
#define PM_DEBSECAN_VERSIONS_H

#include "intern.h"

/* Zero-initialise to make an empty one. */
struct versions {
	struct intern texts;
	struct version *items; /* by number */
	size_t capacity;
	uint32_t *order; /* those of the package at hand, ascending */
	size_t count, order_capacity;
	uint32_t package; /* the how manieth */
};

/* Where a version stands among those of its package. */
struct version {
	uint32_t package;
	uint32_t rank;	/* its place; equal versions in the order of bytes */
	uint32_t level; /* the same of equal versions */
	bool valid;	/* else it has no place */
	bool same;	/* as the one before it in the order */
};

/* Begin with the next package. */
void versions_next_package(struct versions *versions);

/* The number of a version of the package; ranks may change. */
uint32_t versions_add(struct versions *versions, struct span text);

static inline struct span
version_text(const struct versions *versions, uint32_t number)
{
	return intern_span(&versions->texts, number);
}

/* Is it truly less, both being valid? */
static inline bool
version_less(const struct versions *versions, uint32_t a, uint32_t b)
{
	return versions->items[a].level < versions->items[b].level;
}

/* Sort numbers of valid versions. */
void versions_sort(
    const struct versions *versions, uint32_t *numbers, size_t count);

void versions_release(struct versions *versions);

#endif
