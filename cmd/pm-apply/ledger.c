#include "ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "timestamp.h"

enum {
	DETAIL_MAX = 1000,	/* bytes of a detail */
	RECORD_ROOM = 4 * 1024, /* more than a record can take */
	ID_DIGITS = 16		/* of the digest in a transaction's id */
};

/*
 * A transaction names the digest of its plan, so another plan that was given
 * the same name is noticed.
 */
static void
check_same_plan(const struct ledger *ledger, struct span detail)
{
	static const char word[] = "transaction ";
	const char *digest = ledger->plan->digest;

	if (!span_starts(detail, SPAN("transaction ")))
		return;
	detail = span_skip(detail, sizeof(word) - 1);
	if (!span_starts(detail, (struct span){digest, ID_DIGITS}))
		die(PM_EXIT_DATA,
		    "%s: holds records of another plan of the "
		    "same name; make a new plan under a name of its own, or "
		    "choose another --journal",
		    ledger->path);
}

static void
replay(void *context, const struct journal_entry *entry)
{
	struct ledger *ledger = context;
	struct step *step = plan_find(ledger->plan, entry->value[DONE_STEP]);
	struct history *history;
	enum outcome outcome;

	if (step == NULL || !span_equal(step->plan, entry->value[DONE_PLAN]) ||
	    !outcome_find(entry->value[DONE_OUTCOME], &outcome))
		return;
	check_same_plan(ledger, entry->value[DONE_DETAIL]);
	ledger->known++;
	history = span_is(entry->value[DONE_ACTION], "rollback") ? &step->back
								 : &step->forth;
	history->last = outcome;
	if (!span_number(entry->value[DONE_TRY], &history->try))
		history->try = 0;
	history->detail = arena_copy(
	    &ledger->plan->arena, entry->value[DONE_DETAIL]);
	if (outcome == OUTCOME_ROLLED_BACK)
		step->rolled_back = true;
}

void
ledger_open(struct ledger *ledger, const char *path, bool look_only)
{
	const char *reason;
	uint64_t line;
	int fd;

	ledger->path = path;
	if (!look_only) {
		ledger->journal = journal_open(path, replay, ledger);
		return;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT)
		return;
	if (fd == -1)
		die_errno(PM_EXIT_IO, "%s", path);
	if (!journal_verify(fd, path, replay, ledger, &line, &reason))
		warning("%s:%" PRIu64 ": the line %s", path, line, reason);
	close(fd);
}

/* The fields of a record; texts live in the buffers of the caller. */
struct record_text {
	struct buffer detail;
	char try[24], rc[24], started[TIMESTAMP_SIZE], ended[TIMESTAMP_SIZE];
};

static struct span
number_text(char *text, size_t size, int64_t number)
{
	snprintf(text, size, "%" PRId64, number);
	return span_of(text);
}

static struct journal_entry
fill(struct record_text *text, const struct step *step,
    const struct event *event)
{
	struct span detail = event->detail;

	if (detail.n > DETAIL_MAX)
		detail.n = DETAIL_MAX;
	stream_escape(&text->detail, detail);
	return (struct journal_entry){{
	    [DONE_PLAN] = step->plan,
	    [DONE_STEP] = step->id,
	    [DONE_HOST] = step->host,
	    [DONE_ACTION] = event->back ? SPAN("rollback")
					: span_of(action_name(step->action)),
	    [DONE_PACKAGE] = step->package,
	    [DONE_FROM] = event->back ? step->to : step->from,
	    [DONE_TO] = event->back ? step->from : step->to,
	    [DONE_TRY] = event->try == 0
			     ? SPAN("-")
			     : number_text(text->try, sizeof(text->try),
				   (int64_t)event->try),
	    [DONE_STARTED] = event->started == 0
				 ? SPAN("-")
				 : timestamp_format(
				       event->started, text->started),
	    [DONE_ENDED] = event->ended == 0
			       ? SPAN("-")
			       : timestamp_format(event->ended, text->ended),
	    [DONE_OUTCOME] = span_of(outcome_name(event->outcome)),
	    [DONE_RC] = event->rc < 0 ? SPAN("-")
				      : number_text(text->rc, sizeof(text->rc),
					    event->rc),
	    [DONE_DETAIL] = buffer_span(&text->detail),
	}};
}

static void
append(struct ledger *ledger, struct step *step, const struct event *event)
{
	struct history *history = event->back ? &step->back : &step->forth;
	struct record_text text = {0};
	struct journal_entry entry = fill(&text, step, event);

	if (ledger->journal != NULL)
		journal_append(ledger->journal, &entry);
	history->last = event->outcome;
	history->try = event->try;
	if (event->outcome == OUTCOME_ROLLED_BACK)
		step->rolled_back = true;
	buffer_release(&text.detail);
}

void
ledger_begin(
    struct ledger *ledger, struct step *step, const struct event *event)
{
	append(ledger, step, event);
}

void
ledger_report(
    struct ledger *ledger, struct step *step, const struct event *event)
{
	struct record_text text = {0};
	struct journal_entry entry = fill(&text, step, event);

	step->result = event->outcome;
	if (step->counted != OUTCOME_NONE)
		ledger->settled[step->counted]--;
	ledger->settled[event->outcome]++;
	step->counted = event->outcome;
	if (event->outcome == OUTCOME_REFUSED && event->rc != PM_EXIT_REFUSED)
		ledger->later++;
	output_begin(ledger->output, layout_default(RECORD_DONE, true));
	for (unsigned i = 0; i < DONE_COLUMNS; i++)
		output_field(ledger->output, entry.value[i]);
	output_end(ledger->output);
	/* Whoever watches sees each step when it is settled. */
	output_flush(ledger->output);
	buffer_release(&text.detail);
}

void
ledger_settle(
    struct ledger *ledger, struct step *step, const struct event *event)
{
	append(ledger, step, event);
	ledger_report(ledger, step, event);
}

bool
ledger_import(
    struct ledger *ledger, struct step *step, const struct journal_entry *entry)
{
	bool back = span_is(entry->value[DONE_ACTION], "rollback");
	struct history *history = back ? &step->back : &step->forth;
	enum outcome outcome;
	uint64_t try = 0;

	if (!outcome_find(entry->value[DONE_OUTCOME], &outcome) ||
	    (!span_absent(entry->value[DONE_TRY]) &&
		!span_number(entry->value[DONE_TRY], &try)) ||
	    history->last == OUTCOME_DONE || history->last == OUTCOME_SKIPPED ||
	    history->last == OUTCOME_ROLLED_BACK)
		return false;
	if (history->last == OUTCOME_STARTED || history->last == OUTCOME_LOST) {
		if (try < history->try ||
		    (try == history->try && outcome == OUTCOME_STARTED))
			return false;
	} else if (history->last != OUTCOME_NONE && try <= history->try) {
		return false;
	}
	journal_append(ledger->journal, entry);
	history->last = outcome;
	history->try = try;
	if (outcome == OUTCOME_ROLLED_BACK)
		step->rolled_back = true;
	if (outcome == OUTCOME_STARTED)
		return true;
	if (step->counted != OUTCOME_NONE)
		ledger->settled[step->counted]--;
	ledger->settled[outcome]++;
	step->counted = step->result = outcome;
	output_begin(ledger->output, layout_default(RECORD_DONE, true));
	for (unsigned i = 0; i < DONE_COLUMNS; i++)
		output_field(ledger->output, entry->value[i]);
	output_end(ledger->output);
	return true;
}

void
ledger_reserve(struct ledger *ledger, size_t steps)
{
	if (ledger->journal != NULL)
		journal_reserve(ledger->journal, (2 * steps + 1) * RECORD_ROOM);
}

void
ledger_close(struct ledger *ledger)
{
	if (ledger->journal != NULL)
		journal_close(ledger->journal);
	ledger->journal = NULL;
}
