#include "explain.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

static void say(struct explain *explain, const char *format, ...)
    PM_PRINTF(2, 3);

/* One line; field text may be as long as a line of the stream. */
static void
say(struct explain *explain, const char *format, ...)
{
	va_list arguments;
	char *text;
	int n;

	va_start(arguments, format);
	n = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (n == -1)
		die(PM_EXIT_SYSTEM, "out of memory");
	output_line(explain->output, (struct span){text, (size_t)n});
	free(text);
}

static struct span text(struct explain *explain, const char *format, ...)
    PM_PRINTF(2, 3);

static struct span
text(struct explain *explain, const char *format, ...)
{
	va_list arguments;
	char line[512];

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	return arena_copy(&explain->text, span_of(line));
}

/* "file:line", or who else gave a value. */
static struct span
origin_text(struct explain *explain, const struct rule_origin *origin)
{
	if (origin->file == NULL)
		return SPAN("no rule");
	return text(explain, "%s:%u%s", origin->file, origin->line,
	    origin->override ? " instead of the inventory" : "");
}

void
explain_host(
    struct explain *explain, struct rules *rules, const struct record *record)
{
	struct rule_origin origins[FLEET_COLUMNS] = {{0}};
	struct span values[FLEET_COLUMNS];
	struct rule_mask set;

	if (!span_equal(record_get(record, HOST_HOST), explain->host))
		return;
	fleet_read(record, values);
	set = rules_decide(rules, rule_mask_all, values, origins);
	for (unsigned i = 0; i < HOST_COLUMNS; i++) {
		if (rule_mask_has(set, i))
			explain->from[i] = origin_text(explain, &origins[i]);
		else if (span_absent(values[i]))
			explain->from[i] = SPAN("nobody says");
		else
			explain->from[i] = text(
			    explain, "%s", record_where(record));
	}
	explain->found = true;
}

void
explain_exposure(
    struct explain *explain, const struct record *host, struct span why)
{
	if (why.n > 0 && span_absent(record_get(host, HOST_EXPOSED)) &&
	    span_equal(record_get(host, HOST_HOST), explain->host))
		explain->from[HOST_EXPOSED] = arena_copy(&explain->text, why);
}

void
explain_fact(struct explain *explain, const struct record *record)
{
	struct span key = record_get(record, FACT_KEY);

	if (!span_equal(record_get(record, FACT_HOST), explain->host) ||
	    !span_starts(key, SPAN("policy.")))
		return;
	key = span_skip(key, strlen("policy."));
	for (unsigned i = 0; i < HOST_COLUMNS; i++)
		if (span_is(key, rule_host_columns[i]))
			explain->from[i] = arena_copy(
			    &explain->text, record_get(record, FACT_VALUE));
}

static void
say_known(struct explain *explain, const struct span *values)
{
	int64_t since, days;

	if (!timestamp_parse(values[NEED_FIRST_SEEN], &since)) {
		say(explain, "  known      since now, as far as is known; a "
			     "ledger would say");
		return;
	}
	days = (timestamp_now() - since) / (24 * 60 * 60);
	say(explain, "  known      since %.*s, for %" PRId64 " %s",
	    SPAN_ARG(values[NEED_FIRST_SEEN]), days,
	    PLURAL(days, "day", "days"));
}

/* "9.8", and of a vector also the word and version: "9.8 critical, CVSS 3.1" */
static void
base_text(const struct threat *threat, char *text, size_t size)
{
	const struct severity *severity = &threat->severity;
	enum cvss_version version = (enum cvss_version)severity->version;

	if (threat->cvss < 0)
		snprintf(text, size, "-");
	else if (severity->base < 0 ||
		 severity->published * 10 > severity->base)
		snprintf(text, size, "%.1f", threat->cvss);
	else
		snprintf(text, size, "%.1f %s, CVSS %s%s", threat->cvss,
		    cvss_severity(version, severity->base),
		    cvss_version_name(version),
		    severity->needs_user ? ", a user must act" : "");
}

/* cvss is the score on this host, base that on any. */
static void
say_threat(struct explain *explain, struct span of, const struct threat *threat,
    const struct span *host_values)
{
	struct span cvss = severity_text(&threat->severity,
	    severity_loss(host_values[HOST_TIER]),
	    severity_reach(host_values[HOST_EXPOSED]));
	char base[64];

	base_text(threat, base, sizeof(base));
	say(explain,
	    "  threat     %.*s: cvss %.*s (base %s), epss %.*s "
	    "(percentile %.*s), kev %.*s, "
	    "exploit %.*s, automatable %.*s, impact %.*s",
	    SPAN_ARG(of), SPAN_ARG(cvss), base, SPAN_ARG(threat->epss_text),
	    SPAN_ARG(threat->epss_percentile_text),
	    SPAN_ARG(threat_flag_text(threat->kev)),
	    SPAN_ARG(threat_exploit_text(threat->exploit)),
	    SPAN_ARG(threat_flag_text(threat->automatable)),
	    SPAN_ARG(threat_impact_text(threat->impact)));
}

/* Each vulnerability by itself, then the worst of all, which counts. */
static void
say_threats(struct explain *explain, struct span cves,
    const struct threat *worst, const struct span *host_values)
{
	bool several = span_find(cves, ',') != NULL;

	while (several && cves.p != NULL) {
		struct span cve = span_cut(&cves, ',');
		struct threat threat;
		unsigned unknown;

		if (threats_worst(explain->threats, cve, &threat, &unknown) > 0)
			say_threat(explain, cve, &threat, host_values);
		else
			say(explain, "  threat     %.*s: no cve record",
			    SPAN_ARG(cve));
	}
	if (several)
		say_threat(explain, SPAN("the worst"), worst, host_values);
	else if (!span_absent(cves))
		say_threat(explain, cves, worst, host_values);
}

static void
say_host(
    struct explain *explain, const struct span *host_values, unsigned column)
{
	say(explain, "  %-10s %.*s (%.*s)", rule_host_columns[column],
	    SPAN_ARG(host_values[column]), SPAN_ARG(explain->from[column]));
}

static void
say_risks(struct explain *explain, const struct span *values,
    const struct verdict *verdict)
{
	const struct risk *risk = &verdict->risk;
	const struct fared *fared = &verdict->fared;
	struct span source = values[NEED_SOURCE];
	static const char *const tests[] = {
	    "not tested", "test passed", "test failed"};

	if (risk->unpatched < 0)
		say(explain, "  risk       -: no security matter, or of a "
			     "severity that nobody gave");
	else
		say(explain,
		    "  risk       %.*s minutes = likelihood %g * exposure %g "
		    "* severity %g * loss %g",
		    SPAN_ARG(values[NEED_RISK]), risk->likelihood,
		    risk->exposure, risk->severity, risk->loss);
	if (risk->patching < 0) {
		say(explain, "  patch_risk -: there is no patch");
		return;
	}
	say(explain,
	    "  patch_risk %.*s minutes = (downtime %g + trouble %.4g * "
	    "recovery %g) / peers %g",
	    SPAN_ARG(values[NEED_PATCH_RISK]), risk->downtime, risk->trouble,
	    risk->recovery, risk->peers);
	say(explain,
	    "  before     tried %" PRIu64 " %s, %" PRIu64
	    " failed; %s; closure %.*s%s%.*s",
	    fared->tried, PLURAL(fared->tried, "time", "times"), fared->failed,
	    tests[fared->test], SPAN_ARG(values[NEED_CLOSURE]),
	    span_absent(source) ? "" : " of source ",
	    SPAN_ARG(span_absent(source) ? SPAN("") : source));
}

/* Without a day on which the need was first seen it has not begun to count. */
static void
say_overdue(struct explain *explain, const struct span *values)
{
	int64_t since, end, days;

	if (!timestamp_parse(values[NEED_FIRST_SEEN], &since) ||
	    !timestamp_parse(values[NEED_DUE], &end) || end >= timestamp_now())
		return;
	days = (timestamp_now() - end) / (24 * 60 * 60);
	say(explain, "  overdue    for %" PRId64 " %s", days,
	    PLURAL(days, "day", "days"));
}

static void
say_decision(struct explain *explain, const struct span *values,
    const struct verdict *verdict)
{
	static const unsigned columns[] = {
	    NEED_CLASS, NEED_PRIORITY, NEED_DECISION};
	const struct rule_origin *origins = verdict->origins;

	for (unsigned i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		unsigned column = columns[i];

		if (column == NEED_PRIORITY && origins[column].file == NULL)
			continue;
		if (origins[column].file == NULL)
			say(explain, "  %-10s %.*s (%.*s)",
			    rule_need_columns[column], SPAN_ARG(values[column]),
			    SPAN_ARG(values[NEED_POLICY]));
		else
			say(explain, "  %-10s %.*s (%s:%u)",
			    rule_need_columns[column], SPAN_ARG(values[column]),
			    origins[column].file, origins[column].line);
	}
	if (origins[NEED_DUE].file == NULL)
		say(explain, "  due        %.*s", SPAN_ARG(values[NEED_DUE]));
	else
		say(explain, "  due        %.*s (%.*s, %s:%u)",
		    SPAN_ARG(values[NEED_DUE]), SPAN_ARG(verdict->within),
		    origins[NEED_DUE].file, origins[NEED_DUE].line);
	say_overdue(explain, values);
	say(explain, "  policy     %.*s", SPAN_ARG(values[NEED_POLICY]));
}

void
explain_need(struct explain *explain, const struct span *values,
    const struct span *host_values, const struct verdict *verdict)
{
	if (!span_equal(values[NEED_HOST], explain->host) ||
	    (!span_absent(explain->cve) &&
		!span_list_has(values[NEED_CVES], explain->cve)))
		return;
	if (explain->needs++ > 0)
		say(explain, "%s", "");
	say(explain, "%.*s %.*s", SPAN_ARG(values[NEED_HOST]),
	    SPAN_ARG(values[NEED_PACKAGE]));
	say(explain, "  installed  %.*s", SPAN_ARG(values[NEED_INSTALLED]));
	say(explain, "  fixed      %.*s (%.*s; %.*s)",
	    SPAN_ARG(values[NEED_FIXED]), SPAN_ARG(values[NEED_STATE]),
	    SPAN_ARG(values[NEED_CONFIDENCE]));
	say(explain, "  why        %.*s", SPAN_ARG(values[NEED_WHY]));
	say(explain, "  advisory   %.*s (%.*s, severity %.*s)",
	    SPAN_ARG(values[NEED_ADV]), SPAN_ARG(values[NEED_KIND]),
	    SPAN_ARG(values[NEED_SEVERITY]));
	if (!span_absent(values[NEED_PUBLISHED]))
		say(explain, "  published  %.*s",
		    SPAN_ARG(values[NEED_PUBLISHED]));
	say_known(explain, values);
	say_threats(explain, values[NEED_CVES], &verdict->threat, host_values);
	say_host(explain, host_values, HOST_TIER);
	say_host(explain, host_values, HOST_EXPOSED);
	say_risks(explain, values, verdict);
	say_decision(explain, values, verdict);
}

void
explain_finish(struct explain *explain)
{
	if (!explain->found)
		die(PM_EXIT_NOTHING, "the stream has no host '%.*s'",
		    SPAN_ARG(explain->host));
	if (explain->needs == 0 && span_absent(explain->cve))
		say(explain, "%.*s: no needs", SPAN_ARG(explain->host));
	else if (explain->needs == 0)
		say(explain, "%.*s: no need names %.*s",
		    SPAN_ARG(explain->host), SPAN_ARG(explain->cve));
	arena_release(&explain->text);
}
