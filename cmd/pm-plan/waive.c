/*
 * Waivers: a finding that need not be patched, until it expires.  A waiver names
 * host, package and CVE, each or any ("*" or "-"); a need is waived when all its
 * CVEs are.
 */
#include "plan.h"
#include "timestamp.h"

/* What a waiver's decision makes of the need; "-" is waive. */
static const struct {
	const char *name;
	enum disposition disposition;
} decisions[] = {
    {"-", WAIVED},
    {"waive", WAIVED},
    {"mitigate", MITIGATED},
    {"accept", ACCEPTED},
    {"defer", DEFERRED},
    {"reject", DEFERRED},
};

enum { DECISION_COUNT = sizeof(decisions) / sizeof(decisions[0]) };

static enum disposition
disposition_of(struct span name)
{
	for (unsigned i = 0; i < DECISION_COUNT; i++)
		if (span_is(name, decisions[i].name))
			return decisions[i].disposition;
	return DISPOSITIONS;
}

static bool
is_any(struct span value)
{
	return span_absent(value) || span_is(value, "*");
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

void
waive_read(struct fleet *fleet, const struct record *record)
{
	struct span decision = record_get(record, WAIVE_DECISION);
	struct waiver waiver = {.next = NONE};
	struct span expiry;

	/* Is of the test of an emergency, not of a need: pm-score cites it. */
	if (span_is(decision, "skip-test"))
		return;
	if (disposition_of(decision) == DISPOSITIONS)
		die(PM_EXIT_DATA,
		    "%s: decision '%.*s' is none of waive, mitigate, accept, "
		    "defer, reject",
		    record_where(record), SPAN_ARG(decision));
	required(record, WAIVE_WHO);
	required(record, WAIVE_REASON);
	expiry = required(record, WAIVE_EXPIRY);
	if (!timestamp_parse(expiry, &waiver.expiry))
		die(PM_EXIT_DATA, "%s: expiry '%.*s' is not a time",
		    record_where(record), SPAN_ARG(expiry));
	if (is_any(record_get(record, WAIVE_HOST)) &&
	    is_any(record_get(record, WAIVE_PACKAGE)) &&
	    is_any(record_get(record, WAIVE_CVE)))
		die(PM_EXIT_DATA,
		    "%s: a waiver for everything; name a host, a package or a "
		    "vulnerability",
		    record_where(record));
	for (unsigned i = 0; i < WAIVE_COLUMNS; i++) {
		waiver.column[i] = arena_copy(
		    &fleet->text, record_get(record, i));
		if (i <= WAIVE_CVE && is_any(waiver.column[i]))
			waiver.column[i] = SPAN("*");
	}
	fleet->waivers = memory_grow(fleet->waivers, &fleet->waiver_capacity,
	    fleet->waiver_count + 1, sizeof(*fleet->waivers));
	fleet->waivers[fleet->waiver_count++] = waiver;
}

/* ---- looking up by host and package */

static struct hash_table by_subject;

static int
waiver_compare(const void *a, const void *b)
{
	const struct waiver *x = a, *y = b;
	int order = 0;

	for (unsigned i = 0; i < WAIVE_COLUMNS && order == 0; i++)
		order = span_compare(x->column[i], y->column[i]);
	return order;
}

static uint32_t
first_of(const struct fleet *fleet, struct span host, struct span package)
{
	uint64_t hash = hash_mix(hash_span(host), hash_span(package));
	struct hash_probe probe = hash_first(&by_subject, hash);

	for (; hash_found(&by_subject, &probe);
	     hash_next(&by_subject, &probe)) {
		const struct waiver *waiver = &fleet->waivers[probe.index];

		if (span_equal(waiver->column[WAIVE_HOST], host) &&
		    span_equal(waiver->column[WAIVE_PACKAGE], package))
			return probe.index;
	}
	return NONE;
}

/* Sorted, waivers of one subject stand together: chain them. */
void
waive_index(struct fleet *fleet)
{
	uint64_t expired = 0;

	if (fleet->waiver_count == 0)
		return;
	qsort(fleet->waivers, fleet->waiver_count, sizeof(*fleet->waivers),
	    waiver_compare);
	for (size_t i = 0; i < fleet->waiver_count; i++) {
		struct waiver *waiver = &fleet->waivers[i];
		struct span *column = waiver->column;

		expired += waiver->expiry <= fleet->now;
		if (i > 0 &&
		    span_equal(
			column[WAIVE_HOST], waiver[-1].column[WAIVE_HOST]) &&
		    span_equal(column[WAIVE_PACKAGE],
			waiver[-1].column[WAIVE_PACKAGE]))
			waiver[-1].next = (uint32_t)i;
		else
			hash_insert(&by_subject,
			    hash_mix(hash_span(column[WAIVE_HOST]),
				hash_span(column[WAIVE_PACKAGE])),
			    (uint32_t)i);
	}
	if (expired > 0 && !common.quiet)
		warning("%llu waivers have expired and are not used",
		    (unsigned long long)expired);
}

static bool
list_has(struct span list, struct span item)
{
	while (list.p != NULL)
		if (span_equal(span_cut(&list, ','), item))
			return true;
	return false;
}

static bool
is_rejection(const struct waiver *waiver)
{
	return span_is(waiver->column[WAIVE_DECISION], "reject");
}

/*
 * The waiver in force for one CVE of a need ("-" when it has none): a rejection,
 * else the first.
 */
static const struct waiver *
find_for_cve(
    const struct fleet *fleet, const struct need *need, struct span cve)
{
	const struct span any = SPAN("*");
	const struct span host = fleet->hosts[need->host].name;
	const struct span subjects[][2] = {
	    {host, need->package},
	    {host, any},
	    {any, need->package},
	    {any, any},
	};

	const struct waiver *first = NULL;

	for (unsigned i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
		uint32_t at = first_of(fleet, subjects[i][0], subjects[i][1]);

		for (; at != NONE; at = fleet->waivers[at].next) {
			const struct waiver *waiver = &fleet->waivers[at];
			struct span cves = waiver->column[WAIVE_CVE];

			if (waiver->expiry <= fleet->now ||
			    (!span_is(cves, "*") && !list_has(cves, cve)))
				continue;
			if (is_rejection(waiver))
				return waiver;
			if (first == NULL)
				first = waiver;
		}
	}
	return first;
}

const struct waiver *
waive_find(const struct fleet *fleet, const struct need *need)
{
	const struct waiver *first = NULL;
	struct span cves = need->cves;
	bool all = true;

	if (fleet->waiver_count == 0)
		return NULL;
	while (cves.p != NULL) {
		const struct waiver *waiver = find_for_cve(
		    fleet, need, span_cut(&cves, ','));

		/* A patch goes as a whole, so rejecting a part rejects it. */
		if (waiver != NULL && is_rejection(waiver))
			return waiver;
		if (waiver == NULL)
			all = false;
		else if (first == NULL)
			first = waiver;
	}
	return all ? first : NULL;
}

void
waive_apply(struct fleet *fleet, struct need *need, const struct waiver *waiver)
{
	const struct span *column = waiver->column;

	need->disposition = disposition_of(column[WAIVE_DECISION]);
	need->reason = fleet_text(fleet, "%s by %.*s until %.*s: %.*s",
	    disposition_names[need->disposition], SPAN_ARG(column[WAIVE_WHO]),
	    SPAN_ARG(column[WAIVE_EXPIRY]), SPAN_ARG(column[WAIVE_REASON]));
}
