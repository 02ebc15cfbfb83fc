/*
 * The record types of the stream and the columns of each, pm-stream(5).
 *
 * Every type has a list of columns in their default order.  The first ones are
 * what a record of the type starts with; those after the bar are added later in
 * the pipeline (pm-score widens need).  A headerless record must have exactly
 * as many fields as either of the two.
 */
#ifndef PM_SCHEMA_H
#define PM_SCHEMA_H

#include <stddef.h>

#include "span.h"

enum record_type {
	RECORD_OTHER, /* a type that this version does not know */
	RECORD_HOST,
	RECORD_PKG,
	RECORD_SVC,
	RECORD_ALLOW,
	RECORD_FACT,
	RECORD_FEED,
	RECORD_ADV,
	RECORD_CVE,
	RECORD_NEED,
	RECORD_COVER,
	RECORD_WAIVE,
	RECORD_APPROVE,
	RECORD_EVENT,
	RECORD_TEST,
	RECORD_BACKUP,
	RECORD_PROMOTE,
	RECORD_ACTOR,
	RECORD_APP,
	RECORD_ROSTER,
	RECORD_ORDER,
	RECORD_QUORUM,
	RECORD_GATE,
	RECORD_STEP,
	RECORD_DONE,
	RECORD_CHECK,
	RECORD_REJECT,
	RECORD_RULE,
	RECORD_WANT,
	RECORD_REMEDY,
	RECORD_TYPES
};

/*
 * A system.  source says who reported it, seen when (RFC 3339).  link is the
 * speed of its network in bits a second, data_volume what a restore would have
 * to bring back in bytes.
 */
enum host_column {
	HOST_HOST,
	HOST_CLASS,
	HOST_ADDR,
	HOST_MAC,
	HOST_OS,
	HOST_RELEASE,
	HOST_ARCH,
	HOST_KERNEL,
	HOST_BOOT_ID,
	HOST_HARDWARE,
	HOST_ROLE,
	HOST_SITE,
	HOST_TIER,
	HOST_EXPOSED,
	HOST_ENV,
	HOST_OWNER,
	HOST_APP_OWNER,
	HOST_CONTACT,
	HOST_AFTER_HOURS,
	HOST_GROUP,
	HOST_CHANNEL,
	HOST_WINDOW,
	HOST_RING,
	HOST_STATE,
	HOST_SOURCE,
	HOST_SEEN,
	HOST_MISSION_ROLE,
	HOST_DOWNTIME_IMPACT,
	HOST_RECOVERY_EFFORT,
	HOST_LINK,
	HOST_HYPERVISOR,
	HOST_DATA_VOLUME,
	HOST_PROCEDURE,
	HOST_DISASTER_RECOVERY,
	HOST_HEALTH,
	HOST_ROLLBACK,
	HOST_COLUMNS
};

/*
 * An installed package; origin is who built or shipped it.  Inventories of rpm
 * systems with module streams add the column module.
 */
enum pkg_column {
	PKG_HOST,
	PKG_PACKAGE,
	PKG_VERSION,
	PKG_ARCH,
	PKG_SOURCE,
	PKG_SOURCE_VERSION,
	PKG_ORIGIN,
	PKG_AUTO,
	PKG_STATE,
	PKG_MODULE,
	PKG_COLUMNS
};

/* Something that listens or runs. */
enum svc_column {
	SVC_HOST,
	SVC_PROTO,
	SVC_ADDR,
	SVC_PORT,
	SVC_PROCESS,
	SVC_PACKAGE,
	SVC_UNIT,
	SVC_STATE,
	SVC_COLUMNS
};

/*
 * What a firewall does with some traffic.  The rules of a chain are tried in
 * the order of their numbers and the first that fits decides; what none fits is
 * not let through.  path is input (to the firewall itself) or forward (through
 * it); traffic must pass each chain of a path.
 */
enum allow_column {
	ALLOW_FIREWALL,
	ALLOW_PATH,
	ALLOW_CHAIN,
	ALLOW_RULE,
	ALLOW_SOURCE,
	ALLOW_DESTINATION,
	ALLOW_PROTO,
	ALLOW_PORT,
	ALLOW_ACTION,
	ALLOW_CONDITION,
	ALLOW_ORIGIN,
	ALLOW_COLUMNS
};

/* One setting or observation. */
enum fact_column { FACT_HOST, FACT_KEY, FACT_VALUE, FACT_COLUMNS };

/*
 * What a catalogue covers.  kind is repository (it lists every package that it
 * offers, so an unlisted package is unknown) or advisories (it speaks only of
 * flawed ones).
 */
enum feed_column {
	FEED_FEED,
	FEED_OS,
	FEED_RELEASE,
	FEED_RECORDS,
	FEED_DATE,
	FEED_SHA256,
	FEED_KIND,
	FEED_ORIGIN,
	FEED_SUITE,
	FEED_COLUMNS
};

/*
 * A patch or advisory for one package of one release.  by is source or binary:
 * what package names and which version fixed is compared with.  kind is
 * security, update or release.  source and source_version name the source
 * package that a binary offer was built from.  last_affected stands where the
 * first fixed version is not known, but the last one that is flawed.
 */
enum adv_column {
	ADV_ADV,
	ADV_OS,
	ADV_RELEASE,
	ADV_ARCH,
	ADV_BY,
	ADV_PACKAGE,
	ADV_INTRODUCED,
	ADV_FIXED,
	ADV_STATE,
	ADV_SEVERITY,
	ADV_PUBLISHED,
	ADV_CVES,
	ADV_SUPERSEDES,
	ADV_REQUIRES,
	ADV_REBOOT,
	ADV_TITLE,
	ADV_URL,
	ADV_FEED,
	ADV_KIND,
	ADV_SOURCE,
	ADV_SOURCE_VERSION,
	ADV_LAST_AFFECTED,
	ADV_PRIORITY, /* what the pins of the systems give to an offer */
	ADV_COLUMNS
};

/*
 * What is known of a vulnerability.  epss_percentile is the share of all
 * vulnerabilities that have no higher epss.
 */
enum cve_column {
	CVE_CVE,
	CVE_VECTOR,
	CVE_CVSS,
	CVE_EPSS,
	CVE_KEV_ADDED,
	CVE_EXPLOIT,
	CVE_AUTOMATABLE,
	CVE_IMPACT,
	CVE_PUBLISHED,
	CVE_EPSS_PERCENTILE,
	CVE_COLUMNS
};

/*
 * A host needs a patch.  state: available (a repository of the host offers the
 * fix), announced (fixed, but not offered here), unfixed, held (by the
 * administrator on the host), reboot (installed, not yet running), invalid (a
 * version that cannot be compared).  source is the package that it was built
 * from, published since when the version to reach is on offer.  pm-score adds the
 * columns from cvss on.
 */
enum need_column {
	NEED_HOST,
	NEED_PACKAGE,
	NEED_INSTALLED,
	NEED_FIXED,
	NEED_ADV,
	NEED_CVES,
	NEED_STATE,
	NEED_SEVERITY,
	NEED_KIND,
	NEED_CONFIDENCE,
	NEED_WHY,
	NEED_SOURCE,
	NEED_PUBLISHED,
	NEED_CVSS,
	NEED_EPSS,
	NEED_EPSS_PERCENTILE,
	NEED_KEV,
	NEED_EXPLOIT,
	NEED_AUTOMATABLE,
	NEED_IMPACT,
	NEED_EXPOSED,
	NEED_RISK,
	NEED_PATCH_RISK,
	NEED_CLASS,
	NEED_PRIORITY,
	NEED_DECISION,
	NEED_DUE,
	NEED_POLICY,
	NEED_FIRST_SEEN,
	NEED_CLOSURE,
	NEED_RISK_PER_MINUTE,
	NEED_COLUMNS
};

/* What could be judged of a host. */
enum cover_column {
	COVER_HOST,
	COVER_FEED,
	COVER_VERDICT,
	COVER_DETAIL,
	COVER_COLUMNS
};

/* A finding that need not be patched, until it expires. */
enum waive_column {
	WAIVE_HOST,
	WAIVE_PACKAGE,
	WAIVE_CVE,
	WAIVE_DECISION,
	WAIVE_WHO,
	WAIVE_WHEN,
	WAIVE_REASON,
	WAIVE_EXPIRY,
	WAIVE_COLUMNS
};

/*
 * Leave to carry out a plan; plan is its digest, scope a list of hosts or all,
 * signature that of lib/approval.h.
 */
enum approve_column {
	APPROVE_PLAN,
	APPROVE_SCOPE,
	APPROVE_WHO,
	APPROVE_ROLE,
	APPROVE_WHEN,
	APPROVE_REASON,
	APPROVE_EXPIRY,
	APPROVE_SIGNATURE,
	APPROVE_COLUMNS
};

enum event_column {
	EVENT_HOST,
	EVENT_PACKAGE,
	EVENT_VERSION,
	EVENT_KIND,
	EVENT_WHO,
	EVENT_WHEN,
	EVENT_REASON,
	EVENT_EXPIRY,
	EVENT_COLUMNS
};

/* A patch was tried out; image is what it was tried on. */
enum test_column {
	TEST_HOST,
	TEST_PACKAGE,
	TEST_VERSION,
	TEST_OUTCOME,
	TEST_WHO,
	TEST_WHEN,
	TEST_REASON,
	TEST_EXPIRY,
	TEST_IMAGE,
	TEST_COLUMNS
};

enum backup_column {
	BACKUP_HOST,
	BACKUP_KIND,
	BACKUP_WHO,
	BACKUP_WHEN,
	BACKUP_RESTORED,
	BACKUP_REASON,
	BACKUP_EXPIRY,
	BACKUP_COLUMNS
};

/* A patch is let through to a channel; patch is the digest of what it does. */
enum promote_column {
	PROMOTE_PATCH,
	PROMOTE_CHANNEL,
	PROMOTE_PACKAGE,
	PROMOTE_VERSION,
	PROMOTE_WHO,
	PROMOTE_WHEN,
	PROMOTE_REASON,
	PROMOTE_EXPIRY,
	PROMOTE_COLUMNS
};

/* What somebody may do, for the hosts of a scope. */
enum actor_column {
	ACTOR_WHO,
	ACTOR_ROLE,
	ACTOR_SCOPE,
	ACTOR_CONTACT,
	ACTOR_EXPIRY,
	ACTOR_COLUMNS
};

/* An application on a host, and who verifies that it works. */
enum app_column {
	APP_APP,
	APP_HOST,
	APP_TIER,
	APP_OWNER,
	APP_VERIFIER,
	APP_VERSION,
	APP_COLUMNS
};

/* Who stands by, from when until when. */
enum roster_column {
	ROSTER_WHO,
	ROSTER_START,
	ROSTER_END,
	ROSTER_CONTACT,
	ROSTER_COLUMNS
};

/* Hosts that first names are done before those that then names. */
enum order_column { ORDER_FIRST, ORDER_THEN, ORDER_REASON, ORDER_COLUMNS };

/* Of the hosts of a group, at most this many are worked on at once. */
enum quorum_column {
	QUORUM_GROUP,
	QUORUM_LIMIT,
	QUORUM_REASON,
	QUORUM_COLUMNS
};

/* Evidence that a plan wants and does not have; effect: blocks or passes. */
enum gate_column {
	GATE_HOST,
	GATE_GATE,
	GATE_SUBJECT,
	GATE_EXPECTED,
	GATE_ACTUAL,
	GATE_EFFECT,
	GATE_COLUMNS
};

/*
 * One action of the plan.  state: planned, or the reason class why a need is
 * not patched: waived, mitigated, accepted, deferred, blocked.  bytes are those
 * to be downloaded, seconds the time that the step is given; backout is the
 * version to go back to, or unavailable.  requires is the evidence without which
 * it must not begin.  growth is what an installation
 * takes of the disk for good, auto says of what others need whether it is new on
 * the host, and so to be marked as installed for them.
 */
enum step_column {
	STEP_PLAN,
	STEP_STEP,
	STEP_WAVE,
	STEP_HOST,
	STEP_ACTION,
	STEP_PACKAGE,
	STEP_FROM,
	STEP_TO,
	STEP_START,
	STEP_END,
	STEP_MODE,
	STEP_AFTER,
	STEP_STATE,
	STEP_REASON,
	STEP_OWNER,
	STEP_TESTER,
	STEP_RING,
	STEP_BYTES,
	STEP_SECONDS,
	STEP_BACKOUT,
	STEP_REQUIRES,
	STEP_GROWTH,
	STEP_AUTO,
	STEP_ROLE,
	STEP_LIMITS,
	STEP_COLUMNS
};

/* What became of a step; pm-apply(1), the journal. */
enum done_column {
	DONE_PLAN,
	DONE_STEP,
	DONE_HOST,
	DONE_ACTION,
	DONE_PACKAGE,
	DONE_FROM,
	DONE_TO,
	DONE_TRY,
	DONE_STARTED,
	DONE_ENDED,
	DONE_OUTCOME,
	DONE_RC,
	DONE_DETAIL,
	DONE_COLUMNS
};

/* A verdict after looking again; plan is the one that was verified. */
enum check_column {
	CHECK_HOST,
	CHECK_KIND,
	CHECK_SUBJECT,
	CHECK_EXPECTED,
	CHECK_ACTUAL,
	CHECK_VERDICT,
	CHECK_DUE,
	CHECK_DETAIL,
	CHECK_PLAN,
	CHECK_COLUMNS
};

/* A malformed line that --skip-bad let pass. */
enum reject_column {
	REJECT_FILE,
	REJECT_LINE,
	REJECT_COLUMN,
	REJECT_REASON,
	REJECT_TEXT,
	REJECT_COLUMNS
};

/* What a baseline asks of hosts, pm-baseline(5). */
enum baseline_column {
	BASELINE_RULE,
	BASELINE_TITLE,
	BASELINE_APPLIES,
	BASELINE_FACT,
	BASELINE_TEST,
	BASELINE_VALUE,
	BASELINE_WEIGHT,
	BASELINE_CHANNEL,
	BASELINE_REMEDY,
	BASELINE_REFERENCE,
	BASELINE_WHY,
	BASELINE_COLUMNS
};

/* What hosts are wanted to be like, pm-baseline(5). */
enum want_column {
	WANT_APPLIES,
	WANT_KIND,
	WANT_SUBJECT,
	WANT_VALUE,
	WANT_CHANNEL,
	WANT_REMEDY,
	WANT_REASON,
	WANT_COLUMNS
};

/* A command that would make a host pass a rule of a baseline. */
enum remedy_column {
	REMEDY_HOST,
	REMEDY_RULE,
	REMEDY_FOUND,
	REMEDY_COMMAND,
	REMEDY_WEIGHT,
	REMEDY_CHANNEL,
	REMEDY_TITLE,
	REMEDY_COLUMNS
};

enum { SCHEMA_COLUMNS_MAX = 48 };

struct schema {
	struct span name;	    /* "host" */
	const char *const *columns; /* names, in the default order */
	unsigned count;		    /* all of them */
	unsigned first;		    /* how many a record starts with */
};

/* The schema of a known type. */
const struct schema *schema_of(enum record_type type);

/* The type with this name, RECORD_OTHER when there is none. */
enum record_type schema_find(struct span name);

#endif
