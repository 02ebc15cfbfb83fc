/* What becomes of each need: planned, or why not.  The law: one answer each. */
#include "gates.h"
#include "plan.h"
#include "timestamp.h"

const char *const disposition_names[DISPOSITIONS] = {
    "planned", "waived", "mitigated", "accepted", "deferred", "blocked"};

/* pm-score's decisions; patch and emergency go on to the state of the need. */
static const struct decision {
	const char *name;
	enum disposition disposition;
	enum visit_kind kind;
} decisions[] = {
    {"patch", PLANNED, VISIT_REGULAR}, {"emergency", PLANNED, VISIT_EMERGENCY},
    {"mitigate", MITIGATED, VISIT_REGULAR}, {"accept", ACCEPTED, VISIT_REGULAR},
    {"defer", DEFERRED, VISIT_REGULAR},
    {"-", BLOCKED, VISIT_REGULAR}, /* no rule decides */
};

/* Why a need in this state cannot be patched; NULL when it can. */
static const struct state {
	const char *name;
	const char *blocked;
} states[] = {
    {"available", NULL},
    {"reboot", NULL},
    {"held", "held on the host by its administrator"},
    {"unfixed", "no fix is published"},
    {"announced",
	"a fix is announced, but no repository of the host offers it"},
    {"invalid", "a version that cannot be compared"},
};

enum {
	DECISION_COUNT = sizeof(decisions) / sizeof(decisions[0]),
	STATE_COUNT = sizeof(states) / sizeof(states[0])
};

static const struct decision *
decision_find(struct span name)
{
	for (unsigned i = 0; i < DECISION_COUNT; i++)
		if (span_is(name, decisions[i].name))
			return &decisions[i];
	return NULL;
}

static const char *
state_blocks(struct span name)
{
	for (unsigned i = 0; i < STATE_COUNT; i++)
		if (span_is(name, states[i].name))
			return states[i].blocked;
	return "a state that this version does not know";
}

/* The texts of the need, kept with the fleet. */
static void
keep(struct fleet *fleet, const struct record *record, struct need *need)
{
	static const enum need_column columns[] = {NEED_PACKAGE, NEED_INSTALLED,
	    NEED_FIXED, NEED_ADV, NEED_CVES, NEED_STATE, NEED_POLICY, NEED_DUE};
	struct span *const kept[] = {&need->package, &need->installed,
	    &need->fixed, &need->adv, &need->cves, &need->state, &need->policy,
	    &need->due};
	enum { COUNT = sizeof(columns) / sizeof(columns[0]) };
	struct span texts[COUNT];
	uint32_t numbers[COUNT];

	for (unsigned i = 0; i < COUNT; i++)
		texts[i] = record_get(record, columns[i]);
	intern_add_several(&fleet->names, texts, numbers, COUNT);
	for (unsigned i = 0; i < COUNT; i++)
		*kept[i] = intern_span(&fleet->names, numbers[i]);
}

void
needs_read(struct fleet *fleet, const struct record *record)
{
	struct span decision = record_get(record, NEED_DECISION);
	struct span exposed = record_get(record, NEED_EXPOSED);
	const struct decision *known = decision_find(decision);
	struct host *host = fleet_host(fleet, record_get(record, NEED_HOST));
	struct need *need;

	if (record->layout->slot[NEED_DECISION] == 0)
		die(PM_EXIT_DATA,
		    "%s: need has no decision: pipe through pm-score first",
		    record_where(record));
	if (known == NULL)
		die(PM_EXIT_DATA,
		    "%s: decision '%.*s' is none of patch, emergency, "
		    "mitigate, accept, defer",
		    record_where(record), SPAN_ARG(decision));
	fleet->needs = memory_grow(fleet->needs, &fleet->need_capacity,
	    fleet->need_count + 1, sizeof(*fleet->needs));
	need = &fleet->needs[fleet->need_count++];
	*need = (struct need){.host = (uint32_t)(host - fleet->hosts)};
	keep(fleet, record, need);
	need->test_after = INT64_MIN;
	need->decision = span_of(known->name);
	need->disposition = known->disposition;
	need->kind = known->kind;
	need->critical = span_is(record_get(record, NEED_CLASS), "critical");
	span_decimal(record_get(record, NEED_RISK), &need->risk);
	need->reboot = span_is(need->state, "reboot");
	need->urgent = span_is(record_get(record, NEED_KEV), "yes") &&
		       (span_is(exposed, "internet") ||
			   span_is(exposed, "yes"));
}

/* "decision patch (policy lines)" */
static struct span
decision_text(struct fleet *fleet, const struct need *need)
{
	if (span_absent(need->decision))
		return SPAN("no rule of the policy decides about it");
	if (span_absent(need->policy))
		return fleet_text(
		    fleet, "decision %.*s", SPAN_ARG(need->decision));
	return fleet_text(fleet, "decision %.*s (%.*s)",
	    SPAN_ARG(need->decision), SPAN_ARG(need->policy));
}

static void
block(struct need *need, struct span reason)
{
	need->disposition = BLOCKED;
	need->reason = reason;
}

/* Lists of step ids are joined by commas. */
static bool
names_fit(const struct host *host, const struct need *need)
{
	return span_find(host->name, ',') == NULL &&
	       span_find(need->package, ',') == NULL;
}

/* A waiver that this stream has; accepting by waiver is a state of its own. */
static bool
waive(struct fleet *fleet, struct need *need)
{
	static struct waived waived;
	const struct waiver_need subject = {
	    fleet->hosts[need->host].name, need->package, need->cves};
	char until[TIMESTAMP_SIZE];

	if (!waivers_find(&fleet->waivers, &subject, &waived))
		return false;
	need->disposition = decision_find(waived.decision)->disposition;
	if (need->disposition == ACCEPTED)
		need->disposition = WAIVED;
	timestamp_format(waived.until, until);
	need->reason = fleet_text(fleet, "%s by %.*s until %s: %.*s",
	    disposition_names[need->disposition],
	    SPAN_ARG(buffer_span(&waived.names)), until,
	    SPAN_ARG(waived.reason));
	return true;
}

/*
 * An emergency is for a problem that this host has: without an advisory or
 * vulnerability to show for it the need takes the regular window.  What is
 * critical takes the window off hours, where there is one.
 */
static void
choose_kind(const struct fleet *fleet, struct need *need)
{
	const struct host *host = &fleet->hosts[need->host];

	if (need->kind == VISIT_EMERGENCY && span_absent(need->adv) &&
	    span_absent(need->cves)) {
		need->kind = VISIT_REGULAR;
		need->demoted = true;
	}
	if (need->kind == VISIT_REGULAR && need->critical && !need->demoted &&
	    host_setting(fleet, host)->off_hours != NULL)
		need->kind = VISIT_CRITICAL;
}

/*
 * A waiver that pm-score saw and this stream does not have: its mark stands in
 * policy, and the need is due when it expires.
 */
static void
follow_waiver(struct fleet *fleet, struct need *need)
{
	struct span policy = need->policy;
	bool marked = false;
	int64_t until;

	while (policy.p != NULL && !marked) {
		struct span item = span_cut(&policy, ',');

		marked = span_starts(item, SPAN("waive:")) ||
			 span_starts(item, SPAN("reject:"));
	}
	if (!marked)
		return;
	if (timestamp_parse(need->due, &until) && until <= fleet->now)
		block(
		    need, fleet_text(fleet, "%.*s: expired since; score again",
			      SPAN_ARG(need->reason)));
	else if (need->disposition == ACCEPTED)
		need->disposition = WAIVED;
}

static void
dispose(struct fleet *fleet, struct need *need)
{
	const struct host *host = &fleet->hosts[need->host];
	const char *reason = state_blocks(need->state);

	need->reason = decision_text(fleet, need);
	choose_kind(fleet, need);
	if (waive(fleet, need))
		return;
	if (need->disposition != PLANNED) {
		follow_waiver(fleet, need);
		return;
	}
	if (reason != NULL)
		block(need, span_of(reason));
	else if (span_absent(need->fixed) && !need->reboot)
		block(need, SPAN("no version to reach is known"));
	else if (!names_fit(host, need))
		block(need, SPAN("a comma in the name of host or package"));
	else if (!host->known)
		block(need, SPAN("there is no record of the host"));
	else if (host->ring == RING_WRONG)
		block(need,
		    fleet_text(fleet, "ring %.*s is none of test, pilot, broad",
			SPAN_ARG(host_choice(fleet, host, CHOICE_RING))));
	else if (host->blocked.n > 0)
		block(need, host->blocked);
	else if (need->kind == VISIT_REGULAR && host->closed.n > 0)
		block(need, host->closed);
	else if (need->harden && !harden_gate(fleet, need))
		need->disposition = BLOCKED;
	else if (!need->harden)
		gates_apply(fleet, need);
}

void
needs_dispose(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->need_count; i++)
		dispose(fleet, &fleet->needs[i]);
	harden_limit(fleet);
}
