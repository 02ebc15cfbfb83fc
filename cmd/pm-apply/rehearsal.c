/* A dry run: the package manager's own transaction, and the way back. */
#include "stages.h"

#include "driver.h"
#include "verdict.h"

static void
print_comment(struct visit *visit, const char *what, struct span text)
{
	struct buffer line = {0};

	buffer_printf(&line, "## %.*s: %s", SPAN_ARG(visit->host), what);
	if (text.n > 0)
		stream_escape(&line, text);
	output_line(visit->site->ledger.output, buffer_span(&line));
	buffer_release(&line);
}

void
rehearsal_simulated(struct visit *visit, struct span reply, uint64_t status)
{
	struct reply_line line;
	struct span rest = reply;

	while (reply_next(&rest, &line))
		if (span_is(line.field[0], "transaction"))
			print_comment(visit, "", line.field[1]);
	if (status != 0) {
		struct buffer detail = {0};

		verdict_errors(&detail, reply, "the package manager refuses");
		visit_settle_all(visit, OUTCOME_FAILED, buffer_span(&detail),
		    (int64_t)status);
		buffer_release(&detail);
		visit_next(visit);
		return;
	}
	if (visit->back) {
		visit_settle_all(visit, OUTCOME_DRY_RUN, SPAN(""), 0);
		visit_next(visit);
		return;
	}
	visit_send(visit, PHASE_HAVE);
}

/* Can the version that the step replaces be had again? */
static bool
has_way_back(struct visit *visit, struct span reply, const struct step *step)
{
	struct span package = step->package, version;
	struct reply_line line;

	/* apt names the package without its architecture. */
	version = visit_wanted(visit, span_cut(&package, ':'), step->from);
	return reply_find(reply, "have", &version, &line);
}

/* The way back, and what bars it, before anything is done. */
void
rehearsal_way_back(struct visit *visit, struct span reply)
{
	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];

		if (step->pending && has_way_back(visit, reply, step))
			print_comment(visit, "back: ",
			    visit_wanted(visit, step->package, step->from));
	}
	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];
		struct event event = visit_idle_event(
		    visit, OUTCOME_DRY_RUN, SPAN(""));

		if (!step->pending)
			continue;
		if (span_absent(step->from))
			event.detail = SPAN(
			    "it is new on the host; the way back "
			    "is to remove it");
		else if (!has_way_back(visit, reply, step))
			event.detail = SPAN("no way back: no repository of the "
					    "host has the earlier version");
		visit_settle(visit, step, event);
	}
	visit_next(visit);
}
