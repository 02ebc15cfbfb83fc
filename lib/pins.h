/*
 * What apt's pins by version say of an installed version: a text that travels
 * with an offer, from who knows the pins to who knows what is installed.
 *
 *	keep=2.2*|leave=/^1[.]/
 *
 * The first pattern that fits the installed version counts: keep goes before
 * the offer, leave goes behind it whatever else holds.  apt_preferences(5).
 */
#ifndef PM_PINS_H
#define PM_PINS_H

#include "memory.h"
#include "span.h"

/*
 * Does a glob, or a regular expression between slashes, fit the whole of the
 * text (a part of it, for an expression)?  Never, when it is too long or not one
 * that can be compiled in little memory.
 */
bool pin_fits(struct span pattern, struct span text);

/* Does an expression repeat so little that it can be compiled? */
bool pin_modest(struct span pattern);

/* Add a pattern behind those that are there. */
void pins_add(struct buffer *text, bool keep, struct span pattern);

enum pins_word { PINS_SILENT, PINS_KEEP, PINS_LEAVE };

/* What the text says of a version. */
enum pins_word pins_of(struct span text, struct span version);

#endif
