#include "waiver.h"

#include <stdlib.h>

#include "timestamp.h"

struct waiver {
	struct span hosts, packages, cves; /* comma lists; empty: any */
	struct span who, reason;
	unsigned decision;
	int64_t until;
	bool expired, used; /* some need is in its scope */
};

/*
 * The most cautious first: it wins when waivers differ.  The last two
 * are none of a need: they do without the test of an emergency, and without a
 * version to go back to.
 */
enum { REJECT, MITIGATE, DEFER, ACCEPT, SKIP_TEST, NO_BACKOUT, DECISIONS };

static const char *const decisions[DECISIONS] = {
    "reject", "mitigate", "defer", "accept", "skip-test", "no-backout"};

static unsigned
decision_of(const struct record *record)
{
	struct span value = record_get(record, WAIVE_DECISION);

	for (unsigned i = 0; i < DECISIONS; i++)
		if (span_is(value, decisions[i]))
			return i;
	die(PM_EXIT_DATA,
	    "%s: decision of this waiver is '%.*s', expected is reject, "
	    "mitigate, defer, accept, skip-test or no-backout",
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

	waiver.reason = arena_copy(
	    &waivers->text, required(record, WAIVE_REASON));
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
		waiver.expired = true;
	}
	waivers->items = memory_grow(waivers->items, &waivers->capacity,
	    waivers->count + 1, sizeof(*waivers->items));
	waivers->items[waivers->count] = waiver;
	if (!waiver.expired)
		index_waiver(waivers, &waiver);
	waivers->count++;
}

static bool
names_one_of(const struct waiver *waiver, struct span cves)
{
	if (waiver->cves.n == 0)
		return true;
	while (cves.p != NULL)
		if (span_list_has(waiver->cves, span_cut(&cves, ',')))
			return true;
	return false;
}

/* Is the need in its scope?  Then it is used, whatever others say. */
static void
consider(struct waivers *waivers, size_t number, const struct waiver_need *need)
{
	struct waiver *waiver = &waivers->items[number];

	if (waiver->hosts.n > 0 && !span_list_has(waiver->hosts, need->host))
		return;
	if (waiver->packages.n > 0 &&
	    !span_list_has(waiver->packages, need->package))
		return;
	if (!names_one_of(waiver, need->cves))
		return;
	waiver->used = true;
	if (waivers->without != 0 ? waiver->decision != waivers->without
				  : waiver->decision >= SKIP_TEST)
		return;
	waivers->candidates = memory_grow(waivers->candidates,
	    &waivers->candidate_capacity, waivers->candidate_count + 1,
	    sizeof(*waivers->candidates));
	waivers->candidates[waivers->candidate_count++] = waiver;
}

static void
consider_all(struct waivers *waivers, const struct hash_table *table,
    struct span key, const struct waiver_need *need)
{
	struct hash_probe probe = hash_first(table, hash_span(key));

	for (; hash_found(table, &probe); hash_next(table, &probe))
		consider(waivers, probe.index, need);
}

/* Collect the waivers that may cover some of the need. */
static void
collect(struct waivers *waivers, const struct waiver_need *need)
{
	struct span cves = need->cves;

	waivers->candidate_count = 0;
	for (size_t i = 0; i < waivers->general_count; i++)
		consider(waivers, waivers->general[i], need);
	consider_all(waivers, &waivers->by_package, need->package, need);
	while (cves.p != NULL)
		consider_all(
		    waivers, &waivers->by_cve, span_cut(&cves, ','), need);
}

/* The more cautious comes first; the rest makes the order a total one. */
static int
compare_waivers(const struct waiver *a, const struct waiver *b)
{
	int order = (int)a->decision - (int)b->decision;

	if (order == 0)
		order = span_compare(a->who, b->who);
	if (order == 0 && a->until != b->until)
		order = a->until < b->until ? -1 : 1;
	if (order == 0)
		order = span_compare(a->hosts, b->hosts);
	if (order == 0)
		order = span_compare(a->packages, b->packages);
	if (order == 0)
		order = span_compare(a->cves, b->cves);
	return order != 0 ? order : span_compare(a->reason, b->reason);
}

/* The candidate that covers this vulnerability, the most cautious. */
static const struct waiver *
covering(const struct waivers *waivers, struct span cve)
{
	const struct waiver *best = NULL;

	for (size_t i = 0; i < waivers->candidate_count; i++) {
		const struct waiver *waiver = waivers->candidates[i];

		if (waiver->cves.n > 0 &&
		    (span_absent(cve) || !span_list_has(waiver->cves, cve)))
			continue;
		if (best == NULL || compare_waivers(waiver, best) < 0)
			best = waiver;
	}
	return best;
}

static int
compare_spans(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

/* A name may hold a comma, a list item may not. */
static void
add_name(struct buffer *text, const char *how, struct span name)
{
	buffer_printf(text, "%s%s", text->n > 0 ? "," : "", how);
	for (size_t at = 0; at < name.n; at++)
		buffer_add_byte(text, name.p[at] == ',' ? ';' : name.p[at]);
}

/* Who decided, as citations and by name. */
static void
cite(struct waivers *waivers, const char *how, struct waived *waived)
{
	struct span *who = waivers->who;

	buffer_reset(&waived->who);
	buffer_reset(&waived->names);
	qsort(who, waivers->who_count, sizeof(*who), compare_spans);
	for (size_t i = 0; i < waivers->who_count; i++) {
		if (i > 0 && span_equal(who[i], who[i - 1]))
			continue;
		add_name(&waived->who, how, who[i]);
		add_name(&waived->names, "", who[i]);
	}
}

static void
add_who(struct waivers *waivers, struct span who)
{
	waivers->who = memory_grow(waivers->who, &waivers->who_capacity,
	    waivers->who_count + 1, sizeof(*waivers->who));
	waivers->who[waivers->who_count++] = who;
}

/* A patch is installed as a whole, so rejecting a part rejects it. */
static bool
rejected(struct waivers *waivers, struct waived *waived)
{
	const struct waiver *first = NULL;

	for (size_t i = 0; i < waivers->candidate_count; i++) {
		const struct waiver *waiver = waivers->candidates[i];

		if (waiver->decision != REJECT)
			continue;
		if (first == NULL || compare_waivers(waiver, first) < 0)
			first = waiver;
		add_who(waivers, waiver->who);
		if (waiver->until < waived->until)
			waived->until = waiver->until;
	}
	if (first == NULL)
		return false;
	waived->decision = SPAN("defer");
	waived->reason = first->reason;
	cite(waivers, "reject:", waived);
	return true;
}

/* Do the candidates cover each vulnerability? */
static bool
covered(struct waivers *waivers, struct span cves, struct waived *waived)
{
	const struct waiver *first = NULL;

	do {
		const struct waiver *waiver = covering(
		    waivers, span_cut(&cves, ','));

		if (waiver == NULL)
			return false;
		if (first == NULL || compare_waivers(waiver, first) < 0)
			first = waiver;
		if (waiver->until < waived->until)
			waived->until = waiver->until;
		add_who(waivers, waiver->who);
	} while (cves.p != NULL);
	waived->decision = span_of(decisions[first->decision]);
	waived->reason = first->reason;
	cite(waivers, "waive:", waived);
	return true;
}

static bool
select_waivers(
    struct waivers *waivers, unsigned without, const struct waiver_need *need)
{
	if (waivers->count == 0)
		return false;
	waivers->without = without;
	waivers->who_count = 0;
	collect(waivers, need);
	return waivers->candidate_count > 0;
}

bool
waivers_find(struct waivers *waivers, const struct waiver_need *need,
    struct waived *waived)
{
	waived->until = INT64_MAX;
	return select_waivers(waivers, 0, need) &&
	       (rejected(waivers, waived) ||
		   covered(waivers, need->cves, waived));
}

/* Who takes it on him to do without that? */
static bool
find_without(struct waivers *waivers, unsigned without,
    const struct waiver_need *need, struct span *who)
{
	struct waived waived = {.until = INT64_MAX};
	bool found = select_waivers(waivers, without, need) &&
		     covered(waivers, need->cves, &waived);

	if (found)
		*who = waivers->who[0];
	waived_release(&waived);
	return found;
}

bool
waivers_skip_test(
    struct waivers *waivers, const struct waiver_need *need, struct span *who)
{
	return find_without(waivers, SKIP_TEST, need, who);
}

bool
waivers_no_backout(
    struct waivers *waivers, const struct waiver_need *need, struct span *who)
{
	return find_without(waivers, NO_BACKOUT, need, who);
}

void
waivers_cover(struct waivers *waivers, const struct record *record)
{
	struct span verdict = record_get(record, COVER_VERDICT);

	if (waivers->count > 0 && !span_is(verdict, "covered") &&
	    !span_is(verdict, "partial"))
		(void)intern_add(
		    &waivers->uncovered, record_get(record, COVER_HOST));
}

static const char *
verdict(const struct waivers *waivers, const struct waiver *waiver)
{
	struct span rest = waiver->hosts;
	bool examined = rest.n > 0 || waivers->uncovered.count == 0;
	uint32_t number;

	if (waiver->expired)
		return "expired";
	while (rest.n > 0)
		examined &= !intern_find(
		    &waivers->uncovered, span_cut(&rest, ','), &number);
	return examined ? "unused" : "not-examined";
}

static struct span
scope_text(struct span list)
{
	return list.n == 0 ? SPAN("*") : list;
}

static void
write_check(struct output *output, const struct waivers *waivers,
    const struct waiver *waiver)
{
	char until[TIMESTAMP_SIZE];

	output_begin(output, layout_default(RECORD_CHECK, true));
	output_field(output, scope_text(waiver->hosts));
	output_field(output, SPAN("waiver"));
	output_field(output, scope_text(waiver->packages));
	output_glue(output, SPAN("/"));
	output_glue(output, scope_text(waiver->cves));
	output_field(output, span_of(decisions[waiver->decision]));
	output_field(output, SPAN("-"));
	output_field(output, span_of(verdict(waivers, waiver)));
	output_field(output, timestamp_format(waiver->until, until));
	output_field(output, waiver->who);
	output_glue(output, SPAN(": "));
	output_glue(output, waiver->reason);
	output_end(output);
}

static int
compare_idle(const void *a, const void *b)
{
	return compare_waivers(
	    *(const struct waiver *const *)a, *(const struct waiver *const *)b);
}

void
waivers_report(const struct waivers *waivers, struct output *output)
{
	const struct waiver **idle = memory_array(
	    NULL, waivers->count, sizeof(*idle));
	size_t count = 0;

	for (size_t i = 0; i < waivers->count; i++)
		if (!waivers->items[i].used)
			idle[count++] = &waivers->items[i];
	if (count > 0)
		qsort(idle, count, sizeof(*idle), compare_idle);
	for (size_t i = 0; i < count; i++)
		write_check(output, waivers, idle[i]);
	free(idle);
}

void
waived_release(struct waived *waived)
{
	buffer_release(&waived->who);
	buffer_release(&waived->names);
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
	intern_release(&waivers->uncovered);
}
