#include "decide.h"

#include <inttypes.h>
#include <math.h>

#include "qualify.h"
#include "timestamp.h"

/* What pm-score adds to a need. */
static const unsigned added[] = {NEED_CVSS, NEED_EPSS, NEED_EPSS_PERCENTILE,
    NEED_KEV, NEED_EXPLOIT, NEED_AUTOMATABLE, NEED_IMPACT, NEED_EXPOSED,
    NEED_RISK, NEED_PATCH_RISK, NEED_CLASS, NEED_PRIORITY, NEED_DECISION,
    NEED_DUE, NEED_POLICY, NEED_FIRST_SEEN, NEED_CLOSURE, NEED_RISK_PER_MINUTE};

enum { ADDED = sizeof(added) / sizeof(added[0]) };

/* A duration that a rule gave, or what stands for none. */
static double
minutes(struct span duration, double otherwise)
{
	int64_t seconds;

	return duration_parse(duration, &seconds) ? (double)seconds / 60
						  : otherwise;
}

/* The values of the need's host; neighbours mostly have the same. */
static void
find_host(struct judge *judge, const struct record *record)
{
	struct span host = record_get(record, NEED_HOST);

	if (judge->totals.needs > 0 &&
	    span_equal(host, buffer_span(&judge->host_name)))
		return;
	if (!fleet_values(judge->fleet, host, judge->host_values))
		die(PM_EXIT_DATA,
		    "%s: a need of host '%.*s', of which no host record came "
		    "before; keep the host records that pm-match passes on, "
		    "or use --sort where it comes later",
		    record_where(record), SPAN_ARG(host));
	judge->loss = severity_loss(judge->host_values[HOST_TIER]);
	judge->reach = severity_reach(judge->host_values[HOST_EXPOSED]);
	judge->restart = minutes(
	    judge->host_values[FLEET_RESTART_TIME], RISK_MINUTES_RESTART);
	judge->reboot = minutes(
	    judge->host_values[FLEET_REBOOT_TIME], RISK_MINUTES_REBOOT);
	buffer_reset(&judge->host_name);
	buffer_add_span(&judge->host_name, host);
}

/* Did an earlier run write any column that a threat is read from? */
static bool
was_scored(const struct layout *layout)
{
	for (unsigned i = NEED_CVSS; i <= NEED_IMPACT; i++)
		if (layout->slot[i] != 0)
			return true;
	return false;
}

/*
 * The worst that is known of the need's vulnerabilities.  Where no cve record
 * is about any of them, what an earlier run wrote stands.
 */
static struct threat
find_threat(struct judge *judge, const struct record *record)
{
	struct threat worst;
	unsigned unknown;

	if (threats_worst(judge->threats, record_get(record, NEED_CVES), &worst,
		&unknown) == 0 &&
	    was_scored(record->layout))
		worst = threat_parse(record_where(record),
		    record_get(record, NEED_CVSS),
		    record_get(record, NEED_EPSS),
		    record_get(record, NEED_EPSS_PERCENTILE),
		    record_get(record, NEED_KEV),
		    record_get(record, NEED_EXPLOIT),
		    record_get(record, NEED_AUTOMATABLE),
		    record_get(record, NEED_IMPACT));
	judge->unknown_cves += unknown;
	return worst;
}

/* A figure with two places, "-" when unknown, at the end of room. */
static struct span
figure(char *room, size_t size, double value)
{
	char *p = room + size;
	uint64_t hundredths;

	if (value < 0)
		return SPAN("-");
	hundredths = (uint64_t)llrint(value * 100);
	for (unsigned place = 0; place < 3 || hundredths > 0; place++) {
		*--p = (char)('0' + hundredths % 10);
		hundredths /= 10;
		if (place == 1)
			*--p = '.';
	}
	return (struct span){p, (size_t)(room + size - p)};
}

/* A number that is not 0, "-" for that, at the end of room. */
static struct span
whole(char *room, size_t size, uint64_t number)
{
	char *p = room + size;

	if (number == 0)
		return SPAN("-");
	for (; number > 0; number /= 10)
		*--p = (char)('0' + number % 10);
	return (struct span){p, (size_t)(room + size - p)};
}

/* A waiver replaces what the rules decided; the class stays. */
static bool
waive(struct judge *judge, const struct record *record,
    struct rule_origin *origins, struct span *values)
{
	static char until[TIMESTAMP_SIZE];
	const struct note *note;
	struct waived *waived = &judge->waived;
	struct waiver_need need = {record_get(record, NEED_HOST),
	    record_get(record, NEED_PACKAGE), record_get(record, NEED_CVES)};

	if (!waivers_find(judge->waivers, &need, waived))
		return false;
	origins[NEED_DECISION] = (struct rule_origin){0};
	origins[NEED_DUE] = (struct rule_origin){0};
	note = note_find(&judge->notes, origins, SPAN("-"));
	buffer_reset(&judge->text);
	if (!span_absent(note->citation)) {
		buffer_add_span(&judge->text, note->citation);
		buffer_add_byte(&judge->text, ',');
	}
	buffer_add_span(&judge->text, buffer_span(&waived->who));
	values[NEED_DECISION] = waived->decision;
	values[NEED_DUE] = timestamp_format(waived->until, until);
	values[NEED_POLICY] = buffer_span(&judge->text);
	return true;
}

/* A time of the record; INT64_MIN where it has none. */
static int64_t
time_of(const struct record *record, unsigned column)
{
	struct span text = record_get(record, column);
	int64_t seconds = INT64_MIN;

	if (!span_absent(text) && !timestamp_parse(text, &seconds))
		die(PM_EXIT_DATA, "%s: %s is '%.*s', expected is a time",
		    record_where(record),
		    schema_of(RECORD_NEED)->columns[column],
		    (int)(text.n < 80 ? text.n : 80), text.p);
	return seconds;
}

/* What the decision of the rules must stand. */
static void
check_decision(struct judge *judge, const struct record *record,
    const struct verdict *verdict, struct span *values)
{
	struct qualify_subject subject = {
	    .host = values[NEED_HOST],
	    .package = values[NEED_PACKAGE],
	    .fixed = values[NEED_FIXED],
	    .cves = values[NEED_CVES],
	    .decision = values[NEED_DECISION],
	    .min_age = values[SEEN_MIN_AGE],
	    .published = time_of(record, NEED_PUBLISHED),
	    .threat = &verdict->threat,
	    .fared = &verdict->fared,
	};
	struct qualified result = qualify(
	    &subject, judge->history, judge->waivers, judge->ledger);

	values[NEED_DECISION] = result.decision;
	if (result.remarks.n == 0)
		return;
	buffer_reset(&judge->text);
	if (!span_absent(values[NEED_POLICY])) {
		buffer_add_span(&judge->text, values[NEED_POLICY]);
		buffer_add_byte(&judge->text, ',');
	}
	buffer_add_span(&judge->text, result.remarks);
	values[NEED_POLICY] = buffer_span(&judge->text);
}

/* The values of the need that are read or computed, for rules to test. */
static void
fill(struct judge *judge, const struct record *record,
    const struct threat *threat, struct span *values)
{
	for (unsigned i = 0; i < NEED_CVSS; i++)
		values[i] = record_get(record, i);
	values[NEED_CVSS] = severity_text(
	    &threat->severity, judge->loss, judge->reach);
	values[NEED_EPSS] = threat->epss_text;
	values[NEED_EPSS_PERCENTILE] = threat->epss_percentile_text;
	values[NEED_KEV] = threat_flag_text(threat->kev);
	values[NEED_EXPLOIT] = threat_exploit_text(threat->exploit);
	values[NEED_EXPOSED] = judge->host_values[HOST_EXPOSED];
	values[NEED_AUTOMATABLE] = threat_flag_text(threat->automatable);
	values[NEED_IMPACT] = threat_impact_text(threat->impact);
	for (unsigned i = 0; i < NOTE_CITED; i++)
		values[note_cited[i]] = SPAN("-");
	values[NEED_POLICY] = SPAN("-");
	values[SEEN_EXPLOITATION] = SPAN("-");
	values[SEEN_HUMAN_IMPACT] = SPAN("-");
	values[SEEN_PATCHING_RISKIER] = SPAN("-");
	values[SEEN_MIN_AGE] = SPAN("-");
	memcpy(values + SEEN_HOST, judge->host_values,
	    HOST_COLUMNS * sizeof(*values));
}

/* What the ledger knows, else what an earlier run wrote. */
static struct span
known_since(struct judge *judge, const struct record *record, char *text)
{
	if (judge->ledger != NULL)
		return timestamp_format(
		    ledger_need(judge->ledger, record), text);
	time_of(record, NEED_FIRST_SEEN);
	return record_get(record, NEED_FIRST_SEEN);
}

/* The end of a duration: from when it is known, without that from now. */
static struct span
due(struct judge *judge, const struct span *values, const struct note *note,
    char *text)
{
	int64_t seconds, since;

	if (!duration_parse(values[NEED_DUE], &seconds))
		return note->due_text;
	if (judge->ledger != NULL)
		return timestamp_format(
		    ledger_due(judge->ledger, seconds), text);
	if (!timestamp_parse(values[NEED_FIRST_SEEN], &since))
		return note->due_text;
	return timestamp_format(since + seconds, text);
}

/* What the record has, else what was counted. */
static uint64_t
closure_of(const struct record *record, uint64_t counted)
{
	struct span text = record_get(record, NEED_CLOSURE);
	uint64_t closure;

	if (span_absent(text))
		return counted;
	if (!span_number(text, &closure) || closure == 0 || closure > 1000000)
		die(PM_EXIT_DATA,
		    "%s: closure is '%.*s', expected is a number of packages",
		    record_where(record), (int)(text.n < 80 ? text.n : 80),
		    text.p);
	return closure;
}

/* Both risks, and what rules and readers make of them. */
static void
weigh(struct judge *judge, uint64_t closure, struct verdict *verdict,
    struct span *values)
{
	struct risk_subject subject = {
	    .tier = judge->host_values[HOST_TIER],
	    .exposed = judge->host_values[HOST_EXPOSED],
	    .package = values[NEED_PACKAGE],
	    .installed = values[NEED_INSTALLED],
	    .fixed = values[NEED_FIXED],
	    .state = values[NEED_STATE],
	    .severity = values[NEED_SEVERITY],
	    .kind = values[NEED_KIND],
	    .closure = closure,
	    .peers = peers_of(judge->peers, judge->host_values[HOST_ROLE],
		judge->host_values[HOST_SITE]),
	    .restart = judge->restart,
	    .reboot = judge->reboot,
	    .vulnerable = !span_absent(values[NEED_CVES]),
	    .threat = &verdict->threat,
	    .fared = verdict->fared,
	};
	struct risk *risk = &verdict->risk;

	values[NEED_CLOSURE] = whole(
	    verdict->text[3], sizeof(verdict->text[3]), closure);
	*risk = risk_of(&subject);
	values[NEED_RISK] = figure(
	    verdict->text[0], sizeof(verdict->text[0]), risk->unpatched);
	values[NEED_PATCH_RISK] = figure(
	    verdict->text[1], sizeof(verdict->text[1]), risk->patching);
	if (risk->unpatched < 0 || risk->patching < 0)
		return;
	values[NEED_RISK_PER_MINUTE] = figure(verdict->text[2],
	    sizeof(verdict->text[2]), risk->unpatched / risk->patching);
	values[SEEN_PATCHING_RISKIER] = span_of(
	    risk->deferrable ? "yes" : "no");
}

static void
decide(struct judge *judge, const struct record *record,
    struct verdict *verdict, struct span *values)
{
	struct rule_origin *origins = verdict->origins;
	const struct note *note;

	for (unsigned i = 0; i < NOTE_CITED; i++)
		origins[note_cited[i]] = (struct rule_origin){0};
	rules_decide(judge->rules, rule_mask_all, values, origins);
	verdict->within = values[NEED_DUE];
	note = note_find(&judge->notes, origins, values[NEED_DUE]);
	values[NEED_DUE] = due(judge, values, note, verdict->due);
	values[NEED_POLICY] = note->citation;
	if (!waive(judge, record, origins, values))
		check_decision(judge, record, verdict, values);
}

void
judge_need(struct judge *judge, struct output *output,
    const struct record *record, uint64_t closure)
{
	struct span values[SEEN_COLUMNS], amended[ADDED];
	struct verdict verdict;

	find_host(judge, record);
	verdict.threat = find_threat(judge, record);
	verdict.fared = history_fared(judge->history,
	    record_get(record, NEED_PACKAGE), record_get(record, NEED_FIXED));
	fill(judge, record, &verdict.threat, values);
	values[NEED_FIRST_SEEN] = known_since(
	    judge, record, verdict.first_seen);
	values[NEED_RISK_PER_MINUTE] = SPAN("-");
	weigh(judge, closure_of(record, closure), &verdict, values);
	decide(judge, record, &verdict, values);
	totals_count(&judge->totals, values);
	if (judge->explain != NULL) {
		explain_need(
		    judge->explain, values, judge->host_values, &verdict);
		return;
	}
	for (unsigned i = 0; i < ADDED; i++)
		amended[i] = values[added[i]];
	output_amend(output, record, added, amended, ADDED);
}

void
judge_totals(const struct judge *judge)
{
	uint64_t doubts = judge->threats->doubts;

	totals_report(&judge->totals);
	if (judge->unknown_cves > 0)
		warning("%" PRIu64 " %s a need names a vulnerability that "
			"no cve record is about",
		    judge->unknown_cves,
		    PLURAL(judge->unknown_cves, "time", "times"));
	if (doubts > 0)
		warning("%" PRIu64 " %s whose published score is not that of "
			"%s vector",
		    doubts, PLURAL(doubts, "vulnerability", "vulnerabilities"),
		    PLURAL(doubts, "its", "their"));
}

void
judge_release(struct judge *judge)
{
	buffer_release(&judge->host_name);
	waived_release(&judge->waived);
	buffer_release(&judge->text);
	notes_release(&judge->notes);
}
