#include "version.h"

#include "version_schemes.h"

static const struct scheme {
	const char *name;
	bool (*valid)(struct span version);
	enum version_order (*compare)(struct span a, struct span b);
} schemes[VERSION_SCHEMES] = {
    [VERSION_DEB] = {"deb", deb_valid, deb_compare},
    [VERSION_RPM] = {"rpm", rpm_valid, rpm_compare},
    [VERSION_APK] = {"apk", apk_valid, apk_compare},
    [VERSION_PACMAN] = {"pacman", pacman_valid, pacman_compare},
    [VERSION_GENERIC] = {"generic", generic_valid, generic_compare},
};

/* ID of os-release(5); what is not here is generic. */
static const struct distribution {
	const char *os;
	enum version_scheme scheme;
} distributions[] = {
    {"almalinux", VERSION_RPM},
    {"alpine", VERSION_APK},
    {"altlinux", VERSION_RPM},
    {"amzn", VERSION_RPM},
    {"anolis", VERSION_RPM},
    {"arch", VERSION_PACMAN},
    {"archarm", VERSION_PACMAN},
    {"artix", VERSION_PACMAN},
    {"azurelinux", VERSION_RPM},
    {"cachyos", VERSION_PACMAN},
    {"centos", VERSION_RPM},
    {"chainguard", VERSION_APK},
    {"debian", VERSION_DEB},
    {"deepin", VERSION_DEB},
    {"devuan", VERSION_DEB},
    {"elementary", VERSION_DEB},
    {"endeavouros", VERSION_PACMAN},
    {"eurolinux", VERSION_RPM},
    {"fedora", VERSION_RPM},
    {"garuda", VERSION_PACMAN},
    {"kali", VERSION_DEB},
    {"kylin", VERSION_DEB},
    {"linuxmint", VERSION_DEB},
    {"mageia", VERSION_RPM},
    {"manjaro", VERSION_PACMAN},
    {"manjaro-arm", VERSION_PACMAN},
    {"mariner", VERSION_RPM},
    {"miraclelinux", VERSION_RPM},
    {"neon", VERSION_DEB},
    {"ol", VERSION_RPM},
    {"openeuler", VERSION_RPM},
    {"openmandriva", VERSION_RPM},
    {"opensuse", VERSION_RPM},
    {"opensuse-leap", VERSION_RPM},
    {"opensuse-leap-micro", VERSION_RPM},
    {"opensuse-microos", VERSION_RPM},
    {"opensuse-slowroll", VERSION_RPM},
    {"opensuse-tumbleweed", VERSION_RPM},
    {"parrot", VERSION_DEB},
    {"photon", VERSION_RPM},
    {"pop", VERSION_DEB},
    {"postmarketos", VERSION_APK},
    {"pureos", VERSION_DEB},
    {"raspbian", VERSION_DEB},
    {"rhel", VERSION_RPM},
    {"rocky", VERSION_RPM},
    {"scientific", VERSION_RPM},
    {"sl-micro", VERSION_RPM},
    {"sle-micro", VERSION_RPM},
    {"sled", VERSION_RPM},
    {"sles", VERSION_RPM},
    {"sles_sap", VERSION_RPM},
    {"steamos", VERSION_PACMAN},
    {"suse", VERSION_RPM},
    {"tails", VERSION_DEB},
    {"trisquel", VERSION_DEB},
    {"ubuntu", VERSION_DEB},
    {"virtuozzo", VERSION_RPM},
    {"wolfi", VERSION_APK},
    {"xenenterprise", VERSION_RPM},
    {"zorin", VERSION_DEB},
};

enum version_scheme
version_scheme_of(struct span os)
{
	for (size_t i = 0; i < sizeof(distributions) / sizeof(distributions[0]);
	     i++)
		if (span_is(os, distributions[i].os))
			return distributions[i].scheme;
	return VERSION_GENERIC;
}

bool
version_scheme_find(struct span name, enum version_scheme *scheme)
{
	for (unsigned i = 0; i < VERSION_SCHEMES; i++)
		if (span_is(name, schemes[i].name)) {
			*scheme = (enum version_scheme)i;
			return true;
		}
	return false;
}

struct span
version_scheme_name(enum version_scheme scheme)
{
	return span_of(schemes[scheme].name);
}

bool
version_valid(enum version_scheme scheme, struct span version)
{
	return schemes[scheme].valid(version);
}

enum version_order
version_compare(enum version_scheme scheme, struct span a, struct span b)
{
	return schemes[scheme].compare(a, b);
}
