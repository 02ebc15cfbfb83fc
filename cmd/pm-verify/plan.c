/* The state before: the stream that pm-plan wrote. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fleet.h"
#include "trailer.h"

static const struct {
	const char *name;
	enum action action;
} actions[] = {
    {"install", ACTION_INSTALL},
    {"remove", ACTION_REMOVE},
    {"reboot", ACTION_REBOOT},
    {"restart", ACTION_RESTART},
    {"check", ACTION_CHECK},
    {"harden", ACTION_HARDEN},
    {"evidence", ACTION_RECORD},
    {"silence", ACTION_RECORD},
    {"unsilence", ACTION_RECORD},
    {"backup", ACTION_RECORD},
    {"snapshot", ACTION_RECORD},
    {"restore", ACTION_RECORD},
    {"download", ACTION_RECORD},
    {"recovery", ACTION_RECORD},
};

static enum action
read_action(const struct record *record)
{
	struct span action = record_get(record, STEP_ACTION);

	for (unsigned i = 0; i < sizeof(actions) / sizeof(*actions); i++)
		if (span_is(action, actions[i].name))
			return actions[i].action;
	die(PM_EXIT_DATA,
	    "%s: action '%.*s' of a step is not known; pm-stream(5) has all",
	    record_where(record), SPAN_ARG(action));
}

/* A step that is not planned keeps its state as its verdict. */
static void
read_state(struct step *step, const struct record *record)
{
	static const enum verdict decisions[] = {VERDICT_WAIVED,
	    VERDICT_MITIGATED, VERDICT_ACCEPTED, VERDICT_DEFERRED,
	    VERDICT_BLOCKED};
	struct span state = record_get(record, STEP_STATE);

	step->planned = span_is(state, "planned");
	if (step->planned)
		return;
	for (unsigned i = 0; i < sizeof(decisions) / sizeof(*decisions); i++)
		if (span_is(state, verdict_name(decisions[i]))) {
			step->decided = decisions[i];
			return;
		}
	die(PM_EXIT_DATA,
	    "%s: state '%.*s' of a step is none of planned, waived, mitigated, "
	    "accepted, deferred, blocked",
	    record_where(record), SPAN_ARG(state));
}

static void
step_columns(
    struct fleet *fleet, struct step *step, const struct record *record)
{
	const struct {
		enum step_column column;
		struct span *to;
	} columns[] = {
	    {STEP_STEP, &step->id},
	    {STEP_WAVE, &step->wave},
	    {STEP_PACKAGE, &step->package},
	    {STEP_FROM, &step->from},
	    {STEP_TO, &step->to},
	    {STEP_START, &step->start},
	    {STEP_END, &step->end},
	    {STEP_REASON, &step->reason},
	    {STEP_TESTER, &step->tester},
	    {STEP_REQUIRES, &step->requires},
	};

	for (unsigned i = 0; i < sizeof(columns) / sizeof(*columns); i++)
		*columns[i].to = fleet_keep(
		    fleet, record_get(record, columns[i].column));
}

/* One plan at a time, each step once. */
static void
check_step(struct fleet *fleet, const struct record *record)
{
	struct span plan = record_get(record, STEP_PLAN);
	struct span id = record_get(record, STEP_STEP);

	if (fleet->step_count == 0)
		fleet->plan = fleet_keep(fleet, plan);
	if (!span_equal(plan, fleet->plan))
		die(PM_EXIT_DATA,
		    "%s: a step of plan %.*s behind steps of plan %.*s: verify "
		    "one plan at a time",
		    record_where(record), SPAN_ARG(plan),
		    SPAN_ARG(fleet->plan));
	if (step_find(fleet, id) != NULL)
		die(PM_EXIT_DATA, "%s: step %.*s stands twice in the plan",
		    record_where(record), SPAN_ARG(id));
}

static void
read_step(struct fleet *fleet, const struct record *record)
{
	uint32_t number = (uint32_t)fleet->step_count;
	struct host *host = fleet_host(fleet, record_get(record, STEP_HOST));
	struct step *step;

	check_step(fleet, record);
	if (number == NONE)
		die(PM_EXIT_SYSTEM, "more than %u steps", NONE);
	fleet->steps = memory_grow(fleet->steps, &fleet->step_capacity,
	    fleet->step_count + 1, sizeof(*fleet->steps));
	step = &fleet->steps[fleet->step_count++];
	*step = (struct step){.next = NONE,
	    .host = host_number(fleet, host),
	    .action = read_action(record)};
	step_columns(fleet, step, record);
	read_state(step, record);
	host->planned = true;
	if (host->first_step == NONE)
		host->first_step = number;
	else
		fleet->steps[host->last_step].next = number;
	host->last_step = number;
	hash_insert(&fleet->by_id, hash_span(step->id), number);
	if (step->action == ACTION_INSTALL || step->action == ACTION_REMOVE)
		hash_insert(&fleet->by_package,
		    package_hash(step->host, step->package), number);
}

static void
read_need(struct fleet *fleet, const struct record *record)
{
	struct host *host = fleet_host(fleet, record_get(record, NEED_HOST));

	host->planned = true;
	fleet_note(fleet, host, NOTE_NEED,
	    (struct span[]){record_get(record, NEED_PACKAGE),
		record_get(record, NEED_FIXED), record_get(record, NEED_DUE),
		record_get(record, NEED_STATE)},
	    4);
}

bool
plan_record(struct fleet *fleet, const struct record *record)
{
	struct host *host;

	switch (record_type(record)) {
	case RECORD_HOST:
		host = fleet_host(fleet, record_get(record, HOST_HOST));
		host->planned = true;
		look_read(fleet, &host->before, record);
		evidence_read(&fleet->evidence, record);
		return true;
	case RECORD_APPROVE:
		approvals_read(fleet, record);
		return true;
	case RECORD_SVC:
		service_note(fleet,
		    fleet_host(fleet, record_get(record, SVC_HOST)),
		    NOTE_SERVICE, record);
		return false;
	case RECORD_NEED:
		read_need(fleet, record);
		return false;
	case RECORD_STEP:
		read_step(fleet, record);
		return false;
	case RECORD_TEST:
		test_note(fleet, record);
		return true;
	case RECORD_DONE:
		die(PM_EXIT_DATA,
		    "%s: a done record in the plan: name the plan first, then "
		    "journals and the inventory",
		    record_where(record));
	case RECORD_FACT:
		if (span_is(record_get(record, FACT_KEY), "leftover_config"))
			fleet_note(fleet,
			    fleet_host(fleet, record_get(record, FACT_HOST)),
			    NOTE_LEFTOVER,
			    (struct span[]){record_get(record, FACT_VALUE)}, 1);
		return false;
	case RECORD_PKG:
		return false;
	default:
		return true;
	}
}

/*
 * The trailer of a plan that is a file.  A stream without any step may be no
 * plan at all, which is then what is returned.
 */
static bool
check_trailer(struct fleet *fleet, const char *file, struct span text)
{
	const char *reason;
	uint64_t line;

	if (trailer_check(text, schema_of(RECORD_STEP)->name, fleet->digest,
		&line, &reason))
		return true;
	fleet->digest[0] = '\0';
	if (fleet->step_count == 0)
		return false;
	die(PM_EXIT_DATA, "%s:%" PRIu64 ": the last line %s", file, line,
	    reason);
}

bool
plan_end(struct fleet *fleet, const char *file)
{
	bool standard = strcmp(file, "-") == 0, planned;
	struct stat status;
	size_t size;
	void *text;
	int fd;

	fd = standard ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &status) == -1)
		die_errno(PM_EXIT_NOTHING, "%s", file);
	size = (size_t)status.st_size;
	planned = fleet->step_count > 0;
	if (S_ISREG(status.st_mode) && size > 0) {
		text = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (text == MAP_FAILED)
			die_errno(PM_EXIT_IO, "%s", file);
		planned = check_trailer(fleet,
		    standard ? "standard input" : file,
		    (struct span){text, size});
		munmap(text, size);
	} else if (planned) {
		warning("the plan comes through a pipe, so its trailer cannot "
			"be checked; name it as a file");
	}
	if (!standard)
		close(fd);
	return planned;
}
