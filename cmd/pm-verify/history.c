/* What was done to each step: done records, from the stream or a journal. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "fleet.h"
#include "journal.h"
#include "timestamp.h"

/* What an outcome says of the step, pm-apply(1). */
static const struct outcome {
	const char *name;
	bool begun;   /* something may have been done to the host */
	bool changes; /* the inventory must not be older */
} outcomes[] = {
    {"started", true, true},
    {"done", true, true},
    {"failed", true, true},
    {"timeout", true, true},
    {"lost", true, true},
    {"rolled-back", true, true},
    {"skipped", true, false},
    {"unreachable", false, false},
    {"refused", false, false},
    {"manual", false, false},
    {"dry-run", false, false},
};

static const struct outcome *
outcome_find(struct span name, const char *where)
{
	for (size_t i = 0; i < sizeof(outcomes) / sizeof(*outcomes); i++)
		if (span_is(name, outcomes[i].name))
			return &outcomes[i];
	die(PM_EXIT_DATA, "%s: outcome '%.*s' of a step is not known", where,
	    SPAN_ARG(name));
}

/* Of several tries it is enough that one was begun outside. */
static void
check_window(struct fleet *fleet, struct step *step, struct span started)
{
	int64_t begun, start = INT64_MIN, end = INT64_MAX;

	if (!timestamp_parse(started, &begun))
		return;
	timestamp_parse(step->start, &start);
	timestamp_parse(step->end, &end);
	if (begun < start || begun >= end)
		step->history.outside = fleet_keep(fleet, started);
}

/*
 * Does a record say more than what is known?  The same one may come from two
 * files, and files in any order.  To find the version in place later does not
 * change when it came.
 */
static bool
supersedes(const struct run *run, const struct outcome *outcome,
    const struct span *value, int64_t time)
{
	if (!run->begun)
		return true;
	if (outcome->changes != run->changed)
		return outcome->changes;
	if (time != run->time)
		return time > run->time;
	return !span_is(value[DONE_OUTCOME], "started");
}

static void
take(struct fleet *fleet, struct step *step, const struct outcome *outcome,
    const struct span *value)
{
	struct history *history = &step->history;
	struct host *host = &fleet->hosts[step->host];
	bool back = span_is(value[DONE_ACTION], "rollback") ||
		    span_is(value[DONE_OUTCOME], "rolled-back");
	struct run *run = back ? &history->back : &history->forth;
	int64_t time = INT64_MIN, since;

	if (!outcome->begun) {
		history->idle = fleet_keep(fleet, value[DONE_OUTCOME]);
		return;
	}
	if (!timestamp_parse(value[DONE_ENDED], &time))
		timestamp_parse(value[DONE_STARTED], &time);
	if (!timestamp_parse(value[DONE_STARTED], &since))
		since = time;
	if (!back && (!run->begun || since < history->since))
		history->since = since;
	if (outcome->changes && time > host->changed)
		host->changed = time;
	if (!back && outcome->changes)
		check_window(fleet, step, value[DONE_STARTED]);
	if (supersedes(run, outcome, value, time))
		*run = (struct run){
		    .begun = true,
		    .changed = outcome->changes,
		    .time = time,
		    .outcome = fleet_keep(fleet, value[DONE_OUTCOME]),
		    .ended = fleet_keep(fleet, value[DONE_ENDED]),
		    .detail = fleet_keep(fleet, value[DONE_DETAIL]),
		};
}

static void
note_unplanned(struct fleet *fleet, const struct span *value)
{
	struct host *host = fleet_host(fleet, value[DONE_HOST]);
	const struct note *note = note_first(fleet, host, NOTE_UNPLANNED_STEP);

	for (; note != NULL; note = note_next(fleet, note))
		if (span_equal(note->value[0], value[DONE_STEP]))
			return;
	fleet_note(fleet, host, NOTE_UNPLANNED_STEP, &value[DONE_STEP], 1);
}

static void
history_add(struct fleet *fleet, const struct span *value, const char *where)
{
	const struct outcome *outcome = outcome_find(
	    value[DONE_OUTCOME], where);
	struct step *step;

	if (!span_equal(value[DONE_PLAN], fleet->plan)) {
		fleet->foreign_done++;
		return;
	}
	step = step_find(fleet, value[DONE_STEP]);
	if (step == NULL || !step->planned)
		note_unplanned(fleet, value);
	else
		take(fleet, step, outcome, value);
}

void
history_record(struct fleet *fleet, const struct record *record)
{
	struct span value[DONE_COLUMNS];

	for (unsigned i = 0; i < DONE_COLUMNS; i++)
		value[i] = record_get(record, i);
	history_add(fleet, value, record_where(record));
}

struct reading {
	struct fleet *fleet;
	const char *path;
	uint64_t records;
};

static void
replay(void *context, const struct journal_entry *entry)
{
	struct reading *reading = context;

	reading->records++;
	history_add(reading->fleet, entry->value, reading->path);
}

void
history_journal(struct fleet *fleet, struct checks *checks, const char *path)
{
	struct reading reading = {.fleet = fleet, .path = path};
	struct check check = {.kind = "journal", .verdict = VERDICT_VERIFIED};
	struct buffer name = {0};
	const char *reason;
	uint64_t line;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		die_errno(PM_EXIT_NOTHING, "%s", path);
	stream_escape(&name, span_of(path));
	check.subject = arena_copy(&fleet->text, buffer_span(&name));
	check.expected = SPAN("whole chain");
	if (journal_verify(fd, path, replay, &reading, &line, &reason)) {
		check.actual = SPAN("whole chain");
		check.detail = fleet_text(
		    fleet, "%" PRIu64 " records", reading.records);
	} else {
		/* The reader words a torn last line so, lib/journal.h. */
		check.verdict = span_starts(span_of(reason), SPAN("is torn"))
				    ? VERDICT_TORN
				    : VERDICT_TAMPERED;
		check.actual = fleet_text(
		    fleet, "%" PRIu64 " records hold", reading.records);
		check.detail = fleet_text(
		    fleet, "line %" PRIu64 " %s", line, reason);
	}
	checks_add(checks, &check);
	buffer_release(&name);
	close(fd);
}
