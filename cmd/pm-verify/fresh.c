/* The state after: journals and a fresh inventory. */
#include "fleet.h"

static void
read_host(struct fleet *fleet, struct host *host, const struct record *record)
{
	if (host->after.there)
		die(PM_EXIT_DATA,
		    "%s: a second fresh record of host %.*s: merge inventories "
		    "with pm-collect merge first",
		    record_where(record),
		    SPAN_ARG(record_get(record, HOST_HOST)));
	look_read(fleet, &host->after, record);
}

static struct span
known_arch(const struct host *host)
{
	if (host->after.there && !span_absent(host->after.arch))
		return host->after.arch;
	return host->before.there ? host->before.arch : SPAN("-");
}

enum version_scheme
host_scheme(const struct host *host)
{
	if (host->after.there && !span_absent(host->after.os))
		return version_scheme_of(host->after.os);
	return version_scheme_of(
	    host->before.there ? host->before.os : SPAN("-"));
}

/* The state unless the package is installed as it should be; "held" may be. */
static struct span
broken_state(struct span state)
{
	struct span rest = state;

	while (rest.p != NULL) {
		struct span word = span_cut(&rest, ',');

		if (!span_is(word, "installed") && !span_is(word, "held") &&
		    !span_absent(word))
			return state;
	}
	return (struct span){NULL, 0};
}

/* As pm-match names it: with the architecture where it is not the host's. */
static struct span
package_name(
    const struct host *host, const struct record *record, struct buffer *text)
{
	struct span package = record_get(record, PKG_PACKAGE);
	struct span arch = record_get(record, PKG_ARCH);
	struct span own = known_arch(host);

	if (span_absent(arch) || span_absent(own) || span_equal(arch, own) ||
	    span_is(arch, "all"))
		return package;
	buffer_reset(text);
	buffer_add_span(text, package);
	buffer_add_byte(text, ':');
	buffer_add_span(text, arch);
	return buffer_span(text);
}

/* Of several installed versions (kernels of rpm) the highest counts. */
static void
step_found(struct fleet *fleet, const struct host *host, struct step *step,
    struct span version, struct span broken)
{
	if (step->installed.n > 0 && version_compare(host_scheme(host), version,
					 step->installed) != VERSION_GREATER)
		return;
	step->installed = fleet_keep(fleet, version);
	step->broken = broken.n > 0 ? fleet_keep(fleet, broken) : broken;
}

static void
read_package(
    struct fleet *fleet, struct host *host, const struct record *record)
{
	static struct buffer text;
	struct span name = package_name(host, record, &text);
	struct span version = record_get(record, PKG_VERSION);
	struct span broken = broken_state(record_get(record, PKG_STATE));
	uint32_t number = host_number(fleet, host);
	struct hash_probe probe = hash_first(
	    &fleet->by_package, package_hash(number, name));
	bool planned = false;

	host->packages++;
	for (; hash_found(&fleet->by_package, &probe);
	     hash_next(&fleet->by_package, &probe)) {
		struct step *step = &fleet->steps[probe.index];

		if (step->host != number || !span_equal(step->package, name))
			continue;
		planned = planned || step->planned;
		step_found(fleet, host, step, version, broken);
	}
	if (broken.n > 0 && !planned)
		fleet_note(fleet, host, NOTE_BROKEN,
		    (struct span[]){name, version, broken}, 3);
}

static void
read_fact(struct fleet *fleet, struct host *host, const struct record *record)
{
	static const struct {
		const char *key;
		enum note_kind kind;
	} facts[] = {
	    {"reboot_required", NOTE_REBOOT},
	    {"reboot_required_by", NOTE_REBOOT_BY},
	    {"kernel_installed", NOTE_KERNELS},
	    {"stale_process", NOTE_STALE},
	    {"not_seen", NOTE_NOT_SEEN},
	    {"leftover_config", NOTE_LEFTOVER_AFTER},
	};
	struct span key = record_get(record, FACT_KEY);
	struct span value = record_get(record, FACT_VALUE);

	for (unsigned i = 0; i < sizeof(facts) / sizeof(*facts); i++)
		if (span_is(key, facts[i].key))
			fleet_note(fleet, host, facts[i].kind, &value, 1);
}

static void
read_need(struct fleet *fleet, const struct record *record)
{
	fleet_note(fleet, fleet_host(fleet, record_get(record, NEED_HOST)),
	    NOTE_NEED_AFTER,
	    (struct span[]){record_get(record, NEED_PACKAGE),
		record_get(record, NEED_INSTALLED),
		record_get(record, NEED_FIXED), record_get(record, NEED_STATE)},
	    4);
}

/* The host of a record when the plan names it, else NULL. */
static struct host *
planned_host(const struct fleet *fleet, struct span name)
{
	struct host *host = fleet_find(fleet, name);

	return host != NULL && host->planned ? host : NULL;
}

/* What pm-verify --baseline found, for the steps that were to mend it. */
static void
read_check(struct fleet *fleet, const struct record *record)
{
	struct host *host = planned_host(fleet, record_get(record, CHECK_HOST));

	if (host != NULL && span_is(record_get(record, CHECK_KIND), "baseline"))
		fleet_note(fleet, host, NOTE_BASELINE,
		    (struct span[]){record_get(record, CHECK_SUBJECT),
			record_get(record, CHECK_VERDICT),
			record_get(record, CHECK_ACTUAL)},
		    3);
}

bool
fresh_record(struct fleet *fleet, const struct record *record)
{
	struct host *host;

	switch (record_type(record)) {
	case RECORD_HOST:
		host = planned_host(fleet, record_get(record, HOST_HOST));
		if (host != NULL)
			read_host(fleet, host, record);
		/* A host is passed on once, with what the policy decided. */
		return host == NULL || !host->before.there;
	case RECORD_PKG:
		host = planned_host(fleet, record_get(record, PKG_HOST));
		if (host != NULL)
			read_package(fleet, host, record);
		return false;
	case RECORD_SVC:
		host = planned_host(fleet, record_get(record, SVC_HOST));
		if (host != NULL)
			service_note(fleet, host, NOTE_SERVICE_AFTER, record);
		return false;
	case RECORD_FACT:
		host = planned_host(fleet, record_get(record, FACT_HOST));
		if (host != NULL)
			read_fact(fleet, host, record);
		return false;
	case RECORD_NEED:
		read_need(fleet, record);
		return false;
	case RECORD_DONE:
		history_record(fleet, record);
		return false;
	case RECORD_TEST:
		test_note(fleet, record);
		return true;
	case RECORD_APPROVE:
		approvals_read(fleet, record);
		return true;
	case RECORD_ACTOR:
		/* who may approve is not for the plan to say */
		evidence_read(&fleet->evidence, record);
		return true;
	case RECORD_CHECK:
		read_check(fleet, record);
		return true;
	case RECORD_STEP:
		die(PM_EXIT_DATA,
		    "%s: a step behind the plan: name the plan first, and one "
		    "plan at a time",
		    record_where(record));
	default:
		return true;
	}
}
