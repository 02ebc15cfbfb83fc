/*
 * Changes of hardening: remedies that pm-verify --baseline printed become rows
 * like needs.  One or two at a time on a host, and on test hosts first: who
 * changes more at once does not know what broke it.  Those that could close the
 * way by which the host is patched are for a person.
 */
#include "plan.h"

enum { CHANGES_MOST = 2 };

static bool all;

void
harden_all(void)
{
	all = true;
}

static struct span
keep(
    struct fleet *fleet, const struct record *record, enum remedy_column column)
{
	return intern_span(&fleet->names,
	    intern_add(&fleet->names, record_get(record, column)));
}

void
harden_read(struct fleet *fleet, const struct record *record)
{
	struct span weight = record_get(record, REMEDY_WEIGHT);
	struct host *host = fleet_host(fleet, record_get(record, REMEDY_HOST));
	struct need *need;
	uint64_t number;

	if (!span_number(weight, &number))
		die(PM_EXIT_DATA, "%s: weight '%.*s' is no number",
		    record_where(record), SPAN_ARG(weight));
	fleet->needs = memory_grow(fleet->needs, &fleet->need_capacity,
	    fleet->need_count + 1, sizeof(*fleet->needs));
	need = &fleet->needs[fleet->need_count++];
	*need = (struct need){.host = (uint32_t)(host - fleet->hosts),
	    .package = keep(fleet, record, REMEDY_RULE),
	    .installed = keep(fleet, record, REMEDY_FOUND),
	    .fixed = keep(fleet, record, REMEDY_COMMAND),
	    .adv = SPAN("-"),
	    .cves = SPAN("-"),
	    .state = SPAN("available"),
	    .decision = SPAN("patch"),
	    .policy = SPAN("-"),
	    .due = SPAN("-"),
	    .bytes = SPAN("0"),
	    .test_after = INT64_MIN,
	    .kind = VISIT_REGULAR,
	    .disposition = PLANNED,
	    .harden = true,
	    .weight = number,
	    .channel = span_is(record_get(record, REMEDY_CHANNEL), "yes")};
}

bool
harden_gate(struct fleet *fleet, struct need *need)
{
	const struct host *host = &fleet->hosts[need->host];
	struct buffer actual = {0};
	bool passes = true;

	need->reason = SPAN("remedy of a rule of the baseline that fails");
	if (need->channel) {
		need->reason = SPAN(
		    "it could close the way by which the host is patched: by "
		    "hand only");
		return false;
	}
	if (all) {
		need->reason = SPAN(
		    "remedy of a rule of the baseline that fails; more than "
		    "two, or untested, needs an approval with --role "
		    "harden-override");
		return true;
	}
	if (!evidence_is_test_host(&fleet->evidence, host->name) &&
	    !evidence_tested(&fleet->evidence, host->name, need->package,
		SPAN("-"), INT64_MIN, fleet->now, &actual)) {
		need->reason = fleet_text(fleet,
		    "on a test host first: no test record of %.*s that passed "
		    "on one of its platform",
		    SPAN_ARG(need->package));
		passes = false;
	}
	buffer_release(&actual);
	return passes;
}

/* Heavier rules first. */
static bool
before(const struct need *a, const struct need *b)
{
	if (a->weight != b->weight)
		return a->weight > b->weight;
	return span_compare(a->package, b->package) < 0;
}

void
harden_limit(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->need_count && !all; i++) {
		struct need *need = &fleet->needs[i];
		const struct host *host = &fleet->hosts[need->host];
		uint32_t better = 0;

		if (!need->harden || need->disposition != PLANNED)
			continue;
		for (uint32_t k = 0; k < host->need_count; k++) {
			const struct need *other =
			    &fleet->needs[host->first_need + k];

			if (other->harden && other->disposition == PLANNED &&
			    before(other, need))
				better++;
		}
		need->late = better >= CHANGES_MOST;
	}
	for (size_t i = 0; i < fleet->need_count; i++) {
		struct need *need = &fleet->needs[i];

		if (!need->late)
			continue;
		need->disposition = DEFERRED;
		need->reason = SPAN(
		    "a third change: one or two of hardening at a time");
	}
}
