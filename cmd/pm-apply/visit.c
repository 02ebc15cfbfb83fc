#include "visit.h"

#include <inttypes.h>
#include <signal.h>

#include "driver.h"
#include "verdict.h"
#include "version.h"

enum {
	SECOND = 1000,
	ANSWER_LIMIT = 120 * SECOND, /* for a short question */
	SIMULATE_LIMIT = 300 * SECOND,
	FOLLOW_SECONDS = 20,	      /* the host waits so long for the end */
	SILENCE_LIMIT = 600 * SECOND, /* no answer from a host that began */
	OUTPUT_LIMIT = 1024 * 1024,
	TRIES = 1000
};

static void replied(struct run_job *job);
static void look_after(struct visit *visit);
static bool admitted(struct visit *visit, struct step *step);

static const char *const verbs[PHASES] = {
    [PHASE_ASK] = "poll",
    [PHASE_START] = "start",
    [PHASE_FOLLOW] = "poll",
    [PHASE_CHECK] = "state",
    [PHASE_BOOT] = "state",
    [PHASE_LOOK] = "state",
    [PHASE_SIMULATE] = "plan",
    [PHASE_HAVE] = "have",
};

/* ---- sending */

struct words {
	struct span *word;
	size_t count, capacity;
};

static void
add_word(struct words *words, struct span word)
{
	words->word = memory_grow(words->word, &words->capacity,
	    words->count + 1, sizeof(*words->word));
	words->word[words->count++] = word;
}

static void
add_number(struct visit *visit, struct words *words, const char *option,
    int64_t number)
{
	char text[32];

	if (option != NULL)
		add_word(words, span_of(option));
	snprintf(text, sizeof(text), "%" PRId64, number);
	add_word(words, arena_copy(&visit->arena, span_of(text)));
}

/* PACKAGE=VERSION */
static struct span
wanted(struct visit *visit, struct span package, struct span version)
{
	struct buffer text = {0};
	struct span copy;

	buffer_printf(&text, "%.*s=%.*s", SPAN_ARG(package), SPAN_ARG(version));
	copy = arena_copy(&visit->arena, buffer_span(&text));
	buffer_release(&text);
	return copy;
}

/* Is this step's package asked about in this phase? */
static bool
concerned(const struct visit *visit, const struct step *step)
{
	if (step->action != ACTION_INSTALL)
		return false;
	if (visit->phase == PHASE_CHECK)
		return !step->rolled_back;
	if (visit->phase == PHASE_HAVE)
		return step->pending && !span_absent(step->from);
	return step->pending;
}

static void
add_packages(struct visit *visit, struct words *words)
{
	bool back = visit->site->back;

	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];

		if (!concerned(visit, step))
			continue;
		switch (visit->phase) {
		case PHASE_START:
		case PHASE_SIMULATE:
			add_word(words, wanted(visit, step->package,
					    verdict_target(step, back)));
			break;
		case PHASE_HAVE:
			add_word(
			    words, wanted(visit, step->package, step->from));
			break;
		default:
			add_word(words, step->package);
		}
	}
}

/* How long the host may take to answer, in milliseconds. */
static int64_t
answer_limit(const struct site *site, enum phase phase)
{
	int64_t limit = phase == PHASE_SIMULATE ? SIMULATE_LIMIT : ANSWER_LIMIT;

	if (limit > site->timeout * SECOND)
		limit = site->timeout * SECOND;
	return phase == PHASE_FOLLOW ? limit + FOLLOW_SECONDS * SECOND : limit;
}

static void
send_phase(struct visit *visit, enum phase phase)
{
	const struct site *site = visit->site;
	struct words words = {0};

	visit->phase = phase;
	arena_release(&visit->arena);
	add_word(&words, span_of(verbs[phase]));
	if (site->transport.kind == TRANSPORT_ROOT)
		add_word(&words, SPAN("--image"));
	if (site->back)
		add_word(&words, SPAN("--downgrade"));
	if (phase == PHASE_START) {
		add_number(visit, &words, "--timeout", site->timeout);
		add_number(visit, &words, "--lock-wait", site->lock_wait);
	}
	if (phase == PHASE_ASK || phase == PHASE_START || phase == PHASE_FOLLOW)
		add_word(&words, span_of(visit->id));
	if (phase == PHASE_ASK || phase == PHASE_FOLLOW)
		add_number(visit, &words, NULL,
		    phase == PHASE_ASK ? 0 : FOLLOW_SECONDS);
	add_packages(visit, &words);
	driver_script(&visit->script, site->driver, words.word, words.count);
	free(words.word);
	visit->job.input = buffer_span(&visit->script);
	visit->job.limit = answer_limit(site, phase);
	visit->job.output_limit = OUTPUT_LIMIT;
	visit->job.ended = replied;
	visit->job.context = visit;
	transport_prepare(
	    &site->transport, &visit->arena, visit->host, &visit->job);
	run_start(&visit->job);
}

/*
 * Asking happens under the id of the try that is open, or the next one.  The
 * id follows from plan, visit and try, so that every later run finds it.
 */
static void
ask(struct visit *visit)
{
	snprintf(visit->id, sizeof(visit->id), "%.16s-%u-%s%" PRIu64,
	    visit->site->plan->digest, visit->number,
	    visit->site->back ? "rollback" : "install", visit->try);
	send_phase(visit, PHASE_ASK);
}

/* ---- settling */

static struct history *
history_of(const struct visit *visit, struct step *step)
{
	return visit->site->back ? &step->back : &step->forth;
}

/* Does the journal have it begun and not ended? */
static bool
is_open(const struct visit *visit, struct step *step)
{
	enum outcome last = history_of(visit, step)->last;

	return last == OUTCOME_STARTED || last == OUTCOME_LOST;
}

static void
over(struct visit *visit)
{
	visit->over(visit);
}

static struct event
event_of(const struct visit *visit, enum outcome outcome, struct span detail)
{
	return (struct event){
	    .outcome = outcome,
	    .back = visit->site->back,
	    .try = visit->try,
	    .started = visit->began,
	    .ended = gate_now(),
	    .rc = -1,
	    .detail = detail,
	};
}

/* What was only looked at has neither try nor times. */
static struct event
idle_event(const struct visit *visit, enum outcome outcome, struct span detail)
{
	return (struct event){
	    .outcome = outcome,
	    .back = visit->site->back,
	    .rc = -1,
	    .detail = detail,
	};
}

static bool
is_failure(enum outcome outcome)
{
	return outcome == OUTCOME_FAILED || outcome == OUTCOME_TIMEOUT ||
	       outcome == OUTCOME_LOST;
}

/* Settle one pending step. */
static void
settle(struct visit *visit, struct step *step, struct event event)
{
	if (event.outcome == OUTCOME_DONE && visit->site->back)
		event.outcome = OUTCOME_ROLLED_BACK;
	step->pending = false;
	if (is_failure(event.outcome))
		visit->failed = true;
	if (visit->site->dry_run)
		ledger_report(&visit->site->ledger, step, &event);
	else
		ledger_settle(&visit->site->ledger, step, &event);
}

/* Settle every pending step in the same way. */
static void
settle_all(
    struct visit *visit, enum outcome outcome, struct span detail, int64_t rc)
{
	for (size_t i = 0; i < visit->count; i++) {
		struct event event = visit->site->dry_run
					 ? idle_event(visit, outcome, detail)
					 : event_of(visit, outcome, detail);

		event.rc = rc;
		if (visit->steps[i]->pending)
			settle(visit, visit->steps[i], event);
	}
}

static size_t
pending(const struct visit *visit)
{
	size_t count = 0;

	for (size_t i = 0; i < visit->count; i++)
		count += visit->steps[i]->pending;
	return count;
}

/* Those whose version is there already, whoever put it there. */
static void
settle_reached(struct visit *visit, struct span reply, int64_t rc)
{
	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];
		struct buffer remark = {0};
		struct event event;

		if (!step->pending ||
		    !verdict_reached(reply, step, visit->site->back))
			continue;
		verdict_remark(&remark, reply, step);
		event = event_of(visit, OUTCOME_DONE, buffer_span(&remark));
		event.rc = rc;
		if (!is_open(visit, step)) {
			event = idle_event(visit, OUTCOME_SKIPPED,
			    SPAN("the version was there already"));
		}
		settle(visit, step, event);
		buffer_release(&remark);
	}
}

/* The transaction has ended with rc; what is not there did not work. */
static void
settle_ended(struct visit *visit, struct span reply, uint64_t rc)
{
	enum { TIMED_OUT = 124 }; /* timeout(1) */

	settle_reached(visit, reply, (int64_t)rc);
	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];
		struct buffer detail = {0};
		struct event event;

		if (!step->pending)
			continue;
		verdict_explain(&detail, reply, step);
		event = event_of(visit, OUTCOME_FAILED, buffer_span(&detail));
		event.rc = (int64_t)rc;
		if (rc == TIMED_OUT)
			event.outcome = OUTCOME_TIMEOUT;
		settle(visit, step, event);
		buffer_release(&detail);
	}
	look_after(visit);
}

/* ---- what the host answered */

/* Record that the pending steps begin, unless the journal says so already. */
static void
record_begin(struct visit *visit)
{
	const char *attended = visit->site->gate.attended;
	struct buffer detail = {0};
	struct event event;

	ledger_reserve(&visit->site->ledger, visit->count);
	buffer_printf(&detail, "transaction %s", visit->id);
	if (attended != NULL)
		buffer_printf(&detail, "; attended by %s", attended);
	event = event_of(visit, OUTCOME_STARTED, buffer_span(&detail));
	event.ended = 0;
	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];
		const struct history *history = history_of(visit, step);

		if (step->pending && (history->last != OUTCOME_STARTED ||
					 history->try != visit->try))
			ledger_begin(&visit->site->ledger, step, &event);
	}
	buffer_release(&detail);
	visit->open = true;
}

/* The transaction stopped without an end: power loss, or it was killed. */
static void
begin_again(struct visit *visit, struct span reply)
{
	settle_reached(visit, reply, -1);
	if (pending(visit) == 0) {
		look_after(visit);
		return;
	}
	if (visit->again) {
		settle_all(visit, OUTCOME_LOST,
		    SPAN(
			"the transaction stopped "
			"twice without an end; see its log below /var/lib/pm on "
			"the host"),
		    -1);
		look_after(visit);
		return;
	}
	warning("%.*s: the transaction %s stopped without an end; it is begun "
		"again",
	    SPAN_ARG(visit->host), visit->id);
	visit->again = true;
	visit->open = false;
	visit->try++;
	ask(visit);
}

/* Asking is always allowed; beginning only when nothing bars it. */
static void
admit_pending(struct visit *visit)
{
	for (size_t i = 0; i < visit->count; i++)
		if (visit->steps[i]->pending)
			visit->steps[i]->pending = admitted(
			    visit, visit->steps[i]);
}

static void
asked(struct visit *visit, struct span reply, struct span state, uint64_t rc)
{
	if (span_is(state, "running")) {
		record_begin(visit);
		send_phase(visit, PHASE_FOLLOW);
	} else if (span_is(state, "unknown")) {
		settle_reached(visit, reply, -1);
		admit_pending(visit);
		if (pending(visit) == 0) {
			look_after(visit);
			return;
		}
		record_begin(visit);
		send_phase(visit, PHASE_START);
	} else if (visit->open && span_is(state, "ended")) {
		settle_ended(visit, reply, rc);
	} else if (visit->open) {
		begin_again(visit, reply);
	} else if (visit->try < TRIES) {
		/* Known to the host, not to the journal: an older try. */
		visit->try++;
		ask(visit);
	} else {
		settle_all(visit, OUTCOME_FAILED, SPAN("too many tries"), -1);
		look_after(visit);
	}
}

static void
followed(struct visit *visit, struct span reply, struct span state, uint64_t rc)
{
	if (span_is(state, "running") && run_clock() < visit->until) {
		send_phase(visit, PHASE_FOLLOW);
	} else if (span_is(state, "running")) {
		settle_all(visit, OUTCOME_TIMEOUT,
		    SPAN("the transaction does "
			 "not end although its time is over; look at the host"),
		    -1);
		look_after(visit);
	} else if (span_is(state, "ended")) {
		settle_ended(visit, reply, rc);
	} else if (span_is(state, "lost")) {
		begin_again(visit, reply);
	} else {
		/* It was begun; that the host forgot it is no good sign. */
		settle_reached(visit, reply, -1);
		settle_all(visit, OUTCOME_LOST,
		    SPAN("the host does not know "
			 "the transaction any more"),
		    -1);
		look_after(visit);
	}
}

/* ---- a dry run */

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

static void
simulated(struct visit *visit, struct span reply, uint64_t status)
{
	struct reply_line line;
	struct span rest = reply;

	while (reply_next(&rest, &line))
		if (span_is(line.field[0], "transaction"))
			print_comment(visit, "", line.field[1]);
	if (status != 0) {
		struct buffer detail = {0};

		verdict_errors(&detail, reply, "the package manager refuses");
		settle_all(visit, OUTCOME_FAILED, buffer_span(&detail),
		    (int64_t)status);
		buffer_release(&detail);
		look_after(visit);
		return;
	}
	if (visit->site->back) {
		settle_all(visit, OUTCOME_DRY_RUN, SPAN(""), 0);
		look_after(visit);
		return;
	}
	send_phase(visit, PHASE_HAVE);
}

/* Can the version that the step replaces be had again? */
static bool
has_way_back(struct visit *visit, struct span reply, const struct step *step)
{
	struct span package = step->package, version;
	struct reply_line line;

	/* apt names the package without its architecture. */
	version = wanted(visit, span_cut(&package, ':'), step->from);
	return reply_find(reply, "have", &version, &line);
}

/* The way back, and what bars it, before anything is done. */
static void
rollback_shown(struct visit *visit, struct span reply)
{
	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];

		if (step->pending && has_way_back(visit, reply, step))
			print_comment(visit,
			    "back: ", wanted(visit, step->package, step->from));
	}
	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];
		struct event event = idle_event(
		    visit, OUTCOME_DRY_RUN, SPAN(""));

		if (!step->pending)
			continue;
		if (span_absent(step->from))
			event.detail = SPAN("no way back: it is new on the "
					    "host");
		else if (!has_way_back(visit, reply, step))
			event.detail = SPAN("no way back: no repository of the "
					    "host has the earlier version");
		settle(visit, step, event);
	}
	look_after(visit);
}

/* ---- looking again */

static void
checked(struct visit *visit, struct span reply)
{
	struct buffer detail = {0};
	struct span package;
	struct event event = event_of(visit, OUTCOME_DONE, SPAN(""));
	size_t good = 0;

	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];

		if (!concerned(visit, step))
			continue;
		if (verdict_reached(reply, step, false)) {
			good++;
			continue;
		}
		if (detail.n > 0)
			buffer_add_span(&detail, SPAN("; "));
		verdict_explain(&detail, reply, step);
	}
	if (verdict_broken(reply, &package))
		buffer_printf(&detail, "%s%.*s is not in order, see dpkg -C",
		    detail.n > 0 ? "; " : "", SPAN_ARG(package));
	if (detail.n > 0)
		event.outcome = OUTCOME_FAILED;
	else
		buffer_printf(
		    &detail, "%zu packages as planned, all in order", good);
	event.detail = buffer_span(&detail);
	visit->current->pending = true;
	settle(visit, visit->current, event);
	buffer_release(&detail);
	look_after(visit);
}

static void
report_manual(struct visit *visit, struct step *step, const char *detail)
{
	struct event event = idle_event(visit, OUTCOME_MANUAL, span_of(detail));

	ledger_report(&visit->site->ledger, step, &event);
}

static void
skip(struct visit *visit, struct step *step, const char *detail)
{
	struct event event = idle_event(
	    visit, OUTCOME_SKIPPED, span_of(detail));

	ledger_settle(&visit->site->ledger, step, &event);
}

/*
 * A reboot is for a person to do, at a time that suits.  The journal keeps
 * which boot it was when the reboot became due; another one settles the step.
 */
static void
boot_seen(struct visit *visit, struct span reply)
{
	static const char word[] = "running since boot ";
	struct step *step = visit->current;
	struct buffer detail = {0};
	struct reply_line line = {0};
	struct event event;

	reply_find(reply, "boot", NULL, &line);
	buffer_printf(&detail, "%s%.*s", word, SPAN_ARG(line.field[1]));
	if (step->forth.last != OUTCOME_STARTED) {
		event = event_of(visit, OUTCOME_STARTED, buffer_span(&detail));
		event.ended = 0;
		ledger_begin(&visit->site->ledger, step, &event);
	} else if (!span_equal(step->forth.detail, buffer_span(&detail))) {
		event = event_of(visit, OUTCOME_DONE, buffer_span(&detail));
		settle(visit, step, event);
	}
	if (step->result == OUTCOME_NONE)
		report_manual(
		    visit, step, "reboot it by hand, then start this again");
	buffer_release(&detail);
	look_after(visit);
}

static bool
is_left(const struct visit *visit, struct step *step)
{
	enum outcome last = history_of(visit, step)->last;

	if (!step->selected || step->result != OUTCOME_NONE)
		return false;
	if (visit->site->back)
		return step->action == ACTION_INSTALL && !step->rolled_back;
	return !step->rolled_back && last != OUTCOME_DONE &&
	       last != OUTCOME_SKIPPED;
}

/* A hundred steps that wait for the same thing need one message. */
static void
say_once(
    const struct visit *visit, const char *what, const struct buffer *reason)
{
	static struct buffer last;

	if (span_equal(buffer_span(reason), buffer_span(&last)))
		return;
	buffer_reset(&last);
	buffer_add_span(&last, buffer_span(reason));
	warning("%.*s: %s: %.*s", SPAN_ARG(visit->host), what,
	    SPAN_ARG(buffer_span(reason)));
}

/*
 * May the step begin?  If not, that is its outcome in this run.  A dry run goes
 * on and only says so.
 */
static bool
admitted(struct visit *visit, struct step *step)
{
	struct buffer reason = {0};
	struct event event = idle_event(visit, OUTCOME_REFUSED, SPAN(""));
	enum pm_exit status = gate_step(&visit->site->gate, step, &reason);

	if (status == PM_EXIT_OK && !visit->site->back)
		status = gate_after(&visit->site->gate, step, &reason);
	if (status != PM_EXIT_OK && visit->site->dry_run) {
		say_once(visit, "would be refused", &reason);
		status = PM_EXIT_OK;
	}
	if (status != PM_EXIT_OK) {
		event.rc = status;
		event.detail = buffer_span(&reason);
		say_once(visit, "refused", &reason);
		ledger_report(&visit->site->ledger, step, &event);
	}
	buffer_release(&reason);
	return status == PM_EXIT_OK;
}

/* The steps of the visit that come after its transaction, one by one. */
static void
look_after(struct visit *visit)
{
	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];

		if (step->action == ACTION_INSTALL || !is_left(visit, step))
			continue;
		if (visit->site->dry_run) {
			struct event event = idle_event(
			    visit, OUTCOME_DRY_RUN, SPAN(""));

			ledger_report(&visit->site->ledger, step, &event);
			continue;
		}
		if (!admitted(visit, step))
			continue;
		if (step->action == ACTION_RESTART) {
			report_manual(visit, step,
			    "restart it by hand; pm-verify sees whether it was");
			continue;
		}
		if (step->action == ACTION_REBOOT &&
		    visit->site->transport.kind == TRANSPORT_ROOT) {
			skip(visit, step, "an image does not run");
			continue;
		}
		visit->current = step;
		visit->try = 1;
		visit->began = gate_now();
		send_phase(visit,
		    step->action == ACTION_CHECK ? PHASE_CHECK : PHASE_BOOT);
		return;
	}
	over(visit);
}

/* ---- no answer */

/* What there is to say of a job that brought no whole reply. */
static void
describe_silence(struct buffer *out, const struct run_job *job)
{
	struct span messages = buffer_span(&job->messages);
	struct span last = {0};

	switch (job->result) {
	case RUN_NOT_STARTED:
		buffer_printf(out, "%s cannot be started: %s", job->argv[0],
		    strerror(job->status));
		return;
	case RUN_TIMEOUT:
		buffer_printf(
		    out, "no answer within %" PRId64 " s", job->limit / SECOND);
		break;
	case RUN_SIGNALLED:
		buffer_printf(out, "%s was ended by signal %d (%s)",
		    job->argv[0], job->status, strsignal(job->status));
		break;
	default:
		buffer_printf(out,
		    "%s ended with %d before the answer was "
		    "complete",
		    job->argv[0], job->status);
	}
	while (messages.p != NULL) {
		struct span line = span_trim(span_cut(&messages, '\n'));

		if (line.n > 0)
			last = line;
	}
	if (last.n > 0)
		buffer_printf(out, ": %.*s", SPAN_ARG(last));
}

static void
retry(struct run_job *job)
{
	struct visit *visit = job->context;

	send_phase(visit, PHASE_FOLLOW);
}

/*
 * A host that was never reached has not begun anything.  One that has begun
 * goes on by itself: it is asked again for a while.
 */
static void
unanswered(struct visit *visit)
{
	int64_t now = run_clock(), limit = SILENCE_LIMIT, pause;
	struct buffer reason = {0};

	describe_silence(&reason, &visit->job);
	if (limit > visit->site->timeout * SECOND)
		limit = visit->site->timeout * SECOND;
	if (visit->silent == 0)
		visit->silent = now;
	pause = (now - visit->silent) / 2 + SECOND;
	if (visit->phase == PHASE_CHECK || visit->phase == PHASE_BOOT)
		visit->current->pending = true;
	if (visit->phase == PHASE_START || visit->phase == PHASE_FOLLOW) {
		if (now - visit->silent < limit) {
			warning("%.*s: %.*s; asking again",
			    SPAN_ARG(visit->host),
			    SPAN_ARG(buffer_span(&reason)));
			visit->job.ended = retry;
			run_later(&visit->job,
			    pause < 30 * SECOND ? pause : 30 * SECOND);
			buffer_release(&reason);
			return;
		}
		settle_all(visit, OUTCOME_LOST, buffer_span(&reason), -1);
	} else if (visit->phase == PHASE_ASK && visit->open) {
		settle_all(visit, OUTCOME_LOST, buffer_span(&reason), -1);
	} else {
		settle_all(
		    visit, OUTCOME_UNREACHABLE, buffer_span(&reason), -1);
	}
	buffer_release(&reason);
	look_after(visit);
}

/* ---- replies */

static void
dispatch(struct visit *visit, struct span reply, uint64_t status)
{
	struct reply_line line = {0};
	struct buffer detail = {0};
	uint64_t rc = 0;

	if (visit->phase != PHASE_SIMULATE && status != 0) {
		verdict_errors(&detail, reply, "the driver failed");
		if (visit->phase == PHASE_CHECK || visit->phase == PHASE_BOOT)
			visit->current->pending = true;
		settle_all(visit, OUTCOME_FAILED, buffer_span(&detail),
		    (int64_t)status);
		buffer_release(&detail);
		look_after(visit);
		return;
	}
	reply_find(reply, "transaction", NULL, &line);
	if (line.field[2].n > 0 && !span_number(line.field[2], &rc))
		rc = 1;
	switch (visit->phase) {
	case PHASE_ASK:
		asked(visit, reply, line.field[1], rc);
		break;
	case PHASE_START:
		send_phase(visit, PHASE_FOLLOW);
		break;
	case PHASE_FOLLOW:
		followed(visit, reply, line.field[1], rc);
		break;
	case PHASE_CHECK:
		checked(visit, reply);
		break;
	case PHASE_BOOT:
		boot_seen(visit, reply);
		break;
	case PHASE_LOOK:
		settle_reached(visit, reply, -1);
		if (pending(visit) > 0)
			send_phase(visit, PHASE_SIMULATE);
		else
			look_after(visit);
		break;
	case PHASE_SIMULATE:
		simulated(visit, reply, status);
		break;
	default:
		rollback_shown(visit, reply);
	}
}

static void
replied(struct run_job *job)
{
	struct visit *visit = job->context;
	struct buffer reply = job->output;
	uint64_t status;

	if (job->result == RUN_ABANDONED) {
		visit->interrupted = true;
		over(visit);
		return;
	}
	/* The next job of the visit fills the buffer anew: keep this reply. */
	job->output = (struct buffer){0};
	if (job->output_cut ||
	    !reply_whole(buffer_span(&reply), verbs[visit->phase], &status)) {
		unanswered(visit);
	} else {
		visit->silent = 0;
		visit->answered = true;
		dispatch(visit, buffer_span(&reply), status);
	}
	buffer_release(&reply);
}

/* ---- beginning */

void
visit_leave(
    struct visit *visit, enum outcome outcome, int64_t rc, const char *reason)
{
	for (size_t i = 0; i < visit->count; i++) {
		struct event event = idle_event(
		    visit, outcome, span_of(reason));

		event.rc = rc;
		if (is_left(visit, visit->steps[i]))
			ledger_report(
			    &visit->site->ledger, visit->steps[i], &event);
	}
}

/* The open try of the visit, or the one after the last. */
static void
find_try(struct visit *visit)
{
	visit->try = 0;
	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];
		const struct history *history = history_of(visit, step);

		if (step->action != ACTION_INSTALL)
			continue;
		if (history->try > visit->try) {
			visit->try = history->try;
			visit->open = false;
		}
		if (history->try == visit->try && is_open(visit, step))
			visit->open = true;
	}
	if (!visit->open)
		visit->try++;
}

/* Only what the driver can do; never a guess. */
static void
refuse_system(struct visit *visit)
{
	struct span os = plan_os(visit->site->plan, visit->host);
	struct buffer reason = {0};

	if (span_absent(os))
		buffer_printf(&reason, "the plan does not say which system the "
				       "host has");
	else
		buffer_printf(&reason,
		    "there is no driver for %.*s; install by "
		    "hand, pm-verify sees whether it was",
		    SPAN_ARG(os));
	buffer_add_byte(&reason, '\0');
	warning("%.*s: refused: %s", SPAN_ARG(visit->host), reason.p);
	visit_leave(visit, OUTCOME_REFUSED, PM_EXIT_REFUSED, reason.p);
	buffer_release(&reason);
	over(visit);
}

void
visit_begin(struct visit *visit)
{
	const struct site *site = visit->site;

	if (version_scheme_of(plan_os(site->plan, visit->host)) !=
	    VERSION_DEB) {
		refuse_system(visit);
		return;
	}
	visit->began = gate_now();
	visit->until = run_clock() + 2 * site->timeout * SECOND + ANSWER_LIMIT;
	find_try(visit);
	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];

		if (step->action == ACTION_INSTALL && is_left(visit, step))
			step->pending = is_open(visit, step) ||
					admitted(visit, step);
	}
	if (pending(visit) == 0)
		look_after(visit);
	else if (site->dry_run)
		send_phase(visit, PHASE_LOOK);
	else
		ask(visit);
}

void
visit_release(struct visit *visit)
{
	run_release(&visit->job);
	buffer_release(&visit->script);
	arena_release(&visit->arena);
	free(visit->steps);
}
