/*
 * Any bytes as a list of packages: what is taken from it as an offer can stand
 * in the stream and its lists as it is.
 */
#include <stdlib.h>

#include "fuzz.h"

#include "../../cmd/pm-collect/apt_offer.h"

static void
check(struct span field)
{
	if (!apt_offer_plain(field, "+-._:~"))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = {(const char *)data, size};
	struct apt_offer offer;
	struct deb822 parser;

	deb822_open_memory(
	    &parser, text, "input", apt_offer_wanted, APT_OFFER_FIELDS);
	while (deb822_next(&parser) == DEB822_PARAGRAPH) {
		if (apt_offer_take(&offer, &parser) != NULL)
			continue;
		check(offer.package);
		check(offer.version);
		check(offer.arch);
		check(offer.source);
		check(offer.source_version);
	}
	deb822_close(&parser);
	return 0;
}
