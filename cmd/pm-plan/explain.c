/* The plan for one host in words: why now, why not earlier, why not at all. */
#include <inttypes.h>
#include <stdarg.h>

#include "plan.h"
#include "timestamp.h"

struct answer {
	struct fleet *fleet;
	struct output *output;
	const struct host *host;
};

static void say(struct answer *answer, const char *format, ...) PM_PRINTF(2, 3);

static void
say(struct answer *answer, const char *format, ...)
{
	struct buffer line = {0};
	va_list arguments;
	char text[2048];

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	buffer_printf(&line, "%s", text);
	output_line(answer->output, buffer_span(&line));
	buffer_release(&line);
}

/* Who decided a choice. */
static const char *
choice_from(const struct host *host, enum choice choice)
{
	static char text[256];
	const struct rule_origin *origin = &host->origin[choice];

	if (origin->file == NULL)
		return "host record";
	snprintf(text, sizeof(text), "%s:%u", origin->file, origin->line);
	return text;
}

/* The waves of the same ring and tier, as far as they come before. */
static void
say_earlier(struct answer *answer, const struct visit *visit)
{
	struct fleet *fleet = answer->fleet;
	const struct host *host = answer->host;
	const struct ring_state *ring = &fleet->rings[host->ring];
	char from[TIMESTAMP_SIZE];

	if (visit->kind == VISIT_EMERGENCY)
		say(answer, "  emergency: window, freeze and soak do not hold "
			    "it; redundant hosts still follow each other");
	else if (ring->from > fleet->now) {
		timestamp_format(ring->from, from);
		say(answer,
		    "  ring %s: not before %s, when the rings before "
		    "it have ended and soaked",
		    ring_names[host->ring], from);
	} else
		say(answer, "  ring %s: no ring before it has work",
		    ring_names[host->ring]);
	say(answer, "  tier %s: %s", tier_names[host->tier],
	    host->tier == TIER_OPERATIONAL
		? "first in its ring"
		: "behind the less critical hosts of its ring");
	if (visit->twin != NONE) {
		const struct visit *twin = &fleet->visits[visit->twin];

		say(answer, "  same role and site: behind %.*s in wave %u",
		    SPAN_ARG(fleet->hosts[twin->host].name), twin->wave);
	}
	if (host->alone)
		say(answer, "  single point: no other host has its role and "
			    "site");
	if (ring->wave_size[host->tier] != 0)
		say(answer, "  wave_size %" PRIu32,
		    ring->wave_size[host->tier]);
}

static void
say_visit(struct answer *answer, const struct visit *visit)
{
	const struct host *host = answer->host;
	char start[TIMESTAMP_SIZE], end[TIMESTAMP_SIZE] = "open end";

	timestamp_format(visit->slot.start, start);
	if (visit->slot.end != SLOT_FOREVER)
		timestamp_format(visit->slot.end, end);
	say(answer, "%.*s: wave %u of %u, %s to %s", SPAN_ARG(host->name),
	    visit->wave, answer->fleet->waves, start, end);
	say_earlier(answer, visit);
	if (visit->kind == VISIT_EMERGENCY)
		return;
	say(answer, "  window %.*s (%s)", SPAN_ARG(host->choice[CHOICE_WINDOW]),
	    choice_from(host, CHOICE_WINDOW));
	if (!span_absent(host->choice[CHOICE_FREEZE]))
		say(answer, "  freeze %.*s (%s)",
		    SPAN_ARG(host->choice[CHOICE_FREEZE]),
		    choice_from(host, CHOICE_FREEZE));
}

void
explain_write(struct fleet *fleet, struct output *output, struct span name)
{
	const struct host *host = fleet_find(fleet, name);
	struct answer answer = {fleet, output, host};
	bool planned = false;

	if (host == NULL)
		die(PM_EXIT_NOTHING, "the stream has no host '%.*s'",
		    SPAN_ARG(name));
	for (unsigned kind = 0; kind < VISIT_KINDS; kind++) {
		if (host->visit[kind] == NONE ||
		    fleet->visits[host->visit[kind]].cancelled)
			continue;
		say_visit(&answer, &fleet->visits[host->visit[kind]]);
		planned = true;
	}
	if (host->need_count == 0)
		say(&answer, "%.*s: nothing is needed", SPAN_ARG(name));
	else if (!planned)
		say(&answer, "%.*s: not planned", SPAN_ARG(name));
	for (uint32_t i = 0; i < host->need_count; i++) {
		const struct need *need = &fleet->needs[host->first_need + i];

		say(&answer, "  %s %.*s %.*s to %.*s: %.*s",
		    disposition_names[need->disposition],
		    SPAN_ARG(need->package), SPAN_ARG(need->installed),
		    SPAN_ARG(need->fixed), SPAN_ARG(need->reason));
	}
}
