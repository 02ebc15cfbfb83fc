/* A question to the host: the words for the driver, and the job. */
#include "stages.h"

#include <inttypes.h>

#include "driver.h"
#include "verdict.h"

enum {
	ANSWER_LIMIT = 120, /* seconds for a short question */
	SIMULATE_LIMIT = 300,
	FOLLOW_SECONDS = 20, /* the host waits so long for the end */
	OUTPUT_LIMIT = 1024 * 1024
};

const char *const visit_verbs[PHASES] = {
    [PHASE_ASK] = "poll",
    [PHASE_START] = "start",
    [PHASE_FOLLOW] = "poll",
    [PHASE_CHECK] = "state",
    [PHASE_BOOT] = "state",
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

/* Is this step's package asked about in this phase? */
bool
visit_concerns(const struct visit *visit, const struct step *step)
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

		if (!visit_concerns(visit, step))
			continue;
		switch (visit->phase) {
		case PHASE_START:
		case PHASE_SIMULATE:
			add_word(words, visit_wanted(visit, step->package,
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

/* How long the host may take to answer, in milliseconds. */
static int64_t
answer_limit(const struct site *site, enum phase phase)
{
	int64_t seconds = phase == PHASE_SIMULATE ? SIMULATE_LIMIT
						  : ANSWER_LIMIT;

	if (seconds > site->timeout)
		seconds = site->timeout;
	if (phase == PHASE_FOLLOW)
		seconds += FOLLOW_SECONDS;
	return seconds * SECOND;
}

void
visit_send(struct visit *visit, enum phase phase)
{
	const struct site *site = visit->site;
	struct words words = {0};

	visit->phase = phase;
	arena_release(&visit->arena);
	add_word(&words, span_of(visit_verbs[phase]));
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
	visit->job.ended = visit_replied;
	visit->job.context = visit;
	transport_prepare(
	    &site->transport, &visit->arena, visit->host, &visit->job);
	run_start(&visit->job);
}
