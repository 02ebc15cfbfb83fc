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

/* What the policy says, and where. */
static void
say_choice(struct answer *answer, const char *name, enum choice choice)
{
	struct fleet *fleet = answer->fleet;
	struct span value = host_choice(fleet, answer->host, choice);

	if (!span_absent(value))
		say(answer, "  %s %.*s (%.*s)", name, SPAN_ARG(value),
		    SPAN_ARG(setting_where(fleet, answer->host, choice)));
}

static void
say_window(struct answer *answer, const struct visit *visit)
{
	int64_t minutes = (visit->seconds + 59) / 60;
	int64_t download = (visit->download + 59) / 60;

	if (visit->kind == VISIT_CRITICAL)
		say_choice(answer, "off_hours", CHOICE_OFF_HOURS);
	else
		say_choice(answer, "window", CHOICE_WINDOW);
	say_choice(answer, "freeze", CHOICE_FREEZE);
	say_choice(answer, "mode", CHOICE_MODE);
	say(answer,
	    "  takes %" PRId64 " %s from %s on, and %" PRId64
	    " to restore; %" PRIu64 " %s at a time",
	    minutes, PLURAL(minutes, "minute", "minutes"),
	    timestamp_format(visit->begin, (char[TIMESTAMP_SIZE]){0}).p,
	    (visit->restore + 59) / 60, answer->fleet->jobs,
	    PLURAL(answer->fleet->jobs, "visit", "visits"));
	if (visit->passed > 0)
		say(answer, "  %" PRIu32 " %s no room", visit->passed,
		    PLURAL(visit->passed, "opening of the window before has",
			"openings of the window before have"));
	if (visit->download > 0)
		say(answer, "  download of %" PRId64 " %s before that",
		    download, PLURAL(download, "minute", "minutes"));
}

/* Those of the same role, site and so on that come before. */
static void
say_groups(struct answer *answer, const struct visit *visit)
{
	static const char *const kinds[GROUP_KINDS] = {"same role and site",
	    "quorum", "site", "link of site", "hypervisor"};
	const struct fleet *fleet = answer->fleet;
	const struct host *host = answer->host;
	uint32_t before[8];
	size_t count = order_before(
	    fleet, visit, before, sizeof(before) / sizeof(before[0]));

	for (uint32_t i = 0; i < host->group_count; i++) {
		const struct group *group =
		    &fleet->groups[fleet->memberships[host->first_group + i]];
		uint32_t at = lanes_before(fleet, visit, i);

		if (at == NONE && group->kind == GROUP_REDUNDANT)
			continue;
		say(answer, "  %s %.*s: at most %" PRIu32 " of %" PRIu32,
		    kinds[group->kind],
		    SPAN_ARG(intern_span(&fleet->names, group->name)),
		    group->limit, group->hosts);
		if (at != NONE)
			say(answer, "    behind %.*s in wave %" PRIu32,
			    SPAN_ARG(fleet->hosts[fleet->visits[at].host].name),
			    fleet->visits[at].wave);
	}
	for (size_t i = 0; i < count; i++) {
		const struct visit *other = &fleet->visits[before[i]];
		const struct host *first = &fleet->hosts[other->host];

		say(answer,
		    "  order: %.*s comes before %.*s, behind %.*s in wave "
		    "%" PRIu32,
		    SPAN_ARG(intern_span(&fleet->names, first->role)),
		    SPAN_ARG(intern_span(&fleet->names, host->role)),
		    SPAN_ARG(first->name), other->wave);
	}
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
	else if (ring->from[visit->kind] > fleet->now) {
		timestamp_format(ring->from[visit->kind], from);
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
	if (visit->yields)
		say(answer, "  yields to roles in order records: takes the room"
			    " that these leave");
	say_groups(answer, visit);
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
	struct span mark, again;

	timestamp_format(visit->slot.start, start);
	if (visit->slot.end != SLOT_FOREVER)
		timestamp_format(visit->slot.end, end);
	say(answer, "%.*s: wave %u of %u, %s to %s", SPAN_ARG(host->name),
	    visit->wave, answer->fleet->waves, start, end);
	say_earlier(answer, visit);
	if (visit->kind != VISIT_EMERGENCY)
		say_window(answer, visit);
	again = visit_reboots_again(answer->fleet, visit);
	if (again.n > 0)
		say(answer, "  %.*s", SPAN_ARG(again));
	mark = roster_mark(answer->fleet, visit);
	if (mark.n > 0)
		say(answer, "  %.*s", SPAN_ARG(span_skip(mark, 2)));
	if (host->led)
		say_choice(answer, "nobody owns it; lead", CHOICE_LEAD);
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
