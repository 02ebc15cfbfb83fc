/*
 * The rows of the plan: for each visit its installs, a reboot where one is
 * needed, and a check; behind all waves the needs that are not patched, with
 * the reason.  What is written is what the trailer counts and digests.
 */
#include <inttypes.h>

#include "plan.h"
#include "timestamp.h"
#include "trailer.h"

struct writer {
	struct fleet *fleet;
	struct output *output;
	struct trailer trailer;
	struct buffer line;
	struct span plan;
};

static void
write_line(struct writer *writer, struct span line)
{
	trailer_line(&writer->trailer, line);
	output_line(writer->output, line);
}

static void
write_step(struct writer *writer, const struct span *value)
{
	struct buffer *line = &writer->line;

	buffer_reset(line);
	buffer_add_span(line, schema_of(RECORD_STEP)->name);
	for (unsigned i = 0; i < STEP_COLUMNS; i++) {
		buffer_add_byte(line, '\t');
		buffer_add_span(line, value[i].n == 0 ? SPAN("-") : value[i]);
	}
	write_line(writer, buffer_span(line));
}

/* ---- names and lists */

/* Steps of an emergency are told from those of the regular visit. */
static struct span
visit_step_id(
    struct fleet *fleet, const struct visit *visit, const char *action)
{
	return fleet_text(fleet, "%.*s/%s/%s",
	    SPAN_ARG(fleet->hosts[visit->host].name), action,
	    visit->kind == VISIT_EMERGENCY ? "emergency" : "-");
}

/*
 * HOST/install/PACKAGE; a package may be needed once more in another state, and
 * that one carries the state as well.
 */
static struct span
need_step_id(struct fleet *fleet, const struct need *need)
{
	const char *action = need->reboot    ? "reboot"
			     : need->removal ? "remove"
					     : "install";
	bool plain = need->reboot || span_is(need->state, "available");

	return fleet_text(fleet, "%.*s/%s/%.*s%s%.*s",
	    SPAN_ARG(fleet->hosts[need->host].name), action,
	    SPAN_ARG(need->package), plain ? "" : "/",
	    plain ? 0 : (int)need->state.n, need->state.p);
}

static int
span_order(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

/* A sorted, comma-joined list. */
static struct span
join(struct fleet *fleet, struct span *ids, size_t count)
{
	struct buffer list = {0};
	struct span copy;

	if (count == 0)
		return SPAN("-");
	qsort(ids, count, sizeof(*ids), span_order);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buffer_add_byte(&list, ',');
		buffer_add_span(&list, ids[i]);
	}
	copy = arena_copy(&fleet->text, buffer_span(&list));
	buffer_release(&list);
	return copy;
}

/* ---- one visit */

/*
 * Does a package take effect only after a reboot?  The policy lists such names,
 * or their beginnings with a star.
 */
static bool
wants_reboot(const struct host *host, struct span package)
{
	struct span list = host->choice[CHOICE_RESTART];

	if (span_absent(list))
		list = SPAN("linux-image*");
	while (list.p != NULL) {
		struct span name = span_trim(span_cut(&list, ','));

		if (span_ends(name, SPAN("*"))) {
			name.n--;
			if (span_starts(package, name))
				return true;
		} else if (span_equal(package, name))
			return true;
	}
	return false;
}

static struct span
mode_of(const struct host *host)
{
	if (!span_absent(host->choice[CHOICE_MODE]))
		return host->choice[CHOICE_MODE];
	return host->tier == TIER_OPERATIONAL ? SPAN("unattended")
					      : SPAN("attended");
}

/* What must be over before the first step: the twin's visit, an emergency. */
static struct span
visit_after(struct fleet *fleet, const struct visit *visit)
{
	const struct host *host = &fleet->hosts[visit->host];
	uint32_t emergency = host->visit[VISIT_EMERGENCY];
	struct span ids[2];
	size_t count = 0;

	if (visit->twin != NONE)
		ids[count++] = visit_step_id(
		    fleet, &fleet->visits[visit->twin], "check");
	if (visit->kind == VISIT_REGULAR && emergency != NONE &&
	    visit->twin != emergency)
		ids[count++] = visit_step_id(
		    fleet, &fleet->visits[emergency], "check");
	return join(fleet, ids, count);
}

/* The columns that all steps of a visit have in common. */
static void
visit_columns(
    struct writer *writer, const struct visit *visit, struct span *value)
{
	struct fleet *fleet = writer->fleet;
	const struct host *host = &fleet->hosts[visit->host];
	char text[TIMESTAMP_SIZE];

	value[STEP_PLAN] = writer->plan;
	value[STEP_WAVE] = fleet_text(fleet, "%u", visit->wave);
	value[STEP_HOST] = host->name;
	value[STEP_START] = arena_copy(
	    &fleet->text, timestamp_format(visit->slot.start, text));
	if (visit->slot.end != SLOT_FOREVER)
		value[STEP_END] = arena_copy(
		    &fleet->text, timestamp_format(visit->slot.end, text));
	value[STEP_MODE] = mode_of(host);
	value[STEP_STATE] = SPAN("planned");
	value[STEP_OWNER] = host->owner;
}

/* Why this is done, and what the one who approves should know. */
static struct span
planned_reason(
    struct fleet *fleet, const struct visit *visit, const struct need *need)
{
	const struct host *host = &fleet->hosts[need->host];
	struct buffer reason = {0};
	struct span copy;
	int64_t due;

	buffer_add_span(&reason, need->reason);
	if (need->kind == VISIT_EMERGENCY)
		buffer_printf(
		    &reason, "; window, freeze and soak do not hold it");
	if (timestamp_parse(need->due, &due) && visit->slot.start > due)
		buffer_printf(&reason, "; later than its due date %.*s",
		    SPAN_ARG(need->due));
	if (host->alone)
		buffer_printf(&reason,
		    "; single point: no other %.*s at site %.*s",
		    SPAN_ARG(intern_span(&fleet->names, host->role)),
		    SPAN_ARG(intern_span(&fleet->names, host->site)));
	copy = arena_copy(&fleet->text, buffer_span(&reason));
	buffer_release(&reason);
	return copy;
}

struct visit_steps {
	struct span value[STEP_COLUMNS];
	struct span *done; /* ids of the installs */
	size_t done_count;
	struct span reboot_reason; /* empty when no reboot is needed */
};

/* The list after of a visit with the steps that come before this one. */
static struct span
after_also(struct fleet *fleet, struct span after, struct span before)
{
	struct span *ids = NULL, joined;
	size_t count = 0, capacity = 0;

	if (before.n == 0)
		return after;
	if (span_absent(after))
		after.p = NULL;
	while (after.p != NULL || before.p != NULL) {
		ids = memory_grow(ids, &capacity, count + 1, sizeof(*ids));
		ids[count++] = span_cut(
		    after.p != NULL ? &after : &before, ',');
	}
	joined = join(fleet, ids, count);
	free(ids);
	return joined;
}

static void
write_install(struct writer *writer, struct visit_steps *steps,
    const struct visit *visit, const struct need *need)
{
	struct span value[STEP_COLUMNS];

	memcpy(value, steps->value, sizeof(value));
	value[STEP_STEP] = need_step_id(writer->fleet, need);
	value[STEP_ACTION] = need->removal ? SPAN("remove") : SPAN("install");
	value[STEP_PACKAGE] = need->package;
	value[STEP_FROM] = need->installed;
	value[STEP_TO] = need->fixed;
	value[STEP_BYTES] = need->bytes;
	value[STEP_BACKOUT] = need->backout;
	value[STEP_AFTER] = after_also(
	    writer->fleet, steps->value[STEP_AFTER], need->before);
	value[STEP_REASON] = planned_reason(writer->fleet, visit, need);
	write_step(writer, value);
	steps->done[steps->done_count++] = value[STEP_STEP];
	if (steps->reboot_reason.n == 0 &&
	    wants_reboot(&writer->fleet->hosts[need->host], need->package))
		steps->reboot_reason = fleet_text(writer->fleet,
		    "%.*s takes effect after a reboot",
		    SPAN_ARG(need->package));
}

/* Reboot and check come after what was done before them. */
static void
write_after(struct writer *writer, struct visit_steps *steps,
    const struct visit *visit, const char *action, struct span reason)
{
	struct span value[STEP_COLUMNS];

	memcpy(value, steps->value, sizeof(value));
	value[STEP_STEP] = visit_step_id(writer->fleet, visit, action);
	value[STEP_ACTION] = span_of(action);
	value[STEP_REASON] = reason;
	if (steps->done_count > 0)
		value[STEP_AFTER] = join(
		    writer->fleet, steps->done, steps->done_count);
	write_step(writer, value);
	steps->done[0] = value[STEP_STEP];
	steps->done_count = 1;
}

static void
write_visit(struct writer *writer, const struct visit *visit)
{
	struct fleet *fleet = writer->fleet;
	const struct host *host = &fleet->hosts[visit->host];
	struct visit_steps steps = {
	    .done = memory_array(
		NULL, host->need_count + 1, sizeof(struct span))};

	if (span_absent(host->owner))
		fleet->ownerless++;
	visit_columns(writer, visit, steps.value);
	steps.value[STEP_AFTER] = visit_after(fleet, visit);
	for (uint32_t i = 0; i < host->need_count; i++) {
		const struct need *need = &fleet->needs[host->first_need + i];

		if (need->disposition != PLANNED || need->kind != visit->kind)
			continue;
		if (need->reboot)
			steps.reboot_reason = fleet_text(fleet, "%.*s: %.*s",
			    SPAN_ARG(need->package),
			    SPAN_ARG(planned_reason(fleet, visit, need)));
		else
			write_install(writer, &steps, visit, need);
		fleet->balance[PLANNED] += !need->prerequisite;
	}
	if (steps.reboot_reason.n > 0)
		write_after(
		    writer, &steps, visit, "reboot", steps.reboot_reason);
	write_after(
	    writer, &steps, visit, "check", SPAN("look again afterwards"));
	free(steps.done);
}

/* ---- the whole */

/* A need that is not patched. */
static void
write_exception(struct writer *writer, const struct need *need)
{
	struct fleet *fleet = writer->fleet;
	const struct host *host = &fleet->hosts[need->host];
	struct span value[STEP_COLUMNS] = {
	    [STEP_PLAN] = writer->plan,
	    [STEP_STEP] = need_step_id(fleet, need),
	    [STEP_HOST] = host->name,
	    [STEP_ACTION] = need->reboot ? SPAN("reboot") : SPAN("install"),
	    [STEP_PACKAGE] = need->package,
	    [STEP_FROM] = need->installed,
	    [STEP_TO] = need->fixed,
	    [STEP_STATE] = span_of(disposition_names[need->disposition]),
	    [STEP_REASON] = need->reason,
	    [STEP_OWNER] = host->owner,
	};

	write_step(writer, value);
	fleet->balance[need->disposition]++;
}

void
steps_write(struct fleet *fleet, struct output *output, struct span plan)
{
	struct writer writer = {.fleet = fleet, .output = output, .plan = plan};

	trailer_start(&writer.trailer, schema_of(RECORD_STEP)->name);
	if (output->headers)
		write_line(&writer, layout_default(RECORD_STEP, true)->header);
	for (size_t i = 0; i < fleet->visit_count; i++)
		if (!fleet->visits[i].cancelled)
			write_visit(&writer, &fleet->visits[i]);
	for (size_t i = 0; i < fleet->need_count; i++)
		if (fleet->needs[i].disposition != PLANNED &&
		    !fleet->needs[i].prerequisite)
			write_exception(&writer, &fleet->needs[i]);
	buffer_reset(&writer.line);
	trailer_finish(&writer.trailer, &writer.line);
	writer.line.n--; /* output_line() adds the newline */
	output_line(output, buffer_span(&writer.line));
	buffer_release(&writer.line);
}
