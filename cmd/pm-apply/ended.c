/* What a transaction has brought, now that it has ended. */
#include <inttypes.h>

#include "driver.h"
#include "stages.h"
#include "verdict.h"

/* Packages: what is not there did not work, whatever the status. */
static void
packages_ended(struct visit *visit, struct span reply, uint64_t rc)
{
	enum { TIMED_OUT = 124 }; /* timeout(1) */

	visit_settle_reached(visit, reply, (int64_t)rc);
	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];
		struct buffer detail = {0};
		struct event event;

		if (!step->pending)
			continue;
		verdict_explain(&detail, reply, step);
		event = visit_event(
		    visit, OUTCOME_FAILED, buffer_span(&detail));
		event.rc = (int64_t)rc;
		if (rc == TIMED_OUT)
			event.outcome = OUTCOME_TIMEOUT;
		visit_settle(visit, step, event);
		buffer_release(&detail);
	}
}

/* "WORD first, second" of the lines of a type, to the detail. */
static size_t
add_named(struct buffer *detail, struct span reply, const char *type,
    const char *word)
{
	struct reply_line line;
	size_t count = 0;

	while (reply_next(&reply, &line)) {
		if (!span_is(line.field[0], type))
			continue;
		if (count++ == 0)
			buffer_printf(
			    detail, "%s%s ", detail->n > 0 ? "; " : "", word);
		else
			buffer_add_span(detail, SPAN(", "));
		buffer_add_span(detail, line.field[1]);
		if (line.field[2].n > 0)
			buffer_printf(
			    detail, " (%.*s)", SPAN_ARG(line.field[2]));
	}
	return count;
}

static void
restart_ended(struct visit *visit, struct span reply, struct event *event,
    struct buffer *detail)
{
	size_t failed, stale;

	add_named(detail, reply, "restarted", "restarted");
	failed = add_named(detail, reply, "unrestarted", "could not restart");
	stale = add_named(detail, reply, "stale",
	    "still using replaced files after the restart:");
	add_named(detail, reply, "left",
	    "using replaced files until they end or the host is rebooted:");
	if (failed + stale > 0 || event->rc > 0)
		event->outcome = OUTCOME_FAILED;
	else if (detail->n == 0)
		buffer_add_span(detail, SPAN("nothing used replaced files"));
	(void)visit;
}

/* Proved by another boot, and by the kernel that is newest on the host. */
static void
reboot_ended(struct visit *visit, struct span reply, struct event *event,
    struct buffer *detail)
{
	struct reply_line state = {0}, boot = {0}, kernel = {0};

	reply_find(reply, "transaction", NULL, &state);
	reply_find(reply, "boot", NULL, &boot);
	reply_find(reply, "kernel", NULL, &kernel);
	if (event->rc > 0 || state.field[3].n == 0 || boot.field[1].n == 0 ||
	    span_equal(state.field[3], boot.field[1])) {
		event->outcome = OUTCOME_FAILED;
		verdict_errors(detail, reply,
		    "the host was told to reboot and did not go down");
		return;
	}
	buffer_printf(detail, "boot %.*s after %.*s; kernel %.*s",
	    SPAN_ARG(boot.field[1]), SPAN_ARG(state.field[3]),
	    SPAN_ARG(kernel.field[1]));
	if (kernel.field[2].n > 0 &&
	    !span_equal(kernel.field[1], kernel.field[2])) {
		event->outcome = OUTCOME_FAILED;
		buffer_printf(detail, ", but %.*s is installed",
		    SPAN_ARG(kernel.field[2]));
	}
	(void)visit;
}

/* Evidence, recovery: where it is, its digest. */
static void
artefact_ended(struct visit *visit, struct span reply, struct event *event,
    struct buffer *detail)
{
	struct reply_line line;

	if (event->rc > 0 || !reply_find(reply, "artefact", NULL, &line)) {
		event->outcome = OUTCOME_FAILED;
		verdict_errors(detail, reply, "nothing was kept");
		return;
	}
	buffer_printf(detail, "%.*s sha256:%.*s", SPAN_ARG(line.field[1]),
	    SPAN_ARG(line.field[2]));
	if (reply_find(reply, "count", NULL, &line))
		buffer_printf(detail, "; %.*s", SPAN_ARG(line.field[1]));
	(void)visit;
}

void
transaction_ended(struct visit *visit, struct span reply, uint64_t rc)
{
	struct buffer detail = {0};
	struct event event;

	if (visit->current == NULL) {
		packages_ended(visit, reply, rc);
		visit_next(visit);
		return;
	}
	event = visit_event(visit, OUTCOME_DONE, SPAN(""));
	event.rc = (int64_t)rc;
	switch (visit->current->action) {
	case ACTION_RESTART:
		restart_ended(visit, reply, &event, &detail);
		break;
	case ACTION_REBOOT:
		reboot_ended(visit, reply, &event, &detail);
		break;
	case ACTION_DOWNLOAD:
		if (rc > 0) {
			event.outcome = OUTCOME_FAILED;
			add_named(&detail, reply, "log", "");
		}
		break;
	default:
		artefact_ended(visit, reply, &event, &detail);
	}
	event.detail = buffer_span(&detail);
	visit_settle(visit, visit->current, event);
	buffer_release(&detail);
	visit_next(visit);
}
