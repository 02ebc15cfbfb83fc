#include "waive.h"

#include <stdlib.h>

#include "timestamp.h"

struct waiver {
	struct span hosts, packages, cves; /* comma lists; empty: any */
	struct span who;
	unsigned decision;
	int64_t until;
};

/*
 * The most cautious first: it wins when waivers differ.  The last is none of a
 * need: it does without the test of an emergency.
 */
enum { REJECT, MITIGATE, DEFER, ACCEPT, SKIP_TEST, DECISIONS };

static const char *const decisions[DECISIONS] = {
    "reject", "mitigate", "defer", "accept", "skip-test"};

static unsigned
decision_of(const struct record *record)
{
	struct span value = record_get(record, WAIVE_DECISION);

	for (unsigned i = 0; i < DECISIONS; i++)
		if (span_is(value, decisions[i]))
			return i;
	die(PM_EXIT_DATA,
	    "%s: decision of this waiver is '%.*s', expected is reject, "
	    "mitigate, defer, accept or skip-test",
	    record_where(record), (int)(value.n < 80 ? value.n : 80), value.p);
}

/* A column that a waiver must have, since somebody has to answer for it. */
static struct span
required(const struct record *record, unsigned column)
{
	struct span value = record_get(record, column);

	if (span_absent(value))
		die(PM_EXIT_DATA,
		    "%s: a waiver without %s; who decided it, why and until "
		    "when must be said",
		    record_where(record),
		    schema_of(RECORD_WAIVE)->columns[column]);
	return value;
}

/* A comma list; "-" and "*" put no condition. */
static struct span
scope(struct waivers *waivers, const struct record *record, unsigned column)
{
	struct span value = record_get(record, column);

	if (span_absent(value) || span_is(value, "*"))
		return (struct span){"", 0};
	return arena_copy(&waivers->text, value);
}

/* Where a need will look for it: by package, else by vulnerability. */
static void
index_waiver(struct waivers *waivers, const struct waiver *waiver)
{
	bool packages = waiver->packages.n > 0;
	struct span rest = packages ? waiver->packages : waiver->cves;

	if (rest.n == 0) {
		waivers->general = memory_grow(waivers->general,
		    &waivers->general_capacity, waivers->general_count + 1,
		    sizeof(*waivers->general));
		waivers->general[waivers->general_count++] = waivers->count;
		return;
	}
	while (rest.p != NULL)
		hash_insert(packages ? &waivers->by_package : &waivers->by_cve,
		    hash_span(span_cut(&rest, ',')), (uint32_t)waivers->count);
}

void
waivers_add(struct waivers *waivers, const struct record *record)
{
	struct waiver waiver = {0};
	struct span expiry = required(record, WAIVE_EXPIRY);

	required(record, WAIVE_REASON);
	waiver.who = arena_copy(&waivers->text, required(record, WAIVE_WHO));
	waiver.decision = decision_of(record);
	waiver.hosts = scope(waivers, record, WAIVE_HOST);
	waiver.packages = scope(waivers, record, WAIVE_PACKAGE);
	waiver.cves = scope(waivers, record, WAIVE_CVE);
	if (!timestamp_parse(expiry, &waiver.until))
		die(PM_EXIT_DATA,
		    "%s: expiry of this waiver, '%.*s', is no "
		    "date such as 2027-01-31",
		    record_where(record), (int)(expiry.n < 80 ? expiry.n : 80),
		    expiry.p);
	if (waiver.hosts.n == 0 && waiver.packages.n == 0 && waiver.cves.n == 0)
		die(PM_EXIT_DATA,
		    "%s: a waiver for everything; name a host, a package or a "
		    "vulnerability",
		    record_where(record));
	if (waiver.until <= timestamp_now()) {
		warning("%s: the waiver of %.*s expired on %.*s and does not "
			"count",
		    record_where(record), SPAN_ARG(waiver.who),
		    SPAN_ARG(expiry));
		return;
	}
	waivers->items = memory_grow(waivers->items, &waivers->capacity,
	    waivers->count + 1, sizeof(*waivers->items));
	waivers->items[waivers->count] = waiver;
	index_waiver(waivers, &waiver);
	waivers->count++;
}

static bool
in_list(struct span item, struct span list)
{
	while (list.p != NULL)
		if (span_equal(span_cut(&list, ','), item))
			return true;
	return false;
}

/* Is it for this host and package? */
static void
consider(struct waivers *waivers, size_t number, struct span host,
    struct span package)
{
	const struct waiver *waiver = &waivers->items[number];

	if ((waiver->decision == SKIP_TEST) != waivers->skip_test)
		return;
	if (waiver->hosts.n > 0 && !in_list(host, waiver->hosts))
		return;
	if (waiver->packages.n > 0 && !in_list(package, waiver->packages))
		return;
	waivers->candidates = memory_grow(waivers->candidates,
	    &waivers->candidate_capacity, waivers->candidate_count + 1,
	    sizeof(*waivers->candidates));
	waivers->candidates[waivers->candidate_count++] = waiver;
}

static void
consider_all(struct waivers *waivers, const struct hash_table *table,
    struct span key, struct span host, struct span package)
{
	struct hash_probe probe = hash_first(table, hash_span(key));

	for (; hash_found(table, &probe); hash_next(table, &probe))
		consider(waivers, probe.index, host, package);
}

/* Collect the waivers that may cover some of the need. */
static void
collect(struct waivers *waivers, struct span host, struct span package,
    struct span cves)
{
	waivers->candidate_count = 0;
	for (size_t i = 0; i < waivers->general_count; i++)
		consider(waivers, waivers->general[i], host, package);
	consider_all(waivers, &waivers->by_package, package, host, package);
	while (cves.p != NULL)
		consider_all(waivers, &waivers->by_cve, span_cut(&cves, ','),
		    host, package);
}

/* The candidate that covers this vulnerability, the most cautious. */
static const struct waiver *
covering(const struct waivers *waivers, struct span cve)
{
	const struct waiver *best = NULL;

	for (size_t i = 0; i < waivers->candidate_count; i++) {
		const struct waiver *waiver = waivers->candidates[i];
		int order;

		if (waiver->cves.n > 0 &&
		    (span_absent(cve) || !in_list(cve, waiver->cves)))
			continue;
		order = best == NULL
			    ? -1
			    : (int)waiver->decision - (int)best->decision;
		if (order == 0)
			order = span_compare(waiver->who, best->who);
		if (order == 0)
			order = waiver->until < best->until ? -1 : 0;
		if (order < 0)
			best = waiver;
	}
	return best;
}

static int
compare_spans(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

/* Who decided, as citations.  A name may hold a comma, a list item may not. */
static void
cite(struct waivers *waivers, const char *how, struct buffer *text)
{
	struct span *who = waivers->who;

	buffer_reset(text);
	qsort(who, waivers->who_count, sizeof(*who), compare_spans);
	for (size_t i = 0; i < waivers->who_count; i++) {
		if (i > 0 && span_equal(who[i], who[i - 1]))
			continue;
		buffer_printf(text, "%s%s:", text->n > 0 ? "," : "", how);
		for (size_t at = 0; at < who[i].n; at++)
			buffer_add_byte(
			    text, who[i].p[at] == ',' ? ';' : who[i].p[at]);
	}
}

static void
add_who(struct waivers *waivers, struct span who)
{
	waivers->who = memory_grow(waivers->who, &waivers->who_capacity,
	    waivers->who_count + 1, sizeof(*waivers->who));
	waivers->who[waivers->who_count++] = who;
}

static bool
names_one_of(const struct waiver *waiver, struct span cves)
{
	if (waiver->cves.n == 0)
		return true;
	while (cves.p != NULL)
		if (in_list(span_cut(&cves, ','), waiver->cves))
			return true;
	return false;
}

/* A patch is installed as a whole, so rejecting a part rejects it. */
static bool
rejected(struct waivers *waivers, struct span cves, struct waived *waived)
{
	for (size_t i = 0; i < waivers->candidate_count; i++) {
		const struct waiver *waiver = waivers->candidates[i];

		if (waiver->decision != REJECT || !names_one_of(waiver, cves))
			continue;
		add_who(waivers, waiver->who);
		if (waiver->until < waived->until)
			waived->until = waiver->until;
	}
	if (waivers->who_count == 0)
		return false;
	waived->decision = SPAN("defer");
	cite(waivers, "reject", &waived->who);
	return true;
}

/* Do the candidates cover each vulnerability? */
static bool
covered(struct waivers *waivers, struct span cves, struct waived *waived)
{
	unsigned decision = DECISIONS - 1; /* the least cautious */

	do {
		const struct waiver *waiver = covering(
		    waivers, span_cut(&cves, ','));

		if (waiver == NULL)
			return false;
		if (waiver->decision < decision)
			decision = waiver->decision;
		if (waiver->until < waived->until)
			waived->until = waiver->until;
		add_who(waivers, waiver->who);
	} while (cves.p != NULL);
	waived->decision = span_of(decisions[decision]);
	cite(waivers, "waive", &waived->who);
	return true;
}

static bool
select_waivers(struct waivers *waivers, bool skip_test, struct span host,
    struct span package, struct span cves)
{
	if (waivers->count == 0)
		return false;
	waivers->skip_test = skip_test;
	waivers->who_count = 0;
	collect(waivers, host, package, cves);
	return waivers->candidate_count > 0;
}

bool
waivers_find(struct waivers *waivers, struct span host, struct span package,
    struct span cves, struct waived *waived)
{
	waived->until = INT64_MAX;
	return select_waivers(waivers, false, host, package, cves) &&
	       (rejected(waivers, cves, waived) ||
		   covered(waivers, cves, waived));
}

bool
waivers_skip_test(struct waivers *waivers, struct span host,
    struct span package, struct span cves, struct span *who)
{
	struct waived waived = {.until = INT64_MAX};
	bool skipped = select_waivers(waivers, true, host, package, cves) &&
		       covered(waivers, cves, &waived);

	if (skipped)
		*who = waivers->who[0];
	buffer_release(&waived.who);
	return skipped;
}

void
waivers_release(struct waivers *waivers)
{
	arena_release(&waivers->text);
	hash_release(&waivers->by_package);
	hash_release(&waivers->by_cve);
	free(waivers->items);
	free(waivers->general);
	free(waivers->candidates);
	free(waivers->who);
}
