/* A question to the host: the words for the driver, and the job. */
#include "stages.h"

#include <inttypes.h>

#include "driver.h"
#include "space.h"
#include "verdict.h"

enum {
	ANSWER_LIMIT = 120, /* seconds for a short question */
	SIMULATE_LIMIT = 300,
	FOLLOW_SECONDS = 20, /* the host waits so long for the end */
	REBOOT_SECONDS = 2,  /* and here, where it soon cannot answer */
	REBOOT_LIMIT = 20,
	KILOBYTE = 1024,
	OUTPUT_LIMIT = 1024 * 1024
};

const char *const visit_verbs[PHASES] = {
    [PHASE_ASK] = "poll",
    [PHASE_START] = "start",
    [PHASE_FOLLOW] = "poll",
    [PHASE_CHECK] = "check",
    [PHASE_LOOK] = "state",
    [PHASE_SIMULATE] = "plan",
    [PHASE_HAVE] = "have",
};

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
struct span
visit_wanted(struct visit *visit, struct span package, struct span version)
{
	struct buffer text = {0};
	struct span copy;

	buffer_printf(&text, "%.*s=%.*s", SPAN_ARG(package), SPAN_ARG(version));
	copy = arena_copy(&visit->arena, buffer_span(&text));
	buffer_release(&text);
	return copy;
}

/* PACKAGE=TO=FROM */
static struct span
change(
    struct visit *visit, struct span package, struct span from, struct span to)
{
	struct buffer text = {0};
	struct span copy;

	buffer_printf(&text, "%.*s=%.*s=%.*s", SPAN_ARG(package), SPAN_ARG(to),
	    SPAN_ARG(from));
	copy = arena_copy(&visit->arena, buffer_span(&text));
	buffer_release(&text);
	return copy;
}

/* Is this step's package asked about in this phase? */
bool
visit_concerns(const struct visit *visit, const struct step *step)
{
	if (!action_is_package(step->action))
		return false;
	if (visit->phase == PHASE_CHECK)
		return step->selected && !step->rolled_back;
	if (visit->phase == PHASE_HAVE)
		return step->pending && !span_absent(step->from);
	return step->pending;
}

/* What the later visits of the wave will install on the host. */
static void
add_downloads(struct visit *visit, struct words *words)
{
	const struct plan *plan = visit->site->plan;

	for (size_t i = 0; i < plan->count; i++) {
		struct step *step = &plan->steps[i];

		if (step->action == ACTION_INSTALL &&
		    step->wave == visit->wave && !step->rolled_back &&
		    step->forth.last != OUTCOME_DONE &&
		    span_equal(step->host, visit->host))
			add_word(words,
			    change(visit, step->package, step->from, step->to));
	}
}

static void
add_packages(struct visit *visit, struct words *words)
{
	bool back = visit->back;

	for (size_t i = 0; i < visit->count; i++) {
		struct step *step = visit->steps[i];

		if (!visit_concerns(visit, step))
			continue;
		switch (visit->phase) {
		case PHASE_START:
		case PHASE_SIMULATE:
			add_word(words, change(visit, step->package,
					    back ? step->to : step->from,
					    verdict_target(step, back)));
			break;
		case PHASE_HAVE:
			add_word(words,
			    visit_wanted(visit, step->package, step->from));
			break;
		default:
			add_word(words, step->package);
		}
	}
}

/* What the transaction takes, in kilobytes: DOWNLOADED,UNPACKED,KERNELS. */
static void
add_space(struct visit *visit, struct words *words)
{
	enum { SENSIBLE = 40 }; /* more bits a sum need not hold */
	struct space space = {0};
	struct buffer text = {0};

	for (size_t i = 0; i < visit->count; i++) {
		const struct step *step = visit->steps[i];

		if (step->pending && step->bytes >> SENSIBLE == 0 &&
		    step->growth >> SENSIBLE == 0)
			space_add(&space, step->package,
			    verdict_target(step, visit->back), step->bytes,
			    step->growth);
	}
	buffer_printf(&text, "%" PRIu64 ",%" PRIu64 ",%" PRIu64,
	    space.wanted[SPACE_VAR] / KILOBYTE,
	    space.wanted[SPACE_USR] / KILOBYTE,
	    space.wanted[SPACE_BOOT] / KILOBYTE);
	add_word(words, SPAN("--space"));
	add_word(words, arena_copy(&visit->arena, buffer_span(&text)));
	buffer_release(&text);
}

/* Those that are new on the host because others need them; or nothing. */
static void
add_automatic(struct visit *visit, struct words *words)
{
	struct buffer names = {0};

	for (size_t i = 0; !visit->back && i < visit->count; i++) {
		const struct step *step = visit->steps[i];

		if (!step->pending || !step->automatic)
			continue;
		if (names.n > 0)
			buffer_add_byte(&names, ',');
		buffer_add_span(&names, step->package);
	}
	if (names.n > 0) {
		add_word(words, SPAN("--auto"));
		add_word(words, arena_copy(&visit->arena, buffer_span(&names)));
	}
	buffer_release(&names);
}

static bool
is_reboot(const struct visit *visit)
{
	return visit->current != NULL &&
	       visit->current->action == ACTION_REBOOT;
}

/* How long the host may take to answer, in milliseconds. */
static int64_t
answer_limit(const struct visit *visit, enum phase phase)
{
	const struct site *site = visit->site;
	int64_t seconds = phase == PHASE_SIMULATE ? SIMULATE_LIMIT
						  : ANSWER_LIMIT;

	if (phase == PHASE_FOLLOW && is_reboot(visit))
		return REBOOT_LIMIT * SECOND;
	if (seconds > site->timeout)
		seconds = site->timeout;
	if (phase == PHASE_FOLLOW)
		seconds += FOLLOW_SECONDS;
	if (phase == PHASE_CHECK)
		seconds += site->settle * CHECKS_MAX;
	return seconds * SECOND;
}

static void
add_health(void *context, struct span name, struct span text)
{
	struct words *words = context;

	add_word(words, SPAN("--health"));
	add_word(words, name);
	add_word(words, text);
}

/* Of --timeout, what is left until the end of the run; at least a minute. */
static int64_t
time_left(const struct site *site)
{
	enum { LEAST = 60 };
	int64_t left = site->timeout;

	if (site->until != 0 && (site->until - run_clock()) / SECOND < left)
		left = (site->until - run_clock()) / SECOND;
	if (left < LEAST && left < site->timeout)
		left = site->timeout < LEAST ? site->timeout : LEAST;
	return left;
}

static void
add_start(struct visit *visit, struct words *words)
{
	const struct site *site = visit->site;

	add_word(words, SPAN("--action"));
	add_word(words, span_of(action_name(transaction_action(visit))));
	add_word(words, SPAN("--visit"));
	add_word(words, span_of(visit->name));
	add_number(visit, words, "--timeout", time_left(site));
	add_number(visit, words, "--lock-wait", site->lock_wait);
	add_space(visit, words);
	add_automatic(visit, words);
}

static void
add_check(struct visit *visit, struct words *words)
{
	add_word(words, SPAN("--visit"));
	add_word(words, span_of(visit->name));
	add_number(visit, words, "--settle", visit->site->settle);
	check_each(visit, add_health, words);
}

/* The words for the driver in a phase. */
static void
add_words(struct visit *visit, enum phase phase, struct words *words)
{
	const struct site *site = visit->site;

	add_word(words, span_of(visit_verbs[phase]));
	if (site->transport.kind == TRANSPORT_ROOT)
		add_word(words, SPAN("--image"));
	if (visit->back)
		add_word(words, SPAN("--downgrade"));
	if (phase == PHASE_START)
		add_start(visit, words);
	if (phase == PHASE_CHECK)
		add_check(visit, words);
	if (phase == PHASE_ASK || phase == PHASE_START || phase == PHASE_FOLLOW)
		add_word(words, span_of(visit->id));
	if (phase == PHASE_ASK)
		add_word(words, SPAN("0"));
	if (phase == PHASE_FOLLOW)
		add_number(visit, words, NULL,
		    is_reboot(visit) ? REBOOT_SECONDS : FOLLOW_SECONDS);
	if (phase == PHASE_START && visit->current != NULL &&
	    visit->current->action == ACTION_DOWNLOAD)
		add_downloads(visit, words);
	add_packages(visit, words);
}

void
visit_send(struct visit *visit, enum phase phase)
{
	struct words words = {0};

	visit->phase = phase;
	arena_release(&visit->arena);
	add_words(visit, phase, &words);
	driver_script(&visit->script, visit->driver, words.word, words.count);
	free(words.word);
	visit->job.input = buffer_span(&visit->script);
	visit->job.limit = answer_limit(visit, phase);
	visit->job.output_limit = OUTPUT_LIMIT;
	visit->job.strict = true;
	visit->job.ended = visit_replied;
	visit->job.context = visit;
	transport_prepare(
	    &visit->site->transport, &visit->arena, visit->host, &visit->job);
	run_start(&visit->job);
}
