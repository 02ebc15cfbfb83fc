/* What speaks for or against a patch: tests, events, promotions. */
#include "digest.h"
#include "evidence.h"
#include "timestamp.h"

static void
add_time(struct buffer *text, int64_t time)
{
	char shown[TIMESTAMP_SIZE];

	buffer_add_span(text, timestamp_format(time, shown));
}

/* Where a site says who may decide, nobody else does. */
static bool
may_decide(const struct evidence *evidence, struct span who,
    const struct approval_host *scope, int64_t now)
{
	return (evidence->actor_count == 0 && !evidence->actors_dropped) ||
	       actors_allow(evidence->actors, evidence->actor_count, who,
		   SPAN("-"), scope, now);
}

/* ---- platforms */

static bool
same_platform(const struct evidence *evidence, const struct evidence_host *a,
    const struct evidence_host *b)
{
	return span_equal(evidence_value(evidence, a, KEPT_OS),
		   evidence_value(evidence, b, KEPT_OS)) &&
	       span_equal(evidence_value(evidence, a, KEPT_RELEASE),
		   evidence_value(evidence, b, KEPT_RELEASE));
}

/* Does the text begin with "OS RELEASE" of the host, alone or with a blank? */
static bool
names_platform(const struct evidence *evidence,
    const struct evidence_host *host, struct span text)
{
	struct span os = evidence_value(evidence, host, KEPT_OS);
	struct span release = evidence_value(evidence, host, KEPT_RELEASE);

	if (span_absent(os) || !span_starts(text, os))
		return false;
	text = span_skip(text, os.n);
	if (!span_starts(text, SPAN(" ")) ||
	    !span_starts(span_skip(text, 1), release))
		return false;
	text = span_skip(text, release.n + 1);
	return text.n == 0 || text.p[0] == ' ';
}

/*
 * Was it tried where it tells something of the host?  On a test host with the
 * same system; where there is no record of that, on an image whose name begins
 * with the system.
 */
static bool
fits(const struct evidence *evidence, const struct evidence_test *test,
    const struct evidence_host *host)
{
	const struct evidence_host *on = evidence_find(evidence, test->host);

	if (on != NULL)
		return evidence_is_test_host(evidence, test->host) &&
		       same_platform(evidence, on, host);
	return names_platform(evidence, host, test->image);
}

/* ---- tests */

/* The later one; of two at one time that which failed, then by name. */
static bool
is_later(const struct evidence_test *a, const struct evidence_test *b)
{
	if (a->when != b->when)
		return a->when > b->when;
	if (a->passed != b->passed)
		return !a->passed;
	return span_compare(a->who, b->who) < 0;
}

enum misfit {
	MISFIT_NONE, /* there is no result at all */
	MISFIT_PLATFORM,
	MISFIT_EXPIRED,
	MISFIT_BEFORE,
	MISFIT_IMAGE,
	MISFIT_WHO
};

static const char *const misfits[] = {
    [MISFIT_NONE] = "no result",
    [MISFIT_PLATFORM] = "only one of another platform, or of no test host",
    [MISFIT_EXPIRED] = "only a result that has expired",
    [MISFIT_BEFORE] = "no result since",
    [MISFIT_IMAGE] = "only a result that does not say on which image",
    [MISFIT_WHO] = "only a result that does not say by whom",
};

static enum misfit
judge(const struct evidence *evidence, const struct evidence_test *test,
    const struct evidence_host *host, int64_t after, int64_t now)
{
	if (!fits(evidence, test, host))
		return MISFIT_PLATFORM;
	if (test->expiry <= now || test->when > now)
		return MISFIT_EXPIRED;
	if (test->when <= after)
		return MISFIT_BEFORE;
	if (after != INT64_MIN && span_absent(test->image))
		return MISFIT_IMAGE;
	return span_absent(test->who) ? MISFIT_WHO : MISFIT_NONE;
}

bool
evidence_tested(const struct evidence *evidence, struct span host,
    struct span package, struct span version, int64_t after, int64_t now,
    struct buffer *actual)
{
	const struct evidence_host *on = evidence_find(evidence, host);
	const struct evidence_test *last = NULL;
	enum misfit nearest = MISFIT_NONE;
	struct hash_probe probe = hash_first(&evidence->tests_by_patch,
	    hash_mix(hash_span(package), hash_span(version)));

	for (; hash_found(&evidence->tests_by_patch, &probe);
	     hash_next(&evidence->tests_by_patch, &probe)) {
		const struct evidence_test *test =
		    &evidence->tests[probe.index];
		enum misfit misfit;

		if (!span_equal(test->package, package) ||
		    !span_equal(test->version, version))
			continue;
		misfit = judge(evidence, test, on, after, now);
		if (misfit > nearest)
			nearest = misfit;
		if (misfit == MISFIT_NONE &&
		    (last == NULL || is_later(test, last)))
			last = test;
	}
	if (last == NULL) {
		buffer_printf(actual, "%s", misfits[nearest]);
		return false;
	}
	buffer_printf(actual, "%s by %.*s at ",
	    last->passed ? "passed" : "failed", SPAN_ARG(last->who));
	add_time(actual, last->when);
	if (!span_absent(last->image))
		buffer_printf(actual, " on %.*s", SPAN_ARG(last->image));
	return last->passed;
}

static bool
is_any(struct span value)
{
	return span_absent(value) || span_is(value, "*");
}

/* "-" and "*" are any; else a comma list. */
static bool
covers(struct span list, struct span item)
{
	return is_any(list) || span_list_has(list, item);
}

/* Does it cover every one of the vulnerabilities? */
static bool
covers_all(struct span list, struct span cves)
{
	if (is_any(list))
		return true;
	do {
		if (!span_list_has(list, span_cut(&cves, ',')))
			return false;
	} while (cves.p != NULL);
	return true;
}

bool
evidence_skips_test(const struct evidence *evidence, struct span host,
    struct span package, struct span cves, int64_t now, struct span *who)
{
	const struct evidence_waiver *first = NULL;
	struct approval_host scope = evidence_scope(evidence, host);

	for (size_t i = 0; i < evidence->waiver_count; i++) {
		const struct evidence_waiver *waiver = &evidence->waivers[i];

		if (waiver->expiry <= now || !covers(waiver->host, host) ||
		    !covers(waiver->package, package) ||
		    !covers_all(waiver->cves, cves) ||
		    !may_decide(evidence, waiver->who, &scope, now))
			continue;
		if (first == NULL || span_compare(waiver->who, first->who) < 0)
			first = waiver;
	}
	if (first != NULL)
		*who = first->who;
	return first != NULL;
}

/* ---- events */

/* An event of a host that nobody knows counts for every platform. */
static bool
concerns(const struct evidence *evidence, const struct evidence_event *event,
    const struct evidence_host *host, struct span version, int64_t now)
{
	const struct evidence_host *on = evidence_find(evidence, event->host);

	return event->expiry > now && event->when <= now &&
	       (is_any(event->version) ||
		   span_equal(event->version, version)) &&
	       (on == NULL || same_platform(evidence, on, host));
}

static bool
is_worse(const struct evidence_event *a, const struct evidence_event *b)
{
	int order;

	if (a->when != b->when)
		return a->when > b->when;
	order = span_compare(a->kind, b->kind);
	return order != 0 ? order < 0 : span_compare(a->host, b->host) < 0;
}

bool
evidence_event(const struct evidence *evidence, struct span host,
    struct span package, struct span version, int64_t now, int64_t *when,
    struct buffer *what)
{
	const struct evidence_host *on = evidence_find(evidence, host);
	const struct evidence_event *last = NULL;
	struct hash_probe probe = hash_first(
	    &evidence->events_by_package, hash_span(package));

	for (; hash_found(&evidence->events_by_package, &probe);
	     hash_next(&evidence->events_by_package, &probe)) {
		const struct evidence_event *event =
		    &evidence->events[probe.index];

		if (!span_equal(event->package, package) ||
		    !concerns(evidence, event, on, version, now))
			continue;
		if (last == NULL || is_worse(event, last))
			last = event;
	}
	if (last == NULL)
		return false;
	*when = last->when;
	buffer_printf(
	    what, "%.*s on %.*s", SPAN_ARG(last->kind), SPAN_ARG(last->host));
	if (last->when > INT64_MIN + 1) {
		buffer_printf(what, " at ");
		add_time(what, last->when);
	}
	return true;
}

/* ---- promotions */

void
evidence_patch(struct buffer *patch, struct span os, struct span release,
    struct span package, struct span version)
{
	const struct span parts[] = {os, release, package, version};
	char hex[DIGEST_SIZE];
	struct digest digest;

	digest_start(&digest);
	for (unsigned i = 0; i < 4; i++) {
		digest_add(&digest, parts[i]);
		digest_add(&digest, i < 3 ? SPAN("\t") : SPAN("\n"));
	}
	buffer_printf(patch, "sha256:");
	buffer_add_span(patch, digest_finish(&digest, hex));
}

/* production is for everybody, another channel for those on whose list it is. */
static bool
subscribes(struct span channels, struct span channel)
{
	return is_any(channel) || span_is(channel, "production") ||
	       span_list_has(channels, channel);
}

static bool
lets_through(const struct evidence *evidence,
    const struct evidence_promotion *promotion,
    const struct evidence_host *host, const struct approval_host *scope,
    int64_t now)
{
	return promotion->expiry > now && promotion->when <= now &&
	       !span_absent(promotion->who) &&
	       subscribes(evidence_value(evidence, host, KEPT_CHANNEL),
		   promotion->channel) &&
	       may_decide(evidence, promotion->who, scope, now);
}

bool
evidence_promoted(const struct evidence *evidence, struct span host,
    struct span package, struct span version, int64_t now,
    struct buffer *actual)
{
	const struct evidence_host *on = evidence_find(evidence, host);
	struct approval_host scope = evidence_scope(evidence, host);
	struct buffer patch = {0};
	const struct evidence_promotion *last = NULL;
	struct hash_probe probe;
	bool any = false;

	evidence_patch(&patch, evidence_value(evidence, on, KEPT_OS),
	    evidence_value(evidence, on, KEPT_RELEASE), package, version);
	probe = hash_first(
	    &evidence->promotions_by_patch, hash_span(buffer_span(&patch)));
	for (; hash_found(&evidence->promotions_by_patch, &probe);
	     hash_next(&evidence->promotions_by_patch, &probe)) {
		const struct evidence_promotion *promotion =
		    &evidence->promotions[probe.index];

		if (!span_equal(promotion->patch, buffer_span(&patch)))
			continue;
		any = true;
		if (lets_through(evidence, promotion, on, &scope, now) &&
		    (last == NULL || promotion->when > last->when ||
			(promotion->when == last->when &&
			    span_compare(promotion->who, last->who) < 0)))
			last = promotion;
	}
	if (last != NULL) {
		buffer_printf(actual, "by %.*s at ", SPAN_ARG(last->who));
		add_time(actual, last->when);
	} else {
		buffer_printf(actual, "%s",
		    any ? "only for another channel, expired, or by somebody "
			  "who may not"
			: "not promoted");
	}
	buffer_release(&patch);
	return last != NULL;
}
