/* Writing need records: what advisories that apply say together. */
#ifndef PM_MATCH_NEED_H
#define PM_MATCH_NEED_H

#include "judge.h"
#include "standing.h"

/* What a need says of all its advisories together. */
struct summary {
	struct span lists;  /* the columns adv and cves, a tab before each */
	uint32_t published; /* the version of top, interned in words */
	uint16_t severity;
	uint8_t kind;
};

/* How a need came about. */
struct reason {
	const char *state;
	const char *confidence;
	bool fixed;	    /* there is a version to reach */
	const char *remark; /* behind the comparison, or NULL */
};

/* The advisory with the highest fixed version; the first among equals. */
const struct advisory *need_highest(const struct catalogue *catalogue,
    enum version_scheme scheme, const struct list *list);

/* top is the advisory to be reached.  Valid until the next call. */
struct summary need_summary(const struct catalogue *catalogue,
    const struct list *list, const struct advisory *top,
    struct exclusions *exclusions);

/* The same for the first `lacks` plain advisories of a key, kept there. */
struct summary need_summary_plain(
    const struct catalogue *catalogue, struct key *key, uint32_t lacks);

/*
 * Append the columns of a need from installed on, and a newline.  more is added
 * to the column why, and may be empty.
 */
void need_add(struct buffer *out, const struct catalogue *catalogue,
    const struct installed *installed, struct summary summary,
    const struct advisory *top, const struct reason *reason, struct span more);

/*
 * The same for an update without a version: own are its advisories, all those
 * of everything that it brings.
 */
void need_add_update(struct buffer *out, const struct catalogue *catalogue,
    struct span name, const struct list *own, const struct list *all,
    const struct reason *reason, struct span more);

/* Write what need_add() appended, one record a line. */
void need_write(
    const struct installed *installed, struct span rows, struct output *output);

#endif
