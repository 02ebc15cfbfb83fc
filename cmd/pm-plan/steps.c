/*
 * The rows of the plan: for each visit what is done around the work, its
 * installs, restarts or a reboot, and a check; behind all waves the needs that
 * are not patched, with the reason.
 */
#include <inttypes.h>

#include "gates.h"
#include "rows.h"
#include "timestamp.h"

struct visit_steps {
	const struct visit *visit;
	struct span value[STEP_COLUMNS]; /* what all steps have in common */
	struct span mark;		 /* what is said with each of them */
	struct span *done;		 /* ids that the next step waits for */
	size_t done_count;
	struct span reboot_reason;
};

/* ---- what all steps of a visit have in common */

static struct span
mode_of(const struct fleet *fleet, const struct host *host)
{
	struct span mode = host_choice(fleet, host, CHOICE_MODE);

	if (!span_absent(mode))
		return mode;
	return host->tier == TIER_OPERATIONAL ? SPAN("unattended")
					      : SPAN("attended");
}

/*
 * What must be over before the first step: visits of the same groups, of roles
 * that come before, of the same host.
 */
static struct span
visit_after(struct fleet *fleet, const struct visit *visit)
{
	const struct host *host = &fleet->hosts[visit->host];
	size_t roles = fleet->order.count;
	size_t most = host->group_count + roles + VISIT_KINDS;
	struct span *ids = memory_array(NULL, most, sizeof(*ids));
	size_t count = order_roles(fleet, visit, ids, roles);
	struct span list;

	for (uint32_t i = 0; i < host->group_count; i++) {
		uint32_t at = lanes_before(fleet, visit, i);

		if (at != NONE &&
		    group_waits(
			&fleet->groups[fleet->memberships[host->first_group +
							  i]]))
			ids[count++] = rows_visit_id(
			    fleet, &fleet->visits[at], ACTION_CHECK);
	}
	for (unsigned kind = 0; kind < visit->kind; kind++)
		if (host->visit[kind] != NONE &&
		    !fleet->visits[host->visit[kind]].cancelled)
			ids[count++] = rows_visit_id(fleet,
			    &fleet->visits[host->visit[kind]], ACTION_CHECK);
	list = rows_join(fleet, ids, count);
	free(ids);
	return list;
}

static void
visit_columns(struct writer *writer, struct visit_steps *steps)
{
	struct fleet *fleet = writer->fleet;
	const struct visit *visit = steps->visit;
	const struct host *host = &fleet->hosts[visit->host];
	struct span *value = steps->value;

	value[STEP_PLAN] = writer->plan;
	value[STEP_WAVE] = rows_number(fleet, visit->wave);
	value[STEP_HOST] = host->name;
	value[STEP_START] = rows_time(fleet, visit->slot.start);
	if (visit->slot.end != SLOT_FOREVER)
		value[STEP_END] = rows_time(fleet, visit->slot.end);
	value[STEP_MODE] = mode_of(fleet, host);
	value[STEP_STATE] = SPAN("planned");
	value[STEP_OWNER] = host->owner;
	value[STEP_TESTER] = gates_tester(fleet, host);
	value[STEP_ROLE] = intern_span(&fleet->names, host->role);
	value[STEP_RING] = span_of(ring_names[host->ring]);
	value[STEP_AFTER] = visit_after(fleet, visit);
	steps->mark = roster_mark(fleet, visit);
}

/* ---- one step */

/* Each waits for those written since the step before it. */
static void
write_action(struct writer *writer, struct visit_steps *steps,
    enum action action, struct span reason)
{
	struct fleet *fleet = writer->fleet;
	struct span value[STEP_COLUMNS];

	memcpy(value, steps->value, sizeof(value));
	value[STEP_STEP] = rows_visit_id(fleet, steps->visit, action);
	value[STEP_ACTION] = span_of(action_names[action]);
	value[STEP_SECONDS] = rows_number(
	    fleet, action_seconds(fleet, steps->visit, action));
	value[STEP_REQUIRES] = gates_require(fleet, steps->visit,
	    action < ACTION_INSTALL ||
		    (action == ACTION_REBOOT && steps->visit->installs == 0)
		? REQUIRER_BEGINS
		: REQUIRER_FOLLOWS,
	    NULL);
	value[STEP_REASON] = steps->mark.n == 0
				 ? reason
				 : fleet_text(fleet, "%.*s%.*s",
				       SPAN_ARG(reason), SPAN_ARG(steps->mark));
	if (action == ACTION_CHECK)
		value[STEP_LIMITS] = groups_limits(
		    fleet, &fleet->hosts[steps->visit->host]);
	if (action == ACTION_DOWNLOAD) {
		/* Any time before, so that the window is for installing. */
		value[STEP_START] = rows_time(fleet, fleet->now);
		value[STEP_END] = rows_time(fleet, steps->visit->slot.start);
		value[STEP_BYTES] = fleet_text(
		    fleet, "%" PRIu64, steps->visit->bytes);
		value[STEP_AFTER] = SPAN("-");
	} else if (steps->done_count > 0)
		value[STEP_AFTER] = rows_join(
		    fleet, steps->done, steps->done_count);
	rows_write(writer, value);
	if (action == ACTION_RESTART)
		return; /* what cannot be restarted keeps nothing from a check */
	steps->done[0] = value[STEP_STEP];
	steps->done_count = 1;
}

/* Why this is done, and what the one who approves should know. */
static struct span
planned_reason(struct fleet *fleet, const struct visit_steps *steps,
    const struct need *need)
{
	const struct visit *visit = steps->visit;
	const struct host *host = &fleet->hosts[need->host];
	struct buffer reason = {0};
	struct span copy;
	int64_t due;

	buffer_add_span(&reason, need->reason);
	if (need->kind == VISIT_EMERGENCY)
		buffer_printf(
		    &reason, "; window, freeze and soak do not hold it");
	if (need->kind == VISIT_CRITICAL)
		buffer_printf(&reason, "; critical: off hours (%.*s)",
		    SPAN_ARG(setting_where(fleet, host, CHOICE_OFF_HOURS)));
	if (need->demoted)
		buffer_printf(&reason,
		    "; no emergency: it names neither an advisory nor a "
		    "vulnerability of this host, so it takes the regular "
		    "window");
	if (timestamp_parse(need->due, &due) && visit->slot.start > due)
		buffer_printf(&reason, "; later than its due date %.*s",
		    SPAN_ARG(need->due));
	if (host->alone)
		buffer_printf(&reason,
		    "; single point: no other %.*s at site %.*s",
		    SPAN_ARG(intern_span(&fleet->names, host->role)),
		    SPAN_ARG(intern_span(&fleet->names, host->site)));
	buffer_add_span(&reason, steps->mark);
	copy = arena_copy(&fleet->text, buffer_span(&reason));
	buffer_release(&reason);
	return copy;
}

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
	joined = rows_join(fleet, ids, count);
	free(ids);
	return joined;
}

static void
write_install(struct writer *writer, struct visit_steps *steps,
    const struct need *need, struct span after)
{
	struct fleet *fleet = writer->fleet;
	const struct setting *setting = host_setting(
	    fleet, &fleet->hosts[need->host]);
	int64_t seconds = setting->seconds[ACTION_INSTALL];
	struct span value[STEP_COLUMNS];

	if (steps->visit->download == 0)
		seconds += download_seconds(setting, need_bytes(need));
	memcpy(value, steps->value, sizeof(value));
	value[STEP_STEP] = rows_need_id(fleet, need);
	value[STEP_ACTION] = need->harden    ? SPAN("harden")
			     : need->removal ? SPAN("remove")
					     : SPAN("install");
	value[STEP_PACKAGE] = need->package;
	value[STEP_FROM] = need->installed;
	value[STEP_TO] = need->fixed;
	value[STEP_AFTER] = after_also(fleet, after, need->before);
	value[STEP_BYTES] = need->bytes;
	value[STEP_BACKOUT] = need->backout;
	value[STEP_GROWTH] = need->growth;
	if (need->prerequisite)
		value[STEP_AUTO] = span_absent(need->installed) ? SPAN("yes")
								: SPAN("no");
	value[STEP_REASON] = planned_reason(fleet, steps, need);
	value[STEP_SECONDS] = rows_number(fleet, seconds);
	value[STEP_REQUIRES] = gates_require(
	    fleet, steps->visit, REQUIRER_INSTALLS, need);
	rows_write(writer, value);
	steps->done[steps->done_count++] = value[STEP_STEP];
	if (steps->reboot_reason.n == 0 && visit_wants_reboot(fleet, need))
		steps->reboot_reason = fleet_text(fleet,
		    "%.*s takes effect after a reboot",
		    SPAN_ARG(need->package));
}

/* ---- one visit */

/* What is done around the work. */
static void
write_around(struct writer *writer, struct visit_steps *steps, unsigned from,
    unsigned to)
{
	static const char *const reasons[ACTIONS] = {
	    [ACTION_DOWNLOAD] = "before the window opens",
	    [ACTION_EVIDENCE] = "what is there before",
	    [ACTION_SILENCE] = "no alarms over the work",
	    [ACTION_BACKUP] = "a way back",
	    [ACTION_SNAPSHOT] = "a way back",
	    [ACTION_RECOVERY] = "what to recover from here on",
	    [ACTION_UNSILENCE] = "alarms again",
	};
	struct fleet *fleet = writer->fleet;
	const struct host *host = &fleet->hosts[steps->visit->host];

	for (unsigned action = from; action <= to; action++) {
		if (!action_planned(fleet, steps->visit, action))
			continue;
		write_action(writer, steps, action,
		    action == ACTION_DOWNLOAD
			? fleet_text(fleet, "%s (%.*s)", reasons[action],
			      SPAN_ARG(
				  setting_where(fleet, host, CHOICE_DOWNLOAD)))
			: fleet_text(fleet, "%s (%.*s)", reasons[action],
			      SPAN_ARG(
				  setting_where(fleet, host, CHOICE_ACTIONS))));
	}
}

/* A host reboots once, or the reason says why not. */
static struct span
reboot_reason(struct fleet *fleet, const struct visit_steps *steps)
{
	struct span again = visit_reboots_again(fleet, steps->visit);

	if (again.n == 0)
		return steps->reboot_reason;
	return fleet_text(fleet, "%.*s; %.*s", SPAN_ARG(steps->reboot_reason),
	    SPAN_ARG(again));
}

/* The work itself; all installations wait for what is before them. */
static void
write_work(struct writer *writer, struct visit_steps *steps)
{
	struct fleet *fleet = writer->fleet;
	const struct visit *visit = steps->visit;
	const struct host *host = &fleet->hosts[visit->host];
	struct span after = steps->value[STEP_AFTER];

	if (steps->done_count > 0)
		after = steps->done[0];
	for (uint32_t i = 0; i < host->need_count; i++) {
		const struct need *need = &fleet->needs[host->first_need + i];

		if (need->disposition != PLANNED || need->kind != visit->kind)
			continue;
		fleet->balance[PLANNED] += !need->prerequisite;
		if (need->reboot) {
			steps->reboot_reason = fleet_text(fleet, "%.*s: %.*s",
			    SPAN_ARG(need->package),
			    SPAN_ARG(planned_reason(fleet, steps, need)));
			continue;
		}
		if (steps->done_count == 1 && span_equal(after, steps->done[0]))
			steps->done_count = 0;
		write_install(writer, steps, need, after);
	}
	if (visit->reboot)
		write_action(
		    writer, steps, ACTION_REBOOT, reboot_reason(fleet, steps));
	if (action_planned(fleet, visit, ACTION_RESTART))
		write_action(writer, steps, ACTION_RESTART,
		    SPAN("services that use replaced files"));
}

static void
write_check(struct writer *writer, struct visit_steps *steps)
{
	struct fleet *fleet = writer->fleet;
	const struct host *host = &fleet->hosts[steps->visit->host];
	struct span reason = SPAN("look again afterwards");

	if (host->led)
		reason = fleet_text(fleet,
		    "look again afterwards; nobody owns the host, so %.*s "
		    "leads (%.*s)",
		    SPAN_ARG(host->owner),
		    SPAN_ARG(setting_where(fleet, host, CHOICE_LEAD)));
	write_action(writer, steps, ACTION_CHECK, reason);
}

static void
write_visit(struct writer *writer, const struct visit *visit)
{
	struct fleet *fleet = writer->fleet;
	const struct host *host = &fleet->hosts[visit->host];
	struct visit_steps steps = {.visit = visit,
	    .done = memory_array(
		NULL, host->need_count + 1, sizeof(struct span))};

	if (host->led || span_absent(host->owner))
		fleet->ownerless++;
	visit_columns(writer, &steps);
	write_around(writer, &steps, ACTION_DOWNLOAD, ACTION_SNAPSHOT);
	write_work(writer, &steps);
	write_check(writer, &steps);
	write_around(writer, &steps, ACTION_RECOVERY, ACTION_UNSILENCE);
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
	    [STEP_STEP] = rows_need_id(fleet, need),
	    [STEP_HOST] = host->name,
	    [STEP_ACTION] = need->reboot   ? SPAN("reboot")
			    : need->harden ? SPAN("harden")
					   : SPAN("install"),
	    [STEP_PACKAGE] = need->package,
	    [STEP_FROM] = need->installed,
	    [STEP_TO] = need->fixed,
	    [STEP_STATE] = span_of(disposition_names[need->disposition]),
	    [STEP_REASON] = need->reason,
	    [STEP_OWNER] = host->owner,
	};

	rows_write(writer, value);
	fleet->balance[need->disposition]++;
}

void
steps_write(struct fleet *fleet, struct output *output, struct span plan)
{
	struct writer writer;

	gates_write(fleet, output);
	rows_start(&writer, fleet, output, plan);
	for (size_t i = 0; i < fleet->visit_count; i++)
		if (!fleet->visits[i].cancelled)
			write_visit(&writer, &fleet->visits[i]);
	for (size_t i = 0; i < fleet->need_count; i++)
		if (fleet->needs[i].disposition != PLANNED &&
		    !fleet->needs[i].prerequisite)
			write_exception(&writer, &fleet->needs[i]);
	rows_finish(&writer);
}
