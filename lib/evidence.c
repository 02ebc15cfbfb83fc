#include "evidence.h"

#include "input.h"
#include "timestamp.h"

const char *const gate_names[GATES] = {
    [GATE_OF_ACTORS] = "actors",
    [GATE_OF_AUTHOR] = "author",
    [GATE_OF_BACKUP] = "backup",
    [GATE_OF_DOCUMENT] = "document",
    [GATE_OF_EVENT] = "event",
    [GATE_OF_OWNERS] = "owners",
    [GATE_OF_PROMOTION] = "promotion",
    [GATE_OF_RESTORE] = "restore",
    [GATE_OF_RING] = "ring",
    [GATE_OF_SIGNATURE] = "signature",
    [GATE_OF_TEST] = "test",
    [GATE_OF_TEST_HOST] = "test-host",
    [GATE_OF_VERIFIER] = "verifier",
};

static const enum host_column kept_columns[KEPT_VALUES] = {
    [KEPT_CLASS] = HOST_CLASS,
    [KEPT_OS] = HOST_OS,
    [KEPT_RELEASE] = HOST_RELEASE,
    [KEPT_ROLE] = HOST_ROLE,
    [KEPT_TIER] = HOST_TIER,
    [KEPT_ENV] = HOST_ENV,
    [KEPT_RING] = HOST_RING,
    [KEPT_GROUP] = HOST_GROUP,
    [KEPT_CHANNEL] = HOST_CHANNEL,
    [KEPT_OWNER] = HOST_OWNER,
    [KEPT_APP_OWNER] = HOST_APP_OWNER,
    [KEPT_CONTACT] = HOST_CONTACT,
    [KEPT_AFTER_HOURS] = HOST_AFTER_HOURS,
    [KEPT_PROCEDURE] = HOST_PROCEDURE,
    [KEPT_DISASTER_RECOVERY] = HOST_DISASTER_RECOVERY,
};

/* ---- reading */

static struct span
keep(struct evidence *evidence, const struct record *record, unsigned column)
{
	return intern_span(&evidence->names,
	    intern_add(&evidence->names, record_get(record, column)));
}

/* A time, or `otherwise` where there is none. */
static int64_t
time_of(const struct record *record, unsigned column, int64_t otherwise)
{
	struct span text = record_get(record, column);
	int64_t time;

	if (span_absent(text))
		return otherwise;
	if (!timestamp_parse(text, &time))
		die(PM_EXIT_DATA, "%s: %s '%.*s' of a %.*s record is no time",
		    record_where(record),
		    schema_of(record_type(record))->columns[column],
		    SPAN_ARG(text),
		    SPAN_ARG(schema_of(record_type(record))->name));
	return time;
}

/* The same where it must be given. */
static int64_t
required_time(const struct record *record, unsigned column)
{
	if (span_absent(record_get(record, column)))
		die(PM_EXIT_DATA, "%s: a %.*s record without %s",
		    record_where(record),
		    SPAN_ARG(schema_of(record_type(record))->name),
		    schema_of(record_type(record))->columns[column]);
	return time_of(record, column, 0);
}

static void
read_host(struct evidence *evidence, const struct record *record)
{
	struct span name = record_get(record, HOST_HOST);
	struct evidence_host *host;

	evidence->hosts = memory_grow(evidence->hosts, &evidence->host_capacity,
	    evidence->host_count + 1, sizeof(*host));
	host = &evidence->hosts[evidence->host_count];
	host->name = intern_add(&evidence->names, name);
	for (unsigned i = 0; i < KEPT_VALUES; i++)
		host->value[i] = intern_add(&evidence->names,
		    record_get(record, (unsigned)kept_columns[i]));
	hash_insert(&evidence->by_host, hash_span(name),
	    (uint32_t)evidence->host_count++);
}

static void
read_test(struct evidence *evidence, const struct record *record)
{
	struct span outcome = record_get(record, TEST_OUTCOME);
	struct evidence_test *test;

	if (!span_is(outcome, "passed") && !span_is(outcome, "failed"))
		die(PM_EXIT_DATA,
		    "%s: outcome '%.*s' of a test is neither passed nor failed",
		    record_where(record), SPAN_ARG(outcome));
	evidence->tests = memory_grow(evidence->tests, &evidence->test_capacity,
	    evidence->test_count + 1, sizeof(*test));
	test = &evidence->tests[evidence->test_count];
	*test = (struct evidence_test){
	    .host = keep(evidence, record, TEST_HOST),
	    .package = keep(evidence, record, TEST_PACKAGE),
	    .version = keep(evidence, record, TEST_VERSION),
	    .who = keep(evidence, record, TEST_WHO),
	    .image = keep(evidence, record, TEST_IMAGE),
	    .passed = span_is(outcome, "passed"),
	    .when = required_time(record, TEST_WHEN),
	    .expiry = time_of(record, TEST_EXPIRY, INT64_MAX),
	};
	hash_insert(&evidence->tests_by_patch,
	    hash_mix(hash_span(test->package), hash_span(test->version)),
	    (uint32_t)evidence->test_count++);
}

static void
read_backup(struct evidence *evidence, const struct record *record)
{
	struct evidence_backup *backup;

	evidence->backups = memory_grow(evidence->backups,
	    &evidence->backup_capacity, evidence->backup_count + 1,
	    sizeof(*backup));
	backup = &evidence->backups[evidence->backup_count];
	*backup = (struct evidence_backup){
	    .host = keep(evidence, record, BACKUP_HOST),
	    .kind = keep(evidence, record, BACKUP_KIND),
	    .when = required_time(record, BACKUP_WHEN),
	    .restored = time_of(record, BACKUP_RESTORED, INT64_MIN),
	    .expiry = time_of(record, BACKUP_EXPIRY, INT64_MAX),
	};
	hash_insert(&evidence->backups_by_host, hash_span(backup->host),
	    (uint32_t)evidence->backup_count++);
}

/* Only what went wrong because of a patch. */
static void
read_event(struct evidence *evidence, const struct record *record)
{
	struct span kind = record_get(record, EVENT_KIND);
	struct evidence_event *event;

	if (!span_is(kind, "failed") && !span_is(kind, "regression") &&
	    !span_is(kind, "rolled-back"))
		return;
	evidence->events = memory_grow(evidence->events,
	    &evidence->event_capacity, evidence->event_count + 1,
	    sizeof(*event));
	event = &evidence->events[evidence->event_count];
	*event = (struct evidence_event){
	    .host = keep(evidence, record, EVENT_HOST),
	    .package = keep(evidence, record, EVENT_PACKAGE),
	    .version = keep(evidence, record, EVENT_VERSION),
	    .kind = keep(evidence, record, EVENT_KIND),
	    .when = time_of(record, EVENT_WHEN, INT64_MIN + 1),
	    .expiry = time_of(record, EVENT_EXPIRY, INT64_MAX),
	};
	hash_insert(&evidence->events_by_package, hash_span(event->package),
	    (uint32_t)evidence->event_count++);
}

static void
read_promotion(struct evidence *evidence, const struct record *record)
{
	struct evidence_promotion *promotion;

	evidence->promotions = memory_grow(evidence->promotions,
	    &evidence->promotion_capacity, evidence->promotion_count + 1,
	    sizeof(*promotion));
	promotion = &evidence->promotions[evidence->promotion_count];
	*promotion = (struct evidence_promotion){
	    .patch = keep(evidence, record, PROMOTE_PATCH),
	    .channel = keep(evidence, record, PROMOTE_CHANNEL),
	    .who = keep(evidence, record, PROMOTE_WHO),
	    .when = required_time(record, PROMOTE_WHEN),
	    .expiry = time_of(record, PROMOTE_EXPIRY, INT64_MAX),
	};
	hash_insert(&evidence->promotions_by_patch, hash_span(promotion->patch),
	    (uint32_t)evidence->promotion_count++);
}

static void
read_app(struct evidence *evidence, const struct record *record)
{
	struct evidence_app *app;

	evidence->apps = memory_grow(evidence->apps, &evidence->app_capacity,
	    evidence->app_count + 1, sizeof(*app));
	app = &evidence->apps[evidence->app_count];
	*app = (struct evidence_app){
	    .app = keep(evidence, record, APP_APP),
	    .host = keep(evidence, record, APP_HOST),
	    .tier = keep(evidence, record, APP_TIER),
	    .verifier = keep(evidence, record, APP_VERIFIER),
	};
	hash_insert(&evidence->apps_by_host, hash_span(app->host),
	    (uint32_t)evidence->app_count);
	hash_insert(&evidence->apps_by_name, hash_span(app->app),
	    (uint32_t)evidence->app_count++);
}

static void
read_waiver(struct evidence *evidence, const struct record *record)
{
	struct evidence_waiver *waiver;

	if (!span_is(record_get(record, WAIVE_DECISION), "skip-test"))
		return;
	evidence->waivers = memory_grow(evidence->waivers,
	    &evidence->waiver_capacity, evidence->waiver_count + 1,
	    sizeof(*waiver));
	waiver = &evidence->waivers[evidence->waiver_count++];
	*waiver = (struct evidence_waiver){
	    .host = keep(evidence, record, WAIVE_HOST),
	    .package = keep(evidence, record, WAIVE_PACKAGE),
	    .cves = keep(evidence, record, WAIVE_CVE),
	    .who = keep(evidence, record, WAIVE_WHO),
	    .expiry = required_time(record, WAIVE_EXPIRY),
	};
	if (span_absent(waiver->who))
		die(PM_EXIT_DATA,
		    "%s: a waiver of a test without who; somebody must answer "
		    "for it",
		    record_where(record));
}

static void
read_actor(struct evidence *evidence, const struct record *record)
{
	evidence->actors = memory_grow(evidence->actors,
	    &evidence->actor_capacity, evidence->actor_count + 1,
	    sizeof(*evidence->actors));
	evidence->actors[evidence->actor_count++] = (struct actor){
	    .who = keep(evidence, record, ACTOR_WHO),
	    .role = keep(evidence, record, ACTOR_ROLE),
	    .scope = keep(evidence, record, ACTOR_SCOPE),
	    .expiry = time_of(record, ACTOR_EXPIRY, INT64_MAX),
	};
}

void
evidence_read(struct evidence *evidence, const struct record *record)
{
	switch (record_type(record)) {
	case RECORD_HOST:
		read_host(evidence, record);
		break;
	case RECORD_TEST:
		read_test(evidence, record);
		break;
	case RECORD_BACKUP:
		read_backup(evidence, record);
		break;
	case RECORD_EVENT:
		read_event(evidence, record);
		break;
	case RECORD_PROMOTE:
		read_promotion(evidence, record);
		break;
	case RECORD_APP:
		read_app(evidence, record);
		break;
	case RECORD_WAIVE:
		read_waiver(evidence, record);
		break;
	case RECORD_ACTOR:
		read_actor(evidence, record);
		break;
	default:
		break;
	}
}

bool
evidence_read_unsigned(struct evidence *evidence, const struct record *record)
{
	switch (record_type(record)) {
	case RECORD_TEST:
		if (span_is(record_get(record, TEST_OUTCOME), "passed"))
			return false;
		break;
	case RECORD_WAIVE:
		return !span_is(
		    record_get(record, WAIVE_DECISION), "skip-test");
	case RECORD_ACTOR:
		/* not as if the site did not say who may do what */
		evidence->actors_dropped = true;
		return false;
	case RECORD_BACKUP:
	case RECORD_PROMOTE:
		return false;
	default:
		break;
	}
	evidence_read(evidence, record);
	return true;
}

/* ---- hosts */

const struct evidence_host *
evidence_find(const struct evidence *evidence, struct span host)
{
	struct hash_probe probe = hash_first(
	    &evidence->by_host, hash_span(host));

	for (; hash_found(&evidence->by_host, &probe);
	     hash_next(&evidence->by_host, &probe)) {
		const struct evidence_host *found =
		    &evidence->hosts[probe.index];

		if (span_equal(
			intern_span(&evidence->names, found->name), host))
			return found;
	}
	return NULL;
}

struct span
evidence_column(
    const struct evidence *evidence, struct span host, enum host_column column)
{
	const struct evidence_host *found = evidence_find(evidence, host);

	for (unsigned i = 0; i < KEPT_VALUES; i++)
		if (kept_columns[i] == column)
			return evidence_value(
			    evidence, found, (enum evidence_host_value)i);
	return SPAN("-");
}

struct approval_host
evidence_scope(const struct evidence *evidence, struct span host)
{
	const struct evidence_host *found = evidence_find(evidence, host);

	return (struct approval_host){
	    .name = host,
	    .groups = evidence_value(evidence, found, KEPT_GROUP),
	    .tier = evidence_value(evidence, found, KEPT_TIER),
	};
}

bool
evidence_is_test_host(const struct evidence *evidence, struct span host)
{
	const struct evidence_host *found = evidence_find(evidence, host);
	struct span env = evidence_value(evidence, found, KEPT_ENV);

	return span_is(env, "test") || span_is(env, "dev") ||
	       span_is(env, "lab") ||
	       span_is(evidence_value(evidence, found, KEPT_RING), "test");
}

bool
evidence_is_workstation(const struct evidence *evidence, struct span host)
{
	const struct evidence_host *found = evidence_find(evidence, host);
	struct span class = evidence_value(evidence, found, KEPT_CLASS);

	return span_is(class, "desktop") || span_is(class, "laptop") ||
	       span_is(class, "workstation") ||
	       span_is(
		   evidence_value(evidence, found, KEPT_ROLE), "workstation");
}

void
evidence_release(struct evidence *evidence)
{
	hash_release(&evidence->by_host);
	hash_release(&evidence->tests_by_patch);
	hash_release(&evidence->backups_by_host);
	hash_release(&evidence->events_by_package);
	hash_release(&evidence->promotions_by_patch);
	hash_release(&evidence->apps_by_host);
	hash_release(&evidence->apps_by_name);
	free(evidence->hosts);
	free(evidence->tests);
	free(evidence->backups);
	free(evidence->events);
	free(evidence->promotions);
	free(evidence->apps);
	free(evidence->waivers);
	free(evidence->actors);
	intern_release(&evidence->names);
}
