/*
 * The columns of policy.  One table for the whole suite, so that a mistyped
 * name or word is found by whichever program reads the policy first.
 */
#include "rules.h"

const char *const rule_host_columns[HOST_COLUMNS] = {
    [HOST_HOST] = "host",
    [HOST_CLASS] = "device",
    [HOST_ADDR] = "addr",
    [HOST_MAC] = "mac",
    [HOST_OS] = "os",
    [HOST_RELEASE] = "release",
    [HOST_ARCH] = "arch",
    [HOST_KERNEL] = "kernel",
    [HOST_BOOT_ID] = "boot_id",
    [HOST_HARDWARE] = "hardware",
    [HOST_ROLE] = "role",
    [HOST_SITE] = "site",
    [HOST_TIER] = "tier",
    [HOST_EXPOSED] = "exposed",
    [HOST_ENV] = "env",
    [HOST_OWNER] = "owner",
    [HOST_APP_OWNER] = "app_owner",
    [HOST_CONTACT] = "contact",
    [HOST_AFTER_HOURS] = "after_hours",
    [HOST_GROUP] = "group",
    [HOST_CHANNEL] = "channel",
    [HOST_WINDOW] = "window",
    [HOST_RING] = "ring",
    [HOST_STATE] = "host_state",
    [HOST_SOURCE] = "source",
    [HOST_SEEN] = "seen",
    [HOST_MISSION_ROLE] = "mission_role",
    [HOST_DOWNTIME_IMPACT] = "downtime_impact",
    [HOST_RECOVERY_EFFORT] = "recovery_effort",
    [HOST_LINK] = "link",
    [HOST_HYPERVISOR] = "hypervisor",
    [HOST_DATA_VOLUME] = "data_volume",
    [HOST_PROCEDURE] = "procedure",
    [HOST_DISASTER_RECOVERY] = "disaster_recovery",
    [HOST_HEALTH] = "health",
    [HOST_ROLLBACK] = "rollback",
};

const char *const rule_need_columns[NEED_COLUMNS] = {
    [NEED_HOST] = "host",
    [NEED_PACKAGE] = "package",
    [NEED_INSTALLED] = "installed",
    [NEED_FIXED] = "fixed",
    [NEED_ADV] = "adv",
    [NEED_CVES] = "cves",
    [NEED_STATE] = "state",
    [NEED_SEVERITY] = "severity",
    [NEED_KIND] = "kind",
    [NEED_CONFIDENCE] = "confidence",
    [NEED_WHY] = "why",
    [NEED_SOURCE] = "source_package",
    [NEED_PUBLISHED] = "published",
    [NEED_CVSS] = "cvss",
    [NEED_EPSS] = "epss",
    [NEED_EPSS_PERCENTILE] = "epss_percentile",
    [NEED_KEV] = "kev",
    [NEED_EXPLOIT] = "exploit",
    [NEED_AUTOMATABLE] = "automatable",
    [NEED_IMPACT] = "impact",
    [NEED_EXPOSED] = "exposed",
    [NEED_RISK] = "risk",
    [NEED_PATCH_RISK] = "patch_risk",
    [NEED_CLASS] = "class",
    [NEED_PRIORITY] = "priority",
    [NEED_DECISION] = "decision",
    [NEED_DUE] = "due",
    [NEED_POLICY] = "policy_lines",
    [NEED_FIRST_SEEN] = "first_seen",
    [NEED_CLOSURE] = "closure",
    [NEED_RISK_PER_MINUTE] = "risk_per_minute",
};

static const struct rule_column table[] = {
    /* observed of a host */
    {"host", RULE_TEXT, false, NULL},
    {"device", RULE_TEXT, false, NULL},
    {"addr", RULE_LIST, false, NULL},
    {"mac", RULE_LIST, false, NULL},
    {"os", RULE_TEXT, false, NULL},
    {"release", RULE_TEXT, false, NULL},
    {"arch", RULE_TEXT, false, NULL},
    {"kernel", RULE_TEXT, false, NULL},
    {"boot_id", RULE_TEXT, false, NULL},
    {"hardware", RULE_TEXT, false, NULL},
    {"contact", RULE_TEXT, false, NULL},
    {"after_hours", RULE_TEXT, false, NULL},
    {"host_state", RULE_TEXT, false, NULL},
    {"source", RULE_TEXT, false, NULL},
    {"seen", RULE_TEXT, false, NULL},
    {"procedure", RULE_TEXT, false, NULL},
    {"disaster_recovery", RULE_TEXT, false, NULL},

    /* decided of a host, pm-score(1) */
    {"role", RULE_TEXT, true, NULL},
    {"site", RULE_TEXT, true, NULL},
    {"mission_role", RULE_CHOICE, true, "essential,important,supporting"},
    {"downtime_impact", RULE_CHOICE, true, "high,medium,low"},
    {"recovery_effort", RULE_CHOICE, true, "high,medium,low"},
    {"tier", RULE_CHOICE, true, "mission,business,operational"},
    {"exposed", RULE_CHOICE, true, "internet,internal,local,none"},
    {"env", RULE_TEXT, true, NULL},
    {"owner", RULE_TEXT, true, NULL},
    {"app_owner", RULE_TEXT, true, NULL},
    {"group", RULE_LIST, true, NULL},
    {"channel", RULE_LIST, true, NULL},
    {"window", RULE_TEXT, true, NULL},
    {"ring", RULE_CHOICE, true, "test,pilot,broad"},
    {"health", RULE_LIST, true, NULL},
    {"rollback", RULE_CHOICE, true, "yes,no"},

    /* observed of a need, or computed */
    {"package", RULE_TEXT, false, NULL},
    {"installed", RULE_TEXT, false, NULL},
    {"fixed", RULE_TEXT, false, NULL},
    {"adv", RULE_LIST, false, NULL},
    {"cves", RULE_LIST, false, NULL},
    {"state", RULE_TEXT, false, NULL},
    {"severity", RULE_TEXT, false, NULL},
    {"kind", RULE_CHOICE, false, "security,update,release"},
    {"confidence", RULE_TEXT, false, NULL},
    {"why", RULE_TEXT, false, NULL},
    {"source_package", RULE_TEXT, false, NULL},
    {"published", RULE_TEXT, false, NULL},
    {"cvss", RULE_TEXT, false, NULL},
    {"epss", RULE_TEXT, false, NULL},
    {"epss_percentile", RULE_TEXT, false, NULL},
    {"kev", RULE_CHOICE, false, "yes,no"},
    {"exploit", RULE_CHOICE, false, "none,poc,weaponized,active"},
    {"automatable", RULE_CHOICE, false, "yes,no"},
    {"impact", RULE_CHOICE, false, "partial,total"},
    {"risk", RULE_TEXT, false, NULL},
    {"patch_risk", RULE_TEXT, false, NULL},
    {"patching_riskier", RULE_CHOICE, false, "yes,no"},
    {"policy_lines", RULE_LIST, false, NULL},
    {"first_seen", RULE_TEXT, false, NULL},
    {"closure", RULE_TEXT, false, NULL},
    {"risk_per_minute", RULE_TEXT, false, NULL},

    /* decided of a need, pm-score(1) */
    {"class", RULE_CHOICE, true, "critical,useful,unnecessary"},
    {"exploitation", RULE_CHOICE, true, "none,poc,active"},
    {"human_impact", RULE_CHOICE, true, "low,medium,high,very-high"},
    {"priority", RULE_TEXT, true, NULL},
    {"decision", RULE_CHOICE, true, "patch,emergency,mitigate,accept,defer"},
    {"due", RULE_DURATION, true, NULL},
    {"min_age", RULE_DURATION, true, NULL},

    /* decided of a plan, pm-plan(1) */
    {"mode", RULE_CHOICE, true,
	"unattended,attended,pull,pull-download,pull-notify"},
    {"soak", RULE_DURATION, true, NULL},
    {"wave_size", RULE_SHARE, true, NULL},
    {"site_limit", RULE_SHARE, true, NULL},
    {"link_limit", RULE_SHARE, true, NULL},
    {"hypervisor_limit", RULE_SHARE, true, NULL},
    {"jobs", RULE_NUMBER, true, NULL},
    {"freeze", RULE_TEXT, true, NULL},
    {"off_hours", RULE_TEXT, true, NULL},
    {"restart", RULE_TEXT, true, NULL},
    {"actions", RULE_LIST, true,
	"evidence,silence,backup,snapshot,recovery,unsilence"},
    {"download", RULE_CHOICE, true, "before,within"},
    {"link", RULE_NUMBER, true, NULL},
    {"hypervisor", RULE_TEXT, true, NULL},
    {"data_volume", RULE_NUMBER, true, NULL},
    {"action_time", RULE_DURATION, true, NULL},
    {"backup_time", RULE_DURATION, true, NULL},
    {"install_time", RULE_DURATION, true, NULL},
    {"restart_time", RULE_DURATION, true, NULL},
    {"reboot_time", RULE_DURATION, true, NULL},
    {"check_time", RULE_DURATION, true, NULL},
    {"restore_time", RULE_DURATION, true, NULL},
    {"lead", RULE_TEXT, true, NULL},
    {"owner_required", RULE_CHOICE, true, "yes,no"},
    {"gates", RULE_LIST, true,
	"actors,author,backup,document,event,none,owners,promotion,restore,"
	"ring,signature,test,test-host,verifier"},
    {"backup_age", RULE_DURATION, true, NULL},
    {"restore_age", RULE_DURATION, true, NULL},
    {"image_age", RULE_DURATION, true, NULL},
    {"allow_remove", RULE_LIST, true, NULL},
    {"backout", RULE_CHOICE, true, "required,optional"},
};

/* Short words; what they stand for, the first when they are assigned. */
static const struct {
	const char *column, *word, *meaning;
} synonyms[] = {
    {"exposed", "yes", "internet"},
    {"exposed", "no", "internal,local,none"},
};

struct span
rules_meaning(const struct rule_column *column, struct span word)
{
	for (size_t i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++)
		if (strcmp(synonyms[i].column, column->name) == 0 &&
		    span_is(word, synonyms[i].word))
			return span_of(synonyms[i].meaning);
	return word;
}

const struct rule_column *
rules_column(struct span name)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (span_is(name, table[i].name))
			return &table[i];
	return NULL;
}

bool
rules_known_column(struct span name)
{
	return rules_column(name) != NULL;
}
