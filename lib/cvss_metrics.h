/*
 * What the versions of CVSS share: how a vector is kept, and how the metrics of
 * a version and their values are written.
 */
#ifndef PM_CVSS_METRICS_H
#define PM_CVSS_METRICS_H

#include "span.h"

enum cvss_version { CVSS_2_0, CVSS_3_0, CVSS_3_1, CVSS_4_0, CVSS_VERSIONS };

enum {
	CVSS_METRICS_MAX = 32, /* metrics of a version */
	CVSS_VALUES_MAX = 5    /* values of a metric */
};

/*
 * A parsed vector.  value[] has for each metric of the version, in the order of
 * its table, the number of the value from 1, or 0 where the metric is left out
 * or not defined.
 */
struct cvss {
	enum cvss_version version;
	uint8_t value[CVSS_METRICS_MAX];
};

/* Up to where metrics count; each group includes those before it. */
enum cvss_group {
	CVSS_BASE,
	CVSS_THREAT, /* temporal in versions 2 and 3 */
	CVSS_ENVIRONMENTAL
};

struct cvss_metric {
	const char *name;
	const char *values[CVSS_VALUES_MAX]; /* NULL behind the last */
};

/* The metrics that pm sets, by their place in the table of the version. */
struct cvss_settable {
	unsigned requirement; /* of three requirements the first */
	unsigned vector, modified_vector, interaction; /* 0 where there is no */
};

struct cvss_standard {
	const char *prefix;    /* of the vector string */
	const char *undefined; /* the value that stands for no value */
	const struct cvss_metric *metrics;
	unsigned count;
	unsigned mandatory; /* so many metrics come first and must be given */
	bool ordered;	    /* metrics must come in the order of the table */
	int (*score)(const struct cvss *cvss, enum cvss_group group);
	struct cvss_settable set;
};

extern const struct cvss_standard cvss2_standard;
extern const struct cvss_standard cvss30_standard;
extern const struct cvss_standard cvss31_standard;
extern const struct cvss_standard cvss4_standard;

#endif
