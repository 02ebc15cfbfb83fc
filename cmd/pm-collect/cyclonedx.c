/*
 * pm-collect cyclonedx FILE: a bill of materials as CycloneDX (ECMA-424), in
 * JSON or XML.
 */
#include "sbom.h"
#include "source.h"

static const struct option_row options[] = {DUMP_OPTIONS, DUMP_OPTION_END};

static const struct program program = {
    .name = "pm-collect",
    .synopsis = "cyclonedx [options] FILE ...",
    .summary = "read CycloneDX in JSON or XML; - is standard input",
    .examples = "pm-collect cyclonedx --host web-image web.cdx.json\n"
		"pm-collect cyclonedx *.cdx.json | pm-match catalogue.tsv -",
    .options = options,
};

static const struct sbom_step steps[] = {
    {"metadata", SBOM_TOP, SBOM_METADATA},
    {"component", SBOM_METADATA, SBOM_SUBJECT},
    {"components", SBOM_TOP, SBOM_LIST},
    {"*", SBOM_LIST, SBOM_COMPONENT},
    {"components", SBOM_COMPONENT, SBOM_LIST},
    {"components", SBOM_SUBJECT, SBOM_LIST},
    {NULL, SBOM_ELSEWHERE, SBOM_ELSEWHERE},
};

static const struct sbom_text texts[] = {
    {"bomFormat", SBOM_TOP, SBOM_FORMAT},
    {"xmlns", SBOM_TOP, SBOM_FORMAT},
    {"timestamp", SBOM_METADATA, SBOM_TIME},
    {"name", SBOM_SUBJECT, SBOM_SUBJECT_NAME},
    {"type", SBOM_COMPONENT, SBOM_TYPE},
    {"name", SBOM_COMPONENT, SBOM_NAME},
    {"version", SBOM_COMPONENT, SBOM_VERSION},
    {"purl", SBOM_COMPONENT, SBOM_PURL},
    {NULL, SBOM_ELSEWHERE, SBOM_FORMAT},
};

static void
read_bill(struct dump *dump)
{
	static const struct sbom_format json = {steps, texts, "CycloneDX"};
	static const struct sbom_format xml = {
	    steps, texts, "http://cyclonedx.org/schema/bom/"};
	struct span head = dump_peek(dump);

	if (span_starts(head, SPAN("\xef\xbb\xbf")))
		head = span_skip(head, 3);
	while (head.n > 0 && memchr(" \t\r\n", head.p[0], 4) != NULL)
		head = span_skip(head, 1);
	if (span_starts(head, SPAN("<")))
		sbom_read_xml(dump, &xml, "bom");
	else
		sbom_read_json(dump, &json);
}

const struct dump_source cyclonedx_source = {
    .program = &program,
    .name = "cyclonedx",
    .class = "image",
    .modules = true,
    .what = "a CycloneDX bill of materials",
    .read = read_bill,
    .release = sbom_release,
};

enum pm_exit
collect_cyclonedx(int argc, char **argv)
{
	return dump_collect(&cyclonedx_source, argc, argv);
}
