/*
 * What must be shown before a host is patched.  Of each gate that stands on a
 * host's list a need is blocked that does not pass it; what else is missing is
 * only said.
 */
#include "gates.h"

#include <inttypes.h>

#include "timestamp.h"

enum { DAY = 24 * 60 * 60 };

/* An emergency does not wait for these: they are about the host at large. */
static const bool regular_only[GATES] = {
    [GATE_OF_DOCUMENT] = true,
    [GATE_OF_RESTORE] = true,
    [GATE_OF_RING] = true,
    [GATE_OF_TEST_HOST] = true,
    [GATE_OF_VERIFIER] = true,
};

/* One gate record to be. */
struct lack {
	uint32_t host;
	enum gate_kind gate;
	struct span subject, expected, actual;
	const char *effect;
};

static struct lack *lacks;
static size_t lack_count, lack_capacity, passing;

/* What came of it for a host. */
struct gated {
	bool looked_at;
	struct span lacks[VISIT_KINDS]; /* why it is blocked, or empty */
};

static struct gated *gated; /* by the number of the host */

/* ---- what is missing */

static struct span
take(struct fleet *fleet, struct buffer *text)
{
	struct span copy = arena_copy(&fleet->text, buffer_span(text));

	buffer_reset(text);
	return copy;
}

/* "365d", "12h" or "90s" */
static struct span
duration_text(struct fleet *fleet, int64_t seconds)
{
	if (seconds % DAY == 0)
		return fleet_text(fleet, "%" PRId64 "d", seconds / DAY);
	if (seconds % 3600 == 0)
		return fleet_text(fleet, "%" PRId64 "h", seconds / 3600);
	return fleet_text(fleet, "%" PRId64 "s", seconds);
}

static void
note(struct lack lack)
{
	lacks = memory_grow(
	    lacks, &lack_capacity, lack_count + 1, sizeof(*lacks));
	passing += lack.effect[0] != 'b';
	lacks[lack_count++] = lack;
}

static const char *
effect_of(
    const struct fleet *fleet, const struct host *host, enum gate_kind gate)
{
	return gates_has(fleet, host, gate) ? "blocks" : "passes";
}

/* A gate of the host that is not passed; blocks its visits when it is asked */
static void
host_lacks(struct fleet *fleet, struct host *host, enum gate_kind gate,
    struct span expected, struct span actual)
{
	note((struct lack){.host = (uint32_t)(host - fleet->hosts),
	    .gate = gate,
	    .subject = SPAN("-"),
	    .expected = expected,
	    .actual = actual,
	    .effect = effect_of(fleet, host, gate)});
	if (!gates_has(fleet, host, gate))
		return;
	for (unsigned kind = 0; kind < VISIT_KINDS; kind++) {
		struct span *why = &gated[host - fleet->hosts].lacks[kind];

		if (why->n > 0 ||
		    (kind == VISIT_EMERGENCY && regular_only[gate]))
			continue;
		*why = fleet_text(fleet,
		    "gate %s: %.*s is wanted, there is: %.*s", gate_names[gate],
		    SPAN_ARG(expected), SPAN_ARG(actual));
	}
}

/* ---- gates of a host */

static void
look_at_backup(struct fleet *fleet, struct host *host)
{
	const struct evidence *evidence = &fleet->evidence;
	const struct setting *asked = host_setting(fleet, host);
	int64_t age = asked->backup_age, image = asked->image_age;
	int64_t restore = asked->restore_age;
	bool workstation = evidence_is_workstation(evidence, host->name);
	struct buffer actual = {0};

	if ((gates_has(fleet, host, GATE_OF_BACKUP) ||
		evidence->backup_count > 0) &&
	    !gates_makes_backup(fleet, host) &&
	    !evidence_backed_up(
		evidence, host->name, age, image, fleet->now, &actual))
		host_lacks(fleet, host, GATE_OF_BACKUP,
		    workstation
			? fleet_text(fleet,
			      "a backup within %.*s or an image within %.*s",
			      SPAN_ARG(duration_text(fleet, age)),
			      SPAN_ARG(duration_text(fleet, image)))
			: fleet_text(fleet, "a full backup within %.*s",
			      SPAN_ARG(duration_text(fleet, age))),
		    take(fleet, &actual));
	buffer_reset(&actual);
	if ((gates_has(fleet, host, GATE_OF_RESTORE) ||
		evidence->backup_count > 0) &&
	    !evidence_restored(
		evidence, host->name, restore, fleet->now, &actual))
		host_lacks(fleet, host, GATE_OF_RESTORE,
		    fleet_text(fleet, "a tested restore within %.*s",
			SPAN_ARG(duration_text(fleet, restore))),
		    take(fleet, &actual));
	buffer_release(&actual);
}

static void
look_at_apps(struct fleet *fleet, struct host *host)
{
	const struct evidence *evidence = &fleet->evidence;
	bool asked = evidence->app_count > 0;
	struct span app = evidence_unverified_app(evidence, host->name);

	if (app.n > 0 && (asked || gates_has(fleet, host, GATE_OF_VERIFIER)))
		host_lacks(fleet, host, GATE_OF_VERIFIER,
		    SPAN("somebody who verifies each mission application"),
		    fleet_text(fleet, "nobody for %.*s", SPAN_ARG(app)));
	app = evidence_untested_app(evidence, host->name);
	if (app.n > 0 && (asked || gates_has(fleet, host, GATE_OF_TEST_HOST)) &&
	    !evidence_is_test_host(evidence, host->name))
		host_lacks(fleet, host, GATE_OF_TEST_HOST,
		    SPAN("a test host for each mission application"),
		    fleet_text(fleet, "none for %.*s", SPAN_ARG(app)));
}

/* Does the site write down contacts at all? */
static bool
writes_documents(const struct fleet *fleet)
{
	static int known = -1;

	for (size_t i = 0; known == -1 && i < fleet->host_count; i++)
		if (!span_absent(evidence_column(
			&fleet->evidence, fleet->hosts[i].name, HOST_CONTACT)))
			known = 1;
	if (known == -1)
		known = 0;
	return known == 1;
}

static void
look_at_documents(struct fleet *fleet, struct host *host)
{
	struct buffer parts = {0};

	if (!gates_has(fleet, host, GATE_OF_DOCUMENT) &&
	    (host->tier == TIER_OPERATIONAL || !writes_documents(fleet)))
		return;
	evidence_undocumented(&fleet->evidence, host->name, &parts);
	if (parts.n > 0)
		host_lacks(fleet, host, GATE_OF_DOCUMENT,
		    SPAN("a whole change control document"),
		    fleet_text(
			fleet, "no %.*s", SPAN_ARG(buffer_span(&parts))));
	buffer_release(&parts);
}

/* ---- gates of a patch */

static void
need_lacks(struct fleet *fleet, struct need *need, enum gate_kind gate,
    const char *effect, struct span expected, struct span actual)
{
	note((struct lack){.host = need->host,
	    .gate = gate,
	    .subject = fleet_text(fleet, "%.*s=%.*s", SPAN_ARG(need->package),
		SPAN_ARG(need->fixed)),
	    .expected = expected,
	    .actual = actual,
	    .effect = effect});
	if (effect[0] != 'b')
		return;
	need->disposition = BLOCKED;
	need->reason = fleet_text(fleet,
	    "gate %s: %.*s is wanted, there is: %.*s", gate_names[gate],
	    SPAN_ARG(expected), SPAN_ARG(actual));
}

static void
remark(
    struct fleet *fleet, struct need *need, const char *what, struct span about)
{
	need->reason = fleet_text(fleet, "%.*s; %s %.*s",
	    SPAN_ARG(need->reason), what, SPAN_ARG(about));
}

/* The test that an adverse event demands, later than that. */
static bool
after_event(struct fleet *fleet, const struct host *host, struct need *need)
{
	struct buffer what = {0}, actual = {0};
	bool passed = true;
	int64_t when;

	if (evidence_event(&fleet->evidence, host->name, need->package,
		need->fixed, fleet->now, &when, &what)) {
		need->test_after = when;
		passed = evidence_tested(&fleet->evidence, host->name,
		    need->package, need->fixed, when, fleet->now, &actual);
		if (passed)
			remark(
			    fleet, need, "tested after it", take(fleet, &what));
		else
			need_lacks(fleet, need, GATE_OF_EVENT,
			    effect_of(fleet, host, GATE_OF_EVENT),
			    fleet_text(fleet,
				"a passed test with who, when and image since "
				"it %.*s",
				SPAN_ARG(buffer_span(&what))),
			    take(fleet, &actual));
	}
	buffer_release(&what);
	buffer_release(&actual);
	return passed || !gates_has(fleet, host, GATE_OF_EVENT);
}

/*
 * Where patches must be tested, test hosts are where that happens.  For an
 * emergency it is said who does without the test, even where none is asked for.
 */
static void
look_at_test(struct fleet *fleet, const struct host *host, struct need *need)
{
	const struct evidence *evidence = &fleet->evidence;
	bool emergency = need->kind == VISIT_EMERGENCY;
	struct buffer actual = {0};
	struct span who;

	if (evidence->test_count == 0 &&
	    !gates_has(fleet, host, GATE_OF_TEST) && !emergency)
		return;
	if (evidence_tested(evidence, host->name, need->package, need->fixed,
		INT64_MIN, fleet->now, &actual)) {
		remark(fleet, need, "test", take(fleet, &actual));
	} else if (evidence_skips_test(evidence, host->name, need->package,
		       need->cves, fleet->now, &who)) {
		need->test_waived = who;
		remark(fleet, need, "test waived by", who);
		need_lacks(fleet, need, GATE_OF_TEST, "waived",
		    SPAN("a passed test"), take(fleet, &actual));
	} else if (evidence_is_test_host(evidence, host->name)) {
		buffer_reset(&actual);
	} else if (gates_has(fleet, host, GATE_OF_TEST) || emergency) {
		need_lacks(fleet, need, GATE_OF_TEST,
		    effect_of(fleet, host, GATE_OF_TEST), SPAN("a passed test"),
		    take(fleet, &actual));
		if (need->disposition == PLANNED)
			remark(fleet, need, "not tested, and nobody waived",
			    SPAN("the test"));
	}
	buffer_release(&actual);
}

static void
look_at_promotion(
    struct fleet *fleet, const struct host *host, struct need *need)
{
	struct buffer actual = {0};

	if (!gates_has(fleet, host, GATE_OF_PROMOTION) ||
	    evidence_is_test_host(&fleet->evidence, host->name))
		return;
	if (evidence_promoted(&fleet->evidence, host->name, need->package,
		need->fixed, fleet->now, &actual))
		remark(fleet, need, "promoted", take(fleet, &actual));
	else
		need_lacks(fleet, need, GATE_OF_PROMOTION, "blocks",
		    SPAN("a promotion to production"), take(fleet, &actual));
	buffer_release(&actual);
}

void
gates_apply(struct fleet *fleet, struct need *need)
{
	struct host *host = &fleet->hosts[need->host];
	struct gated *asked;

	if (gated == NULL)
		gated = memory_zeroed(fleet->host_count, sizeof(*gated));
	asked = &gated[need->host];
	if (!asked->looked_at) {
		asked->looked_at = true;
		look_at_backup(fleet, host);
		look_at_apps(fleet, host);
		look_at_documents(fleet, host);
	}
	if (asked->lacks[need->kind].n > 0) {
		need->disposition = BLOCKED;
		need->reason = asked->lacks[need->kind];
		return;
	}
	if (need->reboot || !after_event(fleet, host, need))
		return;
	look_at_promotion(fleet, host, need);
	if (need->disposition == PLANNED)
		look_at_test(fleet, host, need);
}

/* ---- the rows */

static int
lack_compare(const void *a, const void *b)
{
	const struct lack *x = a, *y = b;

	if (x->host != y->host)
		return x->host < y->host ? -1 : 1;
	if (x->gate != y->gate)
		return x->gate < y->gate ? -1 : 1;
	return span_compare(x->subject, y->subject);
}

void
gates_write(struct fleet *fleet, struct output *output)
{
	if (lack_count > 0)
		qsort(lacks, lack_count, sizeof(*lacks), lack_compare);
	for (size_t i = 0; i < lack_count; i++) {
		const struct lack *lack = &lacks[i];

		output_begin(output, layout_default(RECORD_GATE, true));
		output_field(output, fleet->hosts[lack->host].name);
		output_field(output, span_of(gate_names[lack->gate]));
		output_field(output, lack->subject);
		output_field(output, lack->expected);
		output_field(output, lack->actual);
		output_field(output, span_of(lack->effect));
		output_end(output);
	}
	if (passing > 0 && !common.quiet)
		warning("%zu %s the policy lets pass what is missing; gate "
			"records say what",
		    passing, PLURAL(passing, "time", "times"));
	if (fleet->evidence.backup_count == 0 &&
	    fleet->evidence.test_count == 0 && !common.quiet)
		warning(
		    "no records of backups and tests were given: pm-policy(5) "
		    "section Gates says how to insist on them");
}
