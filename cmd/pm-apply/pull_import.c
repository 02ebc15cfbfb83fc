/* What the journal of such a script says, into the journal here. */
#include "pull.h"

#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "stages.h"

struct import {
	struct site *site;
	const char *file;
	struct span host; /* the one of the first record */
	struct arena arena;
	uint64_t line;
	uint64_t known;
	bool append;
};

static _Noreturn void
not_ours(const struct import *import, const char *what)
{
	die(PM_EXIT_DATA, "%s:%" PRIu64 ": %s; nothing of the file was taken",
	    import->file, import->line, what);
}

/* Going back, nothing is done but rolled back, and only then. */
static bool
may_be_imported(struct span outcome, bool back)
{
	static const char *const outcomes[] = {
	    "started", "failed", "lost", "refused"};

	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++)
		if (span_is(outcome, outcomes[i]))
			return true;
	return span_is(outcome, back ? "rolled-back" : "done");
}

/* Is it about the step as the plan has it, or about taking just that back? */
static bool
is_as_planned(
    const struct journal_entry *entry, const struct step *step, bool back)
{
	struct span action = back ? SPAN("rollback")
				  : span_of(action_name(step->action));

	return span_equal(entry->value[DONE_HOST], step->host) &&
	       span_equal(entry->value[DONE_ACTION], action) &&
	       span_equal(entry->value[DONE_PACKAGE], step->package) &&
	       span_equal(
		   entry->value[DONE_FROM], back ? step->to : step->from) &&
	       span_equal(entry->value[DONE_TO], back ? step->from : step->to);
}

/* Is it of exactly this plan: its steps, its digest, one host? */
static struct step *
check_entry(struct import *import, const struct journal_entry *entry)
{
	static const char word[] = "transaction ";
	const struct plan *plan = import->site->plan;
	struct step *step = plan_find(plan, entry->value[DONE_STEP]);
	struct span detail = entry->value[DONE_DETAIL];
	bool back;

	if (step == NULL || !span_equal(entry->value[DONE_PLAN], step->plan))
		not_ours(import, "a step that the plan does not have");
	back = span_is(entry->value[DONE_ACTION], "rollback") &&
	       action_is_package(step->action);
	if (!is_as_planned(entry, step, back))
		not_ours(import, "the step is not as in the plan");
	if (!may_be_imported(entry->value[DONE_OUTCOME], back))
		not_ours(import, "an outcome that such a script never has");
	if (import->host.p == NULL)
		import->host = arena_copy(&import->arena, step->host);
	if (!span_equal(import->host, step->host))
		not_ours(import, "steps of more than one host");
	if (span_is(entry->value[DONE_OUTCOME], "started") &&
	    (!span_starts(detail, SPAN("transaction ")) ||
		!span_starts(span_skip(detail, sizeof(word) - 1),
		    (struct span){plan->digest, 16})))
		not_ours(import, "it is of another plan of the same name");
	if (!step->selected)
		not_ours(import, "a host that this run is not about");
	return step;
}

static void
take(void *context, const struct journal_entry *entry)
{
	struct import *import = context;
	struct step *step;

	import->line++;
	step = check_entry(import, entry);
	if (import->append &&
	    !ledger_import(&import->site->ledger, step, entry))
		import->known++;
}

void
pull_import(struct site *site, const char *file)
{
	struct import import = {.site = site, .file = file};
	const char *reason;
	uint64_t line;

	for (unsigned pass = 0; pass < 2; pass++) {
		int fd = open(file, O_RDONLY | O_CLOEXEC);

		if (fd == -1)
			die_errno(PM_EXIT_NOTHING, "%s", file);
		import.append = pass == 1;
		import.line = 1;
		if (!journal_verify(fd, file, take, &import, &line, &reason))
			die(PM_EXIT_DATA,
			    "%s:%" PRIu64 ": the line %s; nothing of the file "
			    "was taken",
			    file, line, reason);
		close(fd);
	}
	if (import.known > 0)
		warning("%s: %" PRIu64 " %s known already", file, import.known,
		    PLURAL(import.known, "record is", "records are"));
	arena_release(&import.arena);
}
