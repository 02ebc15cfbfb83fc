#include "threat.h"

#include <stdlib.h>

#include "timestamp.h"

static const char *const flags[] = {"-", "no", "yes"};
static const char *const impacts[] = {"-", "partial", "total"};
static const char *const exploits[] = {
    "-", "none", "poc", "weaponized", "active"};

#define COUNT(array) (unsigned)(sizeof(array) / sizeof((array)[0]))

struct span
threat_flag_text(enum threat_flag flag)
{
	return span_of(flags[flag]);
}

struct span
threat_exploit_text(enum threat_exploit exploit)
{
	return span_of(exploits[exploit]);
}

struct span
threat_impact_text(enum threat_impact impact)
{
	return span_of(impacts[impact]);
}

static _Noreturn void
refuse(const char *where, const char *column, struct span value,
    const char *expected)
{
	die(PM_EXIT_DATA, "%s: %s is '%.*s', expected is %s", where, column,
	    (int)(value.n < 80 ? value.n : 80), value.p, expected);
}

static unsigned
word(const char *where, const char *column, struct span value,
    const char *const *words, unsigned count, const char *expected)
{
	for (unsigned i = 0; i < count; i++)
		if (span_is(value, words[i]))
			return i;
	refuse(where, column, value, expected);
}

static double
number(const char *where, const char *column, struct span value, double most,
    const char *expected)
{
	double figure;

	if (span_absent(value))
		return -1;
	if (!span_decimal(value, &figure) || figure > most)
		refuse(where, column, value, expected);
	return figure;
}

struct threat
threat_parse(const char *where, struct span cvss, struct span epss,
    struct span epss_percentile, struct span kev, struct span exploit,
    struct span automatable, struct span impact)
{
	struct threat threat = {
	    .epss = number(where, "epss", epss, 1, "a number from 0 to 1"),
	    .epss_text = epss,
	    .epss_percentile = number(where, "epss_percentile", epss_percentile,
		1, "a number from 0 to 1"),
	    .epss_percentile_text = epss_percentile,
	    .severity = severity_unknown,
	    .kev = word(where, "kev", kev, flags, COUNT(flags), "yes or no"),
	    .exploit = word(where, "exploit", exploit, exploits,
		COUNT(exploits), "none, poc, weaponized or active"),
	    .automatable = word(where, "automatable", automatable, flags,
		COUNT(flags), "yes or no"),
	    .impact = word(where, "impact", impact, impacts, COUNT(impacts),
		"partial or total"),
	};

	threat.severity.published = number(
	    where, "cvss", cvss, 10, "a number from 0 to 10");
	threat.severity.text = cvss;
	threat.cvss = threat.severity.published;
	return threat;
}

/* kev_added holds the day of listing, or no where a source says that. */
static struct span
listed(const char *where, struct span added)
{
	int64_t when;

	if (span_absent(added) || span_is(added, "no"))
		return added;
	if (!timestamp_parse(added, &when))
		refuse(where, "kev_added", added,
		    "the date of listing, or no for not listed");
	return SPAN("yes");
}

/* Of two texts for the same figure the first in byte order is taken. */
static void
worsen_figure(double *worst, struct span *text, double figure, struct span as)
{
	if (figure > *worst ||
	    (figure >= *worst && span_compare(as, *text) < 0)) {
		*worst = figure;
		*text = as;
	}
}

static void
worsen(struct threat *worst, const struct threat *threat)
{
	severity_worsen(&worst->severity, &threat->severity);
	worst->cvss = severity_base(&worst->severity);
	worsen_figure(
	    &worst->epss, &worst->epss_text, threat->epss, threat->epss_text);
	worsen_figure(&worst->epss_percentile, &worst->epss_percentile_text,
	    threat->epss_percentile, threat->epss_percentile_text);
	if (threat->kev > worst->kev)
		worst->kev = threat->kev;
	if (threat->exploit > worst->exploit)
		worst->exploit = threat->exploit;
	if (threat->automatable > worst->automatable)
		worst->automatable = threat->automatable;
	if (threat->impact > worst->impact)
		worst->impact = threat->impact;
}

static struct threat
nothing(void)
{
	return (struct threat){
	    .cvss = -1,
	    .epss = -1,
	    .epss_text = SPAN("-"),
	    .epss_percentile = -1,
	    .epss_percentile_text = SPAN("-"),
	    .severity = severity_unknown,
	};
}

/* Texts that outlive the record. */
static struct span
keep(struct threats *threats, struct span text)
{
	return intern_span(&threats->texts, intern_add(&threats->texts, text));
}

/* Each vulnerability is named once, and not more than a screen of them. */
static bool
is_to_be_named(struct threats *threats, struct threat *threat)
{
	enum { NAMED = 10 };

	if (threat->doubtful)
		return false;
	threat->doubtful = true;
	return threats->doubts++ < NAMED;
}

/*
 * Replace the published score of new by those of its vector.  known is what is
 * kept of the vulnerability.
 */
static struct span
score_vector(struct threats *threats, struct threat *known, struct threat *new,
    const char *where, const struct record *record)
{
	struct span vector = record_get(record, CVE_VECTOR);
	struct span name = record_get(record, CVE_CVE);
	double published = new->severity.published;
	struct span text = new->severity.text;
	const char *reason;
	struct cvss cvss;

	if (span_absent(vector))
		return SPAN("-");
	if (name.n > 80)
		name.n = 80;
	if (!cvss_parse(vector, &cvss, &reason)) {
		if (is_to_be_named(threats, known))
			warning("%s: the vector of %.*s %s; %s", where,
			    SPAN_ARG(name), reason,
			    published < 0 ? "its score is not known"
					  : "the published score is taken");
		return SPAN("-");
	}
	new->severity = severity_of(&cvss);
	if (published < 0)
		return severity_tenths(new->severity.base);
	if (!severity_agrees(&cvss, published) &&
	    is_to_be_named(threats, known))
		warning("%s: %.*s is published with %.*s, but its vector has "
			"%d.%d, which is taken",
		    where, SPAN_ARG(name), SPAN_ARG(text),
		    new->severity.base / 10, new->severity.base % 10);
	return SPAN("-");
}

struct span
threats_add(struct threats *threats, const struct record *record)
{
	struct span name = record_get(record, CVE_CVE);
	const char *where = record_where(record);
	size_t known = threats->names.count;
	struct span lacking;
	struct threat threat;
	uint32_t at;

	if (span_absent(name))
		die(PM_EXIT_DATA, "%s: a cve record without a name", where);
	threat = threat_parse(where,
	    keep(threats, record_get(record, CVE_CVSS)),
	    keep(threats, record_get(record, CVE_EPSS)),
	    keep(threats, record_get(record, CVE_EPSS_PERCENTILE)),
	    listed(where, record_get(record, CVE_KEV_ADDED)),
	    record_get(record, CVE_EXPLOIT),
	    record_get(record, CVE_AUTOMATABLE),
	    record_get(record, CVE_IMPACT));
	at = intern_add(&threats->names, name);
	threats->items = memory_grow(threats->items, &threats->capacity,
	    threats->names.count, sizeof(*threats->items));
	if (threats->names.count != known)
		threats->items[at] = nothing();
	lacking = score_vector(
	    threats, &threats->items[at], &threat, where, record);
	worsen(&threats->items[at], &threat);
	return lacking;
}

static void
expect(struct threats *threats, struct span cves)
{
	while (!span_absent(cves) && cves.p != NULL) {
		struct span name = span_cut(&cves, ',');
		struct threat_expected expected = {name.p, hash_span(name)};

		intern_expect_slot(&threats->names, expected.hash);
		threats->expected = memory_grow(threats->expected,
		    &threats->expected_capacity, threats->expected_count + 1,
		    sizeof(*threats->expected));
		threats->expected[threats->expected_count++] = expected;
	}
}

void
threats_expect(
    struct threats *threats, const struct record *records, size_t count)
{
	threats->expected_count = threats->expected_next = 0;
	if (threats->names.count == 0)
		return;
	for (size_t i = 0; i < count; i++)
		if (record_type(&records[i]) == RECORD_NEED)
			expect(threats, record_get(&records[i], NEED_CVES));
	for (size_t i = 0; i < threats->expected_count; i++) {
		const struct threat *threat = threats->items +
					      intern_expect_string(
						  &threats->names,
						  threats->expected[i].hash);

		__builtin_prefetch(threat);
		__builtin_prefetch((const char *)(threat + 1) - 1);
	}
}

/* The hash of a name, which may have been expected. */
static uint64_t
hash_of(struct threats *threats, struct span name)
{
	size_t next = threats->expected_next;

	if (next == threats->expected_count ||
	    threats->expected[next].name != name.p)
		return hash_span(name);
	threats->expected_next++;
	return threats->expected[next].hash;
}

unsigned
threats_worst(struct threats *threats, struct span cves, struct threat *worst,
    unsigned *unknown)
{
	unsigned found = 0;
	uint32_t at;

	*worst = nothing();
	*unknown = 0;
	if (span_absent(cves))
		return 0;
	while (cves.p != NULL) {
		struct span name = span_cut(&cves, ',');

		if (!span_absent(name) &&
		    intern_find_hashed(
			&threats->names, name, hash_of(threats, name), &at)) {
			worsen(worst, &threats->items[at]);
			found++;
		} else {
			(*unknown)++;
		}
	}
	return found;
}

void
threats_release(struct threats *threats)
{
	intern_release(&threats->names);
	intern_release(&threats->texts);
	free(threats->items);
	free(threats->expected);
}
