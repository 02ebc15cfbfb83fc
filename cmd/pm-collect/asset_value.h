/* What people write in a list of assets, as values of the host record. */
#ifndef PM_ASSET_VALUE_H
#define PM_ASSET_VALUE_H

#include "memory.h"

/*
 * Append the value of a host column to out as field text: addresses and groups
 * become a comma list, sorted, from parts between commas, semicolons or blanks;
 * exposed takes internet, internal, local, none, yes, no, true, false, 1 and 0;
 * link a number, also with k, M or G behind it; seen a time or a date.  Nothing
 * is appended for an empty value.  Returns NULL, or what is wrong.
 */
const char *asset_value(struct buffer *out, unsigned column, struct span value);

#endif
