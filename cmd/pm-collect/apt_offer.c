#include "apt_offer.h"

const char *const apt_offer_wanted[APT_OFFER_FIELDS] = {
    "package", "version", "architecture", "source"};

enum { PACKAGE, VERSION, ARCHITECTURE, SOURCE };

bool
apt_offer_plain(struct span s, const char *more)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || strchr(more, c) != NULL) ||
		    c == '\0')
			return false;
	}
	return s.n > 0;
}

/* "NAME (VERSION)" or "NAME": Debian Policy 5.6.1. */
static bool
take_source(struct span field, struct span *name, struct span *version)
{
	if (field.n == 0)
		return true;
	*name = span_trim(span_cut(&field, '('));
	if (field.p == NULL)
		return true;
	if (field.n == 0 || field.p[field.n - 1] != ')')
		return false;
	*version = span_trim((struct span){field.p, field.n - 1});
	return true;
}

const char *
apt_offer_take(struct apt_offer *offer, const struct deb822 *parser)
{
	static const char name[] = "+-._", version[] = "+-._:~";

	offer->package = deb822_get(parser, PACKAGE);
	offer->version = deb822_get(parser, VERSION);
	offer->arch = deb822_get(parser, ARCHITECTURE);
	offer->source = offer->package;
	offer->source_version = offer->version;
	if (!apt_offer_plain(offer->package, name))
		return "the Package field is missing or is no package name";
	if (!apt_offer_plain(offer->version, version))
		return "the Version field is missing or is no version";
	if (!apt_offer_plain(offer->arch, "-"))
		return "the Architecture field is missing or is none";
	if (!take_source(deb822_get(parser, SOURCE), &offer->source,
		&offer->source_version) ||
	    !apt_offer_plain(offer->source, name) ||
	    !apt_offer_plain(offer->source_version, version))
		return "the Source field is not NAME or NAME (VERSION)";
	return NULL;
}
