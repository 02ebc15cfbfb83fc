/* What the components of a bill of materials say together. */
#ifndef PM_SBOM_COMPONENTS_H
#define PM_SBOM_COMPONENTS_H

#include "dump.h"

/* One component; the texts are borrowed, empty where there is none. */
struct sbom_component {
	struct span type, name, version, purl;
};

struct sbom_components {
	struct dump *dump;
	struct span os, release; /* of the operating system component */
	struct span purl_os, purl_release; /* what the purls say */
	bool mixed;			   /* and that they do not agree */
	uint64_t total, unnamed, malformed, elsewhere;
	struct span example; /* of a malformed one */
};

void sbom_component(
    struct sbom_components *components, const struct sbom_component *component);

/* When all are in: the host's system, and what could not be used. */
void sbom_components_finish(struct sbom_components *components);

#endif
