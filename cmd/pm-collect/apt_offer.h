/* One paragraph of a package list: a package that a repository offers. */
#ifndef PM_APT_OFFER_H
#define PM_APT_OFFER_H

#include "deb822.h"

/* Its spans are plain ASCII and borrowed from the parser. */
struct apt_offer {
	struct span package, version, arch, source, source_version;
};

enum { APT_OFFER_FIELDS = 4 };

/* What the parser is to be opened with. */
extern const char *const apt_offer_wanted[APT_OFFER_FIELDS];

/* Fill the offer from a paragraph; NULL, or why it is none. */
const char *apt_offer_take(
    struct apt_offer *offer, const struct deb822 *parser);

/* Are all bytes letters, digits or one of these?  Not of an empty text. */
bool apt_offer_plain(struct span text, const char *more);

#endif
