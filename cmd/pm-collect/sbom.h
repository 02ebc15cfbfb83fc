/*
 * Software bills of materials: where things stand in the two formats is a
 * table, what they mean is common to both.
 */
#ifndef PM_SBOM_H
#define PM_SBOM_H

#include "dump.h"

enum { SBOM_DEPTH = 80 };

/* What a member or element is. */
enum sbom_place {
	SBOM_ELSEWHERE,
	SBOM_TOP,
	SBOM_METADATA,
	SBOM_SUBJECT, /* what the bill is of */
	SBOM_LIST,
	SBOM_COMPONENT,
	SBOM_REFERENCES,
	SBOM_REFERENCE
};

/* The member or element of this name below a place is that place. */
struct sbom_step {
	const char *name; /* "*" for any, as for the items of an array */
	enum sbom_place from;
	enum sbom_place to;
};

enum sbom_field {
	SBOM_FORMAT, /* its presence shows that this is the format */
	SBOM_TIME,
	SBOM_SUBJECT_NAME,
	SBOM_TYPE,
	SBOM_NAME,
	SBOM_VERSION,
	SBOM_PURL,
	SBOM_REFERENCE_TYPE,
	SBOM_REFERENCE_LOCATOR,
	SBOM_FIELDS
};

/* The text member of this name at a place is that field. */
struct sbom_text {
	const char *name;
	enum sbom_place at;
	enum sbom_field field;
};

struct sbom_format {
	const struct sbom_step *steps; /* both end with a zero row */
	const struct sbom_text *texts;
	const char *version; /* what the value of SBOM_FORMAT begins with */
};

/* Read JSON in this format. */
void sbom_read_json(struct dump *dump, const struct sbom_format *format);

/* Read XML in this format; root is the name of the document's element. */
void sbom_read_xml(
    struct dump *dump, const struct sbom_format *format, const char *root);

/* Free what either of them left, also when it was ended half-way. */
void sbom_release(void);

#endif
