/* What evidence is once it is read; the functions are those of evidence.h. */
#ifndef PM_EVIDENCE_MODEL_H
#define PM_EVIDENCE_MODEL_H

#include "approval.h"
#include "intern.h"

/* Columns of a host record that answers need. */
enum evidence_host_value {
	KEPT_CLASS,
	KEPT_OS,
	KEPT_RELEASE,
	KEPT_ROLE,
	KEPT_TIER,
	KEPT_ENV,
	KEPT_RING,
	KEPT_GROUP,
	KEPT_CHANNEL,
	KEPT_OWNER,
	KEPT_APP_OWNER,
	KEPT_CONTACT,
	KEPT_AFTER_HOURS,
	KEPT_PROCEDURE,
	KEPT_DISASTER_RECOVERY,
	KEPT_VALUES
};

/* Numbers are those of interned values. */
struct evidence_host {
	uint32_t name;
	uint32_t value[KEPT_VALUES];
};

struct evidence_test {
	struct span host, package, version, who, image;
	bool passed;
	int64_t when, expiry;
};

struct evidence_backup {
	struct span host, kind;
	int64_t when;
	int64_t restored; /* INT64_MIN: never */
	int64_t expiry;
};

struct evidence_event {
	struct span host, package, version, kind;
	int64_t when, expiry;
};

struct evidence_promotion {
	struct span patch, channel, who;
	int64_t when, expiry;
};

struct evidence_app {
	struct span app, host, tier, verifier;
};

/* Of decision skip-test. */
struct evidence_waiver {
	struct span host, package, cves, who;
	int64_t expiry;
};

/* Zero-initialise to make an empty one. */
struct evidence {
	struct intern names;
	struct evidence_host *hosts;
	size_t host_count, host_capacity;
	struct hash_table by_host;
	struct evidence_test *tests;
	size_t test_count, test_capacity;
	struct hash_table tests_by_patch;
	struct evidence_backup *backups;
	size_t backup_count, backup_capacity;
	struct hash_table backups_by_host;
	struct evidence_event *events;
	size_t event_count, event_capacity;
	struct hash_table events_by_package;
	struct evidence_promotion *promotions;
	size_t promotion_count, promotion_capacity;
	struct hash_table promotions_by_patch;
	struct evidence_app *apps;
	size_t app_count, app_capacity;
	struct hash_table apps_by_host, apps_by_name;
	struct evidence_waiver *waivers;
	size_t waiver_count, waiver_capacity;
	struct actor *actors;
	size_t actor_count, actor_capacity;
	bool actors_dropped; /* there were some that do not count */
};

/* The host's record, or NULL. */
const struct evidence_host *evidence_find(
    const struct evidence *evidence, struct span host);

static inline struct span
evidence_value(const struct evidence *evidence,
    const struct evidence_host *host, enum evidence_host_value value)
{
	return host == NULL ? SPAN("-")
			    : intern_span(&evidence->names, host->value[value]);
}

#endif
