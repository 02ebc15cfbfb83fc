#include "schema.h"

#define COUNT(array) (unsigned)(sizeof(array) / sizeof((array)[0]))
#define COLUMNS(type) static const char *const type##_columns[]

COLUMNS(host) = {"host", "class", "addr", "mac", "os", "release", "arch",
    "kernel", "boot_id", "hardware", "role", "site", "tier", "exposed", "env",
    "owner", "app_owner", "contact", "after_hours", "group", "channel",
    "window", "ring", "state", "source", "seen", "mission_role",
    "downtime_impact", "recovery_effort", "link", "hypervisor", "data_volume",
    "procedure", "disaster_recovery", "health", "rollback"};
COLUMNS(pkg) = {"host", "package", "version", "arch", "source",
    "source_version", "origin", "auto", "state", "module"};
COLUMNS(svc) = {
    "host", "proto", "addr", "port", "process", "package", "unit", "state"};
COLUMNS(allow) = {"firewall", "path", "chain", "rule", "source", "destination",
    "proto", "port", "action", "condition", "origin"};
COLUMNS(fact) = {"host", "key", "value"};
COLUMNS(feed) = {"feed", "os", "release", "records", "date", "sha256", "kind",
    "origin", "suite"};
COLUMNS(adv) = {"adv", "os", "release", "arch", "by", "package", "introduced",
    "fixed", "state", "severity", "published", "cves", "supersedes", "requires",
    "reboot", "title", "url", "feed", "kind", "source", "source_version",
    "last_affected", "priority"};
COLUMNS(cve) = {"cve", "vector", "cvss", "epss", "kev_added", "exploit",
    "automatable", "impact", "published", "epss_percentile"};
COLUMNS(need) = {"host", "package", "installed", "fixed", "adv", "cves",
    "state", "severity", "kind", "confidence", "why", "source", "published",
    "cvss", "epss", "epss_percentile", "kev", "exploit", "automatable",
    "impact", "exposed", "risk", "patch_risk", "class", "priority", "decision",
    "due", "policy", "first_seen", "closure", "risk_per_minute"};
COLUMNS(cover) = {"host", "feed", "verdict", "detail"};
COLUMNS(waive) = {
    "host", "package", "cve", "decision", "who", "when", "reason", "expiry"};
COLUMNS(approve) = {
    "plan", "scope", "who", "role", "when", "reason", "expiry", "signature"};
COLUMNS(event) = {
    "host", "package", "version", "kind", "who", "when", "reason", "expiry"};
COLUMNS(test) = {"host", "package", "version", "outcome", "who", "when",
    "reason", "expiry", "image"};
COLUMNS(backup) = {
    "host", "kind", "who", "when", "restored", "reason", "expiry"};
COLUMNS(promote) = {"patch", "channel", "package", "version", "who", "when",
    "reason", "expiry"};
COLUMNS(actor) = {"who", "role", "scope", "contact", "expiry"};
COLUMNS(app) = {"app", "host", "tier", "owner", "verifier", "version"};
COLUMNS(roster) = {"who", "start", "end", "contact"};
COLUMNS(order) = {"first", "then", "reason"};
COLUMNS(quorum) = {"group", "limit", "reason"};
COLUMNS(gate) = {"host", "gate", "subject", "expected", "actual", "effect"};
COLUMNS(step) = {"plan", "step", "wave", "host", "action", "package", "from",
    "to", "start", "end", "mode", "after", "state", "reason", "owner", "tester",
    "ring", "bytes", "seconds", "backout", "requires", "growth", "auto", "role",
    "limits"};
COLUMNS(done) = {"plan", "step", "host", "action", "package", "from", "to",
    "try", "started", "ended", "outcome", "rc", "detail"};
COLUMNS(check) = {"host", "kind", "subject", "expected", "actual", "verdict",
    "due", "detail", "plan"};
COLUMNS(rule) = {"rule", "title", "applies", "fact", "test", "value", "weight",
    "channel", "remedy", "reference", "why"};
COLUMNS(want) = {
    "applies", "kind", "subject", "value", "channel", "remedy", "reason"};
COLUMNS(remedy) = {
    "host", "rule", "found", "command", "weight", "channel", "title"};
COLUMNS(reject) = {"file", "line", "column", "reason", "text"};

#define SCHEMA(type)                                             \
	{                                                        \
		{#type, sizeof(#type) - 1}, type##_columns,      \
		    COUNT(type##_columns), COUNT(type##_columns) \
	}

static const struct schema schemas[RECORD_TYPES] = {
    [RECORD_HOST] = {{"host", 4}, host_columns, COUNT(host_columns),
	HOST_MISSION_ROLE},
    [RECORD_PKG] = {{"pkg", 3}, pkg_columns, COUNT(pkg_columns), PKG_MODULE},
    [RECORD_SVC] = SCHEMA(svc),
    [RECORD_ALLOW] = SCHEMA(allow),
    [RECORD_FACT] = SCHEMA(fact),
    [RECORD_FEED] = SCHEMA(feed),
    [RECORD_ADV] = {{"adv", 3}, adv_columns, COUNT(adv_columns), ADV_PRIORITY},
    [RECORD_CVE] = {{"cve", 3}, cve_columns, COUNT(cve_columns),
	CVE_EPSS_PERCENTILE},
    [RECORD_NEED] = {{"need", 4}, need_columns, COUNT(need_columns), NEED_CVSS},
    [RECORD_COVER] = SCHEMA(cover),
    [RECORD_WAIVE] = SCHEMA(waive),
    [RECORD_APPROVE] = {{"approve", 7}, approve_columns, COUNT(approve_columns),
	APPROVE_SIGNATURE},
    [RECORD_EVENT] = SCHEMA(event),
    [RECORD_TEST] = {{"test", 4}, test_columns, COUNT(test_columns),
	TEST_IMAGE},
    [RECORD_BACKUP] = SCHEMA(backup),
    [RECORD_PROMOTE] = SCHEMA(promote),
    [RECORD_ACTOR] = SCHEMA(actor),
    [RECORD_APP] = SCHEMA(app),
    [RECORD_ROSTER] = SCHEMA(roster),
    [RECORD_ORDER] = SCHEMA(order),
    [RECORD_QUORUM] = SCHEMA(quorum),
    [RECORD_GATE] = SCHEMA(gate),
    [RECORD_STEP] = {{"step", 4}, step_columns, COUNT(step_columns), STEP_RING},
    [RECORD_DONE] = SCHEMA(done),
    [RECORD_CHECK] = {{"check", 5}, check_columns, COUNT(check_columns),
	CHECK_PLAN},
    [RECORD_REJECT] = SCHEMA(reject),
    [RECORD_RULE] = SCHEMA(rule),
    [RECORD_WANT] = SCHEMA(want),
    [RECORD_REMEDY] = SCHEMA(remedy),
};

_Static_assert(COUNT(host_columns) == HOST_COLUMNS, "host columns");
_Static_assert(COUNT(pkg_columns) == PKG_COLUMNS, "pkg columns");
_Static_assert(COUNT(svc_columns) == SVC_COLUMNS, "svc columns");
_Static_assert(COUNT(allow_columns) == ALLOW_COLUMNS, "allow columns");
_Static_assert(COUNT(fact_columns) == FACT_COLUMNS, "fact columns");
_Static_assert(COUNT(feed_columns) == FEED_COLUMNS, "feed columns");
_Static_assert(COUNT(adv_columns) == ADV_COLUMNS, "adv columns");
_Static_assert(COUNT(cve_columns) == CVE_COLUMNS, "cve columns");
_Static_assert(COUNT(need_columns) == NEED_COLUMNS, "need columns");
_Static_assert(COUNT(cover_columns) == COVER_COLUMNS, "cover columns");
_Static_assert(COUNT(waive_columns) == WAIVE_COLUMNS, "waive columns");
_Static_assert(COUNT(approve_columns) == APPROVE_COLUMNS, "approve columns");
_Static_assert(COUNT(event_columns) == EVENT_COLUMNS, "event columns");
_Static_assert(COUNT(test_columns) == TEST_COLUMNS, "test columns");
_Static_assert(COUNT(backup_columns) == BACKUP_COLUMNS, "backup columns");
_Static_assert(COUNT(promote_columns) == PROMOTE_COLUMNS, "promote columns");
_Static_assert(COUNT(actor_columns) == ACTOR_COLUMNS, "actor columns");
_Static_assert(COUNT(app_columns) == APP_COLUMNS, "app columns");
_Static_assert(COUNT(roster_columns) == ROSTER_COLUMNS, "roster columns");
_Static_assert(COUNT(order_columns) == ORDER_COLUMNS, "order columns");
_Static_assert(COUNT(quorum_columns) == QUORUM_COLUMNS, "quorum columns");
_Static_assert(COUNT(gate_columns) == GATE_COLUMNS, "gate columns");
_Static_assert(COUNT(step_columns) == STEP_COLUMNS, "step columns");
_Static_assert(COUNT(done_columns) == DONE_COLUMNS, "done columns");
_Static_assert(COUNT(check_columns) == CHECK_COLUMNS, "check columns");
_Static_assert(COUNT(rule_columns) == BASELINE_COLUMNS, "rule columns");
_Static_assert(COUNT(want_columns) == WANT_COLUMNS, "want columns");
_Static_assert(COUNT(remedy_columns) == REMEDY_COLUMNS, "remedy columns");
_Static_assert(COUNT(reject_columns) == REJECT_COLUMNS, "reject columns");

const struct schema *
schema_of(enum record_type type)
{
	return &schemas[type];
}

enum record_type
schema_find(struct span name)
{
	for (unsigned type = RECORD_OTHER + 1; type < RECORD_TYPES; type++)
		if (span_equal(schemas[type].name, name))
			return (enum record_type)type;
	return RECORD_OTHER;
}
