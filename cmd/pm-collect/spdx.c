/*
 * pm-collect spdx FILE: a bill of materials as SPDX 2 (ISO/IEC 5962) in JSON.
 */
#include "sbom.h"
#include "source.h"

static const struct option_row options[] = {DUMP_OPTIONS, DUMP_OPTION_END};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "spdx [options] FILE ...",
    .summary = "read SPDX 2 in JSON; - is standard input",
    .examples = "pm-collect spdx --host web-image web.spdx.json\n"
		"pm-collect spdx *.spdx.json | pm-match catalogue.tsv -",
    .options = options,
};

static const struct sbom_step steps[] = {
    {"creationInfo", SBOM_TOP, SBOM_METADATA},
    {"packages", SBOM_TOP, SBOM_LIST},
    {"*", SBOM_LIST, SBOM_COMPONENT},
    {"externalRefs", SBOM_COMPONENT, SBOM_REFERENCES},
    {"*", SBOM_REFERENCES, SBOM_REFERENCE},
    {NULL, SBOM_ELSEWHERE, SBOM_ELSEWHERE},
};

static const struct sbom_text texts[] = {
    {"spdxVersion", SBOM_TOP, SBOM_FORMAT},
    {"name", SBOM_TOP, SBOM_SUBJECT_NAME},
    {"created", SBOM_METADATA, SBOM_TIME},
    {"primaryPackagePurpose", SBOM_COMPONENT, SBOM_TYPE},
    {"name", SBOM_COMPONENT, SBOM_NAME},
    {"versionInfo", SBOM_COMPONENT, SBOM_VERSION},
    {"referenceType", SBOM_REFERENCE, SBOM_REFERENCE_TYPE},
    {"referenceLocator", SBOM_REFERENCE, SBOM_REFERENCE_LOCATOR},
    {NULL, SBOM_ELSEWHERE, SBOM_FORMAT},
};

static void
read_bill(struct dump *dump)
{
	static const struct sbom_format format = {steps, texts, "SPDX-2"};

	sbom_read_json(dump, &format);
}

const struct dump_source spdx_source = {
    .program = &program,
    .name = "spdx",
    .class = "image",
    .modules = true,
    .what = "an SPDX 2 bill of materials in JSON",
    .read = read_bill,
    .release = sbom_release,
};

enum pm_exit
collect_spdx(int argc, char **argv)
{
	return dump_collect(&spdx_source, argc, argv);
}
